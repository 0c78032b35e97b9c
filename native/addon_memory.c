/* Memories and programs for JavaScript. */
#include <stdlib.h>
#include <string.h>

#include "addon.h"
#include "engine.h"

/* Everything that one run needs; `keep` holds the arrays alive while another thread uses them. */
struct work {
  struct pm_memory *memory;
  void *program, *cells, *data, *outcome, *cancel;
  size_t program_bytes, cell_bytes, data_bytes;
  struct pm_outcome result;
  napi_async_work async;
  napi_deferred deferred;
  napi_ref keep;
};

static void destroy_memory(napi_env env, void *data, void *hint) {
  struct pm_memory **holder = data;
  (void)env;
  (void)hint;
  if (*holder)
    pm_memory_destroy(*holder);
  free(holder);
}

/* memoryCreate(fd, base, length (-1: unknown), writable, regularFile) */
static napi_value memory_create(napi_env env, napi_callback_info info) {
  napi_value arguments[5], result;
  double fd, base, length;
  bool writable, regular_file;
  if (!pm_get_arguments(env, info, 5, arguments, NULL) || !pm_get_number(env, arguments[0], &fd) ||
      !pm_get_number(env, arguments[1], &base) || !pm_get_number(env, arguments[2], &length) ||
      !pm_get_bool(env, arguments[3], &writable) || !pm_get_bool(env, arguments[4], &regular_file))
    return NULL;
  struct pm_memory **holder = malloc(sizeof *holder);
  if (!holder)
    return pm_throw(env, "out of memory");
  *holder = pm_memory_create((int)fd, (uint64_t)base, length < 0 ? UINT64_MAX : (uint64_t)length,
                             writable, regular_file);
  if (!*holder || napi_create_external(env, holder, destroy_memory, NULL, &result) != napi_ok) {
    if (*holder)
      pm_memory_destroy(*holder);
    free(holder);
    return pm_throw(env, "out of memory");
  }
  return result;
}

/* memoryDestroy(memory): unmaps now; later calls are refused. */
static napi_value memory_destroy(napi_env env, napi_callback_info info) {
  napi_value argument;
  void *handle;
  if (!pm_get_arguments(env, info, 1, &argument, NULL) || !pm_get_handle(env, argument, &handle))
    return NULL;
  struct pm_memory **holder = handle;
  if (*holder)
    pm_memory_destroy(*holder);
  *holder = NULL;
  return NULL;
}

static bool get_work(napi_env env, const napi_value *arguments, struct work *work) {
  void *handle;
  size_t outcome_bytes, cancel_bytes;
  memset(work, 0, sizeof *work);
  if (!pm_get_handle(env, arguments[0], &handle) ||
      !pm_get_bytes(env, arguments[1], &work->program, &work->program_bytes) ||
      !pm_get_bytes(env, arguments[2], &work->cells, &work->cell_bytes) ||
      !pm_get_bytes(env, arguments[3], &work->data, &work->data_bytes) ||
      !pm_get_bytes(env, arguments[4], &work->outcome, &outcome_bytes) ||
      !pm_get_bytes(env, arguments[5], &work->cancel, &cancel_bytes))
    return false;
  work->memory = *(struct pm_memory **)handle;
  if (!work->memory || outcome_bytes < 5 * sizeof(double) || cancel_bytes < sizeof(int32_t) ||
      (uintptr_t)work->program % 8 || (uintptr_t)work->data % 8) {
    pm_throw(env, "bad arguments");
    return false;
  }
  return true;
}

static void execute(struct work *work) {
  pm_run(work->memory, work->program, work->program_bytes, work->cells,
         work->cell_bytes / sizeof(uint64_t), work->data, work->data_bytes, work->cancel,
         &work->result);
  double *outcome = work->outcome;
  outcome[0] = work->result.status;
  outcome[1] = work->result.done;
  outcome[2] = work->result.elements;
  outcome[3] = work->result.errno_value;
  outcome[4] = (double)work->result.address;
}

/* run(memory, program, cells, data, outcome, cancel): returns when the program has ended. */
static napi_value run(napi_env env, napi_callback_info info) {
  napi_value arguments[6];
  struct work work;
  if (pm_get_arguments(env, info, 6, arguments, NULL) && get_work(env, arguments, &work))
    execute(&work);
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

static napi_ref keep_alive(napi_env env, const napi_value *values, uint32_t count) {
  napi_value array;
  napi_ref reference = NULL;
  napi_create_array_with_length(env, count, &array);
  for (uint32_t i = 0; i < count; i++)
    napi_set_element(env, array, i, values[i]);
  napi_create_reference(env, array, 1, &reference);
  return reference;
}

/* runAsync(the same): runs on another thread; returns a promise. The caller serialises runs. */
static napi_value run_async(napi_env env, napi_callback_info info) {
  napi_value arguments[6], promise, name;
  struct work *work = malloc(sizeof *work);
  if (!work)
    return pm_throw(env, "out of memory");
  if (!pm_get_arguments(env, info, 6, arguments, NULL) || !get_work(env, arguments, work)) {
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
  work->keep = keep_alive(env, arguments, 6);
  napi_queue_async_work(env, work->async);
  return promise;
}

bool pm_init_memory(napi_env env, napi_value exports) {
  return pm_define(env, exports, "memoryCreate", memory_create, NULL) &&
         pm_define(env, exports, "memoryDestroy", memory_destroy, NULL) &&
         pm_define(env, exports, "run", run, NULL) &&
         pm_define(env, exports, "runAsync", run_async, NULL);
}
