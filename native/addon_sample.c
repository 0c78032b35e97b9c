/* Samples of registers for JavaScript, which empties the ring while another thread fills it. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "addon_memory.h"
#include "sample.h"

/* What the cells of `settings` and of `told` are. */
enum {
  SET_PERIOD,
  SET_DURATION,
  SET_COUNT,
  SET_TRIGGER,
  SET_NEGATE,
  SET_MASK,
  SET_EQUALS,
  SET_CELLS
};
enum {
  TOLD_START,
  TOLD_LAST,
  TOLD_TAKEN,
  TOLD_KEPT,
  TOLD_LOST,
  TOLD_MISSED,
  TOLD_GAP,
  TOLD_GAP_TIME,
  TOLD_CELLS
};

#define ARGUMENTS 7

struct work {
  struct pm_job job; /* first */
  struct pm_handle *handle;
  struct pm_program *program;
  struct pm_sampling sampling;
  struct pm_ring ring;
  uint64_t *told;
  napi_ref keep;
};

static void run_job(struct pm_job *job) {
  struct work *work = (struct work *)job;
  struct pm_sampled sampled;
  struct pm_outcome outcome;
  pm_sample(work->handle->memory, work->program, &work->sampling, &work->ring, work->handle->cancel,
            &sampled, &outcome);
  pm_tell_outcome(work->handle->outcome, &outcome);
  work->told[TOLD_START] = sampled.start_ns;
  work->told[TOLD_LAST] = sampled.last_ns;
  work->told[TOLD_TAKEN] = sampled.taken;
  work->told[TOLD_KEPT] = sampled.kept;
  work->told[TOLD_LOST] = sampled.lost;
  work->told[TOLD_MISSED] = sampled.missed;
  work->told[TOLD_GAP] = sampled.gap;
  work->told[TOLD_GAP_TIME] = sampled.gap_ns;
}

static void cancel_job(struct pm_job *job) {
  atomic_store(((struct work *)job)->handle->cancel, 1);
}

static void release(struct work *work) {
  pm_program_free(work->program);
  free(work);
}

static void finish_job(napi_env env, struct pm_job *job) {
  struct work *work = (struct work *)job;
  napi_ref keep = work->keep;
  work->handle->busy = false;
  release(work);
  /* Without an environment the reference went with it. */
  if (env)
    pm_call_back(env, keep, ARGUMENTS);
}

static void set(struct pm_sampling *sampling, const uint64_t *settings) {
  uint64_t read = settings[SET_TRIGGER];
  *sampling =
      (struct pm_sampling){.period_ns = settings[SET_PERIOD],
                           .duration_ns = settings[SET_DURATION],
                           .count = settings[SET_COUNT],
                           .trigger_read = read < PM_NO_TRIGGER ? (uint32_t)read : PM_NO_TRIGGER,
                           .negate = settings[SET_NEGATE],
                           .mask = settings[SET_MASK],
                           .equals = settings[SET_EQUALS]};
}

/* What is in them pm_sample() checks. */
static bool get_arrays(napi_env env, const napi_value *arguments, struct work *work) {
  void *settings, *masks, *cells, *control, *told;
  size_t set_count, mask_count, cell_count, control_count, told_count, size[5];
  if (!pm_get_elements(env, arguments[2], &settings, &set_count, &size[0]) ||
      !pm_get_elements(env, arguments[3], &masks, &mask_count, &size[1]) ||
      !pm_get_elements(env, arguments[4], &cells, &cell_count, &size[2]) ||
      !pm_get_elements(env, arguments[5], &control, &control_count, &size[3]) ||
      !pm_get_elements(env, arguments[6], &told, &told_count, &size[4]))
    return false;
  if (size[0] != 8 || size[1] != 8 || size[2] != 8 || size[3] != 4 || size[4] != 8 ||
      set_count < SET_CELLS || control_count < 2 || told_count < TOLD_CELLS) {
    pm_throw(env, "bad arguments");
    return false;
  }
  set(&work->sampling, settings);
  work->sampling.masks = masks;
  work->sampling.mask_count = mask_count;
  _Atomic(uint32_t) *ends = control;
  work->ring = (struct pm_ring){cells, cell_count, &ends[0], &ends[1]};
  work->told = told;
  return true;
}

static bool get_work(napi_env env, const napi_value *arguments, struct work *work) {
  void *handle, *bytes;
  size_t length;
  struct pm_outcome outcome;
  if (!pm_get_handle(env, arguments[0], &handle) ||
      !pm_get_bytes(env, arguments[1], &bytes, &length))
    return false;
  work->handle = handle;
  if (!work->handle->memory || work->handle->busy || (uintptr_t)bytes % 8) {
    pm_throw(env, work->handle->busy ? "a program is running" : "bad arguments");
    return false;
  }
  work->program = pm_program_check(bytes, length, &outcome);
  if (!work->program) {
    pm_throw(env, "bad arguments");
    return false;
  }
  return get_arrays(env, arguments, work);
}

/*
 * sample(memory, bytes of a program, settings, masks: none or one a read, ring, control: head and
 * tail, told, done): samples on a thread of its own, and calls `done()` when that has ended; how is
 * in the outcome of the memory and in `told`. Throws an Error with `errno` when there can be no
 * thread. See sample.h; the program was checked by the caller, and is checked again.
 */
static napi_value sample(napi_env env, napi_callback_info info) {
  napi_value arguments[ARGUMENTS + 1];
  void *pool;
  struct work *work = calloc(1, sizeof *work);
  if (!work)
    return pm_throw_errno(env, ENOMEM);
  if (napi_get_instance_data(env, &pool) != napi_ok || !pool ||
      !pm_get_arguments(env, info, ARGUMENTS + 1, arguments, NULL) ||
      !get_work(env, arguments, work)) {
    release(work);
    return NULL;
  }
  work->job = (struct pm_job){.run = run_job, .cancel = cancel_job, .finish = finish_job};
  int error =
      pm_begin_job(env, pool, &work->job, work->handle, arguments, ARGUMENTS + 1, &work->keep);
  if (!error)
    return NULL;
  release(work);
  return pm_throw_errno(env, error);
}

bool pm_init_sample(napi_env env, napi_value exports) {
  return pm_define(env, exports, "sample", sample, NULL);
}
