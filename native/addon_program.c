/* Programs that are checked once and run often, for JavaScript. */
#include <errno.h>
#include <stdlib.h>

#include "addon.h"
#include "engine.h"

/* `bytes` keeps the data of write blocks, which are not copied. */
struct checked {
  struct pm_program *program;
  napi_ref bytes;
};

static void release(napi_env env, struct checked *checked) {
  pm_program_free(checked->program);
  if (checked->bytes)
    napi_delete_reference(env, checked->bytes);
  free(checked);
}

static void finalize(napi_env env, void *data, void *hint) {
  (void)hint;
  release(env, data);
}

/* programCheck(bytes, outcome: 6 doubles): a handle, or undefined with the reason in `outcome`. */
static napi_value program_check(napi_env env, napi_callback_info info) {
  napi_value arguments[2], result;
  void *bytes, *told;
  size_t length, told_bytes;
  struct pm_outcome outcome;
  if (!pm_get_arguments(env, info, 2, arguments, NULL) ||
      !pm_get_bytes(env, arguments[0], &bytes, &length) ||
      !pm_get_bytes(env, arguments[1], &told, &told_bytes))
    return NULL;
  if (told_bytes < PM_OUTCOME_NUMBERS * sizeof(double))
    return pm_throw(env, "bad arguments");
  struct checked *checked = calloc(1, sizeof *checked);
  if (!checked)
    return pm_throw_errno(env, ENOMEM);
  checked->program = pm_program_check(bytes, length, &outcome);
  if (!checked->program) {
    release(env, checked);
    pm_tell_outcome(told, &outcome);
    return NULL;
  }
  if (napi_create_reference(env, arguments[0], 1, &checked->bytes) == napi_ok &&
      napi_create_external(env, checked, finalize, NULL, &result) == napi_ok)
    return result;
  release(env, checked);
  return pm_throw_errno(env, ENOMEM);
}

void pm_tell_outcome(double *told, const struct pm_outcome *outcome) {
  told[0] = outcome->status;
  told[1] = outcome->done;
  told[2] = outcome->step;
  told[3] = outcome->elements;
  told[4] = outcome->errno_value;
  told[5] = (double)outcome->address;
}

bool pm_get_program(napi_env env, napi_value value, const struct pm_program **program, void **bytes,
                    size_t *length) {
  void *handle;
  *program = NULL;
  if (napi_get_value_external(env, value, &handle) != napi_ok)
    return pm_get_bytes(env, value, bytes, length);
  *program = ((const struct checked *)handle)->program;
  return true;
}

bool pm_init_program(napi_env env, napi_value exports) {
  return pm_define(env, exports, "programCheck", program_check, NULL);
}
