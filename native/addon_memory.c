/* Memories and programs for JavaScript. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "addon_memory.h"

/*
 * Everything that one run needs; `keep` holds the arrays, and the function to call, while another
 * thread uses them.
 */
struct work {
  struct pm_job job; /* first */
  struct pm_handle *handle;
  const struct pm_program *program; /* `bytes` when it is NULL */
  void *bytes;
  size_t byte_count;
  uint32_t first; /* step; those before it are done */
  struct pm_results results;
  napi_ref keep;
};

#define RUN_ARGUMENTS 4

/* What another thread uses; NULL when it cannot all be kept. */
static napi_ref keep_alive(napi_env env, const napi_value *values, uint32_t count) {
  napi_value array;
  napi_ref reference;
  if (napi_create_array_with_length(env, count, &array) != napi_ok)
    return NULL;
  for (uint32_t i = 0; i < count; i++)
    if (napi_set_element(env, array, i, values[i]) != napi_ok)
      return NULL;
  return napi_create_reference(env, array, 1, &reference) == napi_ok ? reference : NULL;
}

static void destroy_memory(napi_env env, void *data, void *hint) {
  struct pm_handle *handle = data;
  (void)hint;
  if (handle->memory)
    pm_memory_destroy(handle->memory);
  if (handle->keep)
    napi_delete_reference(env, handle->keep);
  free(handle);
}

/*
 * memoryCreate(fd, base, length (-1: unknown), writable, regularFile, outcome: 6 doubles,
 * cancel: one 32-bit word, whole)
 */
static napi_value memory_create(napi_env env, napi_callback_info info) {
  napi_value arguments[8], result;
  double fd, base, length;
  bool writable, regular_file, whole;
  void *outcome, *cancel;
  size_t outcome_bytes, cancel_bytes;
  if (!pm_get_arguments(env, info, 8, arguments, NULL) || !pm_get_number(env, arguments[0], &fd) ||
      !pm_get_number(env, arguments[1], &base) || !pm_get_number(env, arguments[2], &length) ||
      !pm_get_bool(env, arguments[3], &writable) ||
      !pm_get_bool(env, arguments[4], &regular_file) ||
      !pm_get_bytes(env, arguments[5], &outcome, &outcome_bytes) ||
      !pm_get_bytes(env, arguments[6], &cancel, &cancel_bytes) ||
      !pm_get_bool(env, arguments[7], &whole))
    return NULL;
  if (outcome_bytes < PM_OUTCOME_NUMBERS * sizeof(double) || cancel_bytes < sizeof(int32_t))
    return pm_throw(env, "bad arguments");
  struct pm_handle *handle = calloc(1, sizeof *handle);
  if (!handle)
    return pm_throw_errno(env, ENOMEM);
  handle->outcome = outcome;
  handle->cancel = cancel;
  handle->memory = pm_memory_create(
      (int)fd, (uint64_t)base, length < 0 ? UINT64_MAX : (uint64_t)length, writable, regular_file);
  if (handle->memory)
    handle->keep = keep_alive(env, &arguments[5], 2);
  if (!handle->keep ||
      napi_create_external(env, handle, destroy_memory, NULL, &result) != napi_ok) {
    destroy_memory(env, handle, NULL);
    return pm_throw_errno(env, ENOMEM);
  }
  if (whole)
    pm_memory_map_whole(handle->memory);
  return result;
}

/* memoryDestroy(memory): unmaps now; later calls are refused, as is this one during a run. */
static napi_value memory_destroy(napi_env env, napi_callback_info info) {
  napi_value argument;
  void *data;
  if (!pm_get_arguments(env, info, 1, &argument, NULL) || !pm_get_handle(env, argument, &data))
    return NULL;
  struct pm_handle *handle = data;
  if (handle->busy)
    return pm_throw(env, "a program is running");
  if (handle->memory)
    pm_memory_destroy(handle->memory);
  handle->memory = NULL;
  return NULL;
}

static bool get_work(napi_env env, const napi_value *arguments, struct work *work) {
  void *handle, *cells, *data;
  size_t size;
  memset(work, 0, sizeof *work);
  if (!pm_get_handle(env, arguments[0], &handle) ||
      !pm_get_program(env, arguments[1], &work->program, &work->bytes, &work->byte_count) ||
      !pm_get_elements(env, arguments[2], &cells, &work->results.count, &size) ||
      !pm_get_bytes(env, arguments[3], &data, &work->results.data_bytes))
    return false;
  work->handle = handle;
  if (work->handle->busy) {
    pm_throw(env, "a program is running");
    return false;
  }
  if (size == sizeof *work->results.words)
    work->results.words = cells;
  else
    work->results.cells = cells;
  work->results.data = data;
  if (!work->handle->memory || size < sizeof *work->results.words || (uintptr_t)cells % 8 ||
      (uintptr_t)data % 8) {
    pm_throw(env, "bad arguments");
    return false;
  }
  return true;
}

/*
 * NULL, with the reason in `result` when the bytes are not a program, and for one that is a handle.
 */
static struct pm_program *check_once(const struct work *work, struct pm_outcome *result) {
  return work->program ? NULL : pm_program_check(work->bytes, work->byte_count, result);
}

/*
 * run(memory, program: a handle or bytes, cells, data): returns when the program has ended, or has
 * to wait (PM_PENDING): then runAsync() goes on.
 */
static napi_value run(napi_env env, napi_callback_info info) {
  napi_value arguments[RUN_ARGUMENTS];
  struct work work;
  struct pm_outcome result;
  if (!pm_get_arguments(env, info, RUN_ARGUMENTS, arguments, NULL) ||
      !get_work(env, arguments, &work))
    return NULL;
  struct pm_program *once = check_once(&work, &result);
  if (work.program || once)
    pm_run_at_once(work.handle->memory, once ? once : work.program, &work.results, &result);
  pm_program_free(once);
  pm_tell_outcome(work.handle->outcome, &result);
  return NULL;
}

/* prepare(the same): maps what the program needs, and accesses nothing. */
static napi_value prepare(napi_env env, napi_callback_info info) {
  napi_value arguments[RUN_ARGUMENTS];
  struct work work;
  struct pm_outcome result;
  if (pm_get_arguments(env, info, RUN_ARGUMENTS, arguments, NULL) &&
      get_work(env, arguments, &work)) {
    struct pm_program *once = check_once(&work, &result);
    if (work.program || once)
      pm_prepare(work.handle->memory, once ? once : work.program, &result);
    pm_program_free(once);
    pm_tell_outcome(work.handle->outcome, &result);
  }
  return NULL;
}

static void run_job(struct pm_job *job) {
  const struct work *work = (struct work *)job;
  struct pm_outcome result;
  struct pm_program *once = check_once(work, &result);
  if (work->program || once)
    pm_run_rest(work->handle->memory, once ? once : work->program, &work->results, work->first,
                work->handle->cancel, &result);
  pm_program_free(once);
  pm_tell_outcome(work->handle->outcome, &result);
}

static void cancel_job(struct pm_job *job) {
  atomic_store(((struct work *)job)->handle->cancel, 1);
}

int pm_begin_job(napi_env env, struct pm_pool *pool, struct pm_job *job, struct pm_handle *handle,
                 const napi_value *values, uint32_t count, napi_ref *keep) {
  *keep = keep_alive(env, values, count);
  if (!*keep)
    return ENOMEM;
  int error = pm_pool_run(env, pool, job);
  if (error)
    napi_delete_reference(env, *keep);
  else
    handle->busy = true;
  return error;
}

void pm_call_back(napi_env env, napi_ref keep, uint32_t index) {
  napi_value kept, callback, undefined;
  if (napi_get_reference_value(env, keep, &kept) == napi_ok &&
      napi_get_element(env, kept, index, &callback) == napi_ok &&
      napi_get_undefined(env, &undefined) == napi_ok)
    napi_call_function(env, undefined, callback, 0, NULL, NULL);
  napi_delete_reference(env, keep);
}

static void finish_job(napi_env env, struct pm_job *job) {
  struct work *work = (struct work *)job;
  napi_ref keep = work->keep;
  work->handle->busy = false;
  free(work);
  /* Without an environment the reference went with it. */
  if (env)
    pm_call_back(env, keep, RUN_ARGUMENTS + 1);
}

/*
 * runAsync(the same, first, done): runs from that step on, on a thread of its own, and calls
 * `done()` when that has ended: 0, or as many steps as run() has done before it had to wait.
 * Throws an Error with `errno` when there can be no thread.
 */
static napi_value run_async(napi_env env, napi_callback_info info) {
  napi_value arguments[RUN_ARGUMENTS + 2];
  void *pool;
  double first;
  struct work *work = malloc(sizeof *work);
  if (!work)
    return pm_throw_errno(env, ENOMEM);
  if (!pm_get_arguments(env, info, RUN_ARGUMENTS + 2, arguments, &pool) ||
      !get_work(env, arguments, work) || !pm_get_number(env, arguments[RUN_ARGUMENTS], &first)) {
    free(work);
    return NULL;
  }
  /* What is not a step is refused as a malformed program. */
  work->first = first >= 0 && first < UINT32_MAX ? (uint32_t)first : UINT32_MAX;
  work->job = (struct pm_job){.run = run_job, .cancel = cancel_job, .finish = finish_job};
  int error =
      pm_begin_job(env, pool, &work->job, work->handle, arguments, RUN_ARGUMENTS + 2, &work->keep);
  if (!error)
    return NULL;
  free(work);
  return pm_throw_errno(env, error);
}

/* reserveThread(): throws an Error with `errno` when runAsync() would get no thread. */
static napi_value reserve_thread(napi_env env, napi_callback_info info) {
  void *pool;
  if (!pm_get_arguments(env, info, 0, NULL, &pool))
    return NULL;
  int error = pm_pool_reserve(env, pool);
  return error ? pm_throw_errno(env, error) : NULL;
}

/* stopRuns(): cancels all, and returns when they have ended; nothing more is reported of them. */
static napi_value stop_runs(napi_env env, napi_callback_info info) {
  void *pool;
  if (pm_get_arguments(env, info, 0, NULL, &pool))
    pm_pool_stop(env, pool);
  return NULL;
}

static void destroy_pool(napi_env env, void *data, void *hint) {
  (void)env;
  (void)hint;
  pm_pool_destroy(data);
}

bool pm_init_memory(napi_env env, napi_value exports) {
  /* Freed with the environment, after its threads have ended. */
  struct pm_pool *pool = pm_pool_create();
  if (!pool || napi_set_instance_data(env, pool, destroy_pool, NULL) != napi_ok) {
    pm_pool_destroy(pool);
    return false;
  }
  return pm_define(env, exports, "memoryCreate", memory_create, NULL) &&
         pm_define(env, exports, "memoryDestroy", memory_destroy, NULL) &&
         pm_define(env, exports, "prepare", prepare, NULL) &&
         pm_define(env, exports, "run", run, NULL) &&
         pm_define(env, exports, "runAsync", run_async, pool) &&
         pm_define(env, exports, "reserveThread", reserve_thread, pool) &&
         pm_define(env, exports, "stopRuns", stop_runs, pool);
}
