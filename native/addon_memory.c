/* Memories and programs for JavaScript. */
#include <stdlib.h>
#include <string.h>

#include "addon.h"
#include "engine.h"

/* A memory, and the arrays that all its runs share: how the last one ended, and the wish to stop.
 */
struct handle {
  struct pm_memory *memory; /* NULL once destroyed */
  double *outcome;
  atomic_int *cancel;
  napi_ref keep;
};

/* Everything that one run needs; `keep` holds the arrays alive while another thread uses them. */
struct work {
  struct handle *handle;
  const struct pm_program *program; /* `bytes` when it is NULL */
  void *bytes;
  size_t byte_count;
  struct pm_results results;
  napi_async_work async;
  napi_deferred deferred;
  napi_ref keep;
};

#define OUTCOME_NUMBERS 6

static napi_ref keep_alive(napi_env env, const napi_value *values, uint32_t count) {
  napi_value array;
  napi_ref reference = NULL;
  napi_create_array_with_length(env, count, &array);
  for (uint32_t i = 0; i < count; i++)
    napi_set_element(env, array, i, values[i]);
  napi_create_reference(env, array, 1, &reference);
  return reference;
}

static void destroy_memory(napi_env env, void *data, void *hint) {
  struct handle *handle = data;
  (void)hint;
  if (handle->memory)
    pm_memory_destroy(handle->memory);
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
  if (outcome_bytes < OUTCOME_NUMBERS * sizeof(double) || cancel_bytes < sizeof(int32_t))
    return pm_throw(env, "bad arguments");
  struct handle *handle = calloc(1, sizeof *handle);
  if (!handle)
    return pm_throw(env, "out of memory");
  handle->outcome = outcome;
  handle->cancel = cancel;
  handle->memory = pm_memory_create(
      (int)fd, (uint64_t)base, length < 0 ? UINT64_MAX : (uint64_t)length, writable, regular_file);
  if (!handle->memory ||
      napi_create_external(env, handle, destroy_memory, NULL, &result) != napi_ok) {
    if (handle->memory)
      pm_memory_destroy(handle->memory);
    free(handle);
    return pm_throw(env, "out of memory");
  }
  if (whole)
    pm_memory_map_whole(handle->memory);
  handle->keep = keep_alive(env, &arguments[5], 2);
  return result;
}

/* memoryDestroy(memory): unmaps now; later calls are refused. */
static napi_value memory_destroy(napi_env env, napi_callback_info info) {
  napi_value argument;
  void *data;
  if (!pm_get_arguments(env, info, 1, &argument, NULL) || !pm_get_handle(env, argument, &data))
    return NULL;
  struct handle *handle = data;
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

static void tell(const struct work *work, const struct pm_outcome *result) {
  double *outcome = work->handle->outcome;
  outcome[0] = result->status;
  outcome[1] = result->done;
  outcome[2] = result->step;
  outcome[3] = result->elements;
  outcome[4] = result->errno_value;
  outcome[5] = (double)result->address;
}

/* NULL, with the reason in `result` when the bytes are no program, and for one that is a handle. */
static struct pm_program *check_once(const struct work *work, struct pm_outcome *result) {
  return work->program ? NULL : pm_program_check(work->bytes, work->byte_count, result);
}

static void execute(struct work *work) {
  struct pm_outcome result;
  struct pm_program *once = check_once(work, &result);
  if (work->program || once)
    pm_run_checked(work->handle->memory, once ? once : work->program, &work->results,
                   work->handle->cancel, &result);
  pm_program_free(once);
  tell(work, &result);
}

/* run(memory, program: a handle or bytes, cells, data): returns when the program has ended. */
static napi_value run(napi_env env, napi_callback_info info) {
  napi_value arguments[4];
  struct work work;
  if (pm_get_arguments(env, info, 4, arguments, NULL) && get_work(env, arguments, &work))
    execute(&work);
  return NULL;
}

/* prepare(the same): maps what the program needs, and accesses nothing. */
static napi_value prepare(napi_env env, napi_callback_info info) {
  napi_value arguments[4];
  struct work work;
  struct pm_outcome result;
  if (pm_get_arguments(env, info, 4, arguments, NULL) && get_work(env, arguments, &work)) {
    struct pm_program *once = check_once(&work, &result);
    if (work.program || once)
      pm_prepare(work.handle->memory, once ? once : work.program, &result);
    pm_program_free(once);
    tell(&work, &result);
  }
  return NULL;
}

static void execute_async(napi_env env, void *data) {
  (void)env;
  execute(data);
}

static void finish_async(napi_env env, napi_status status, void *data) {
  struct work *work = data;
  napi_value undefined;
  napi_get_undefined(env, &undefined);
  if (status == napi_ok)
    napi_resolve_deferred(env, work->deferred, undefined);
  else
    napi_reject_deferred(env, work->deferred, undefined);
  napi_delete_async_work(env, work->async);
  napi_delete_reference(env, work->keep);
  free(work);
}

/* runAsync(the same): runs on another thread; returns a promise. The caller serialises runs. */
static napi_value run_async(napi_env env, napi_callback_info info) {
  napi_value arguments[4], promise, name;
  struct work *work = malloc(sizeof *work);
  if (!work)
    return pm_throw(env, "out of memory");
  if (!pm_get_arguments(env, info, 4, arguments, NULL) || !get_work(env, arguments, work)) {
    free(work);
    return NULL;
  }
  napi_create_string_utf8(env, "physmem.run", NAPI_AUTO_LENGTH, &name);
  if (napi_create_promise(env, &work->deferred, &promise) != napi_ok ||
      napi_create_async_work(env, NULL, name, execute_async, finish_async, work, &work->async) !=
          napi_ok) {
    free(work);
    return pm_throw(env, "out of memory");
  }
  work->keep = keep_alive(env, arguments, 4);
  napi_queue_async_work(env, work->async);
  return promise;
}

bool pm_init_memory(napi_env env, napi_value exports) {
  return pm_define(env, exports, "memoryCreate", memory_create, NULL) &&
         pm_define(env, exports, "memoryDestroy", memory_destroy, NULL) &&
         pm_define(env, exports, "prepare", prepare, NULL) &&
         pm_define(env, exports, "run", run, NULL) &&
         pm_define(env, exports, "runAsync", run_async, NULL);
}
