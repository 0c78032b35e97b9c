/* Programs that are checked once and run often, for JavaScript. */
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

/* programCheck(bytes): a handle. A program that is not well formed throws. */
static napi_value program_check(napi_env env, napi_callback_info info) {
  napi_value argument, result;
  void *bytes;
  size_t length;
  struct pm_outcome outcome;
  if (!pm_get_arguments(env, info, 1, &argument, NULL) ||
      !pm_get_bytes(env, argument, &bytes, &length))
    return NULL;
  struct checked *checked = calloc(1, sizeof *checked);
  if (!checked)
    return pm_throw(env, "out of memory");
  checked->program = pm_program_check(bytes, length, &outcome);
  if (checked->program && napi_create_reference(env, argument, 1, &checked->bytes) == napi_ok &&
      napi_create_external(env, checked, finalize, NULL, &result) == napi_ok)
    return result;
  const char *reason = checked->program ? "out of memory" : "the program is malformed";
  release(env, checked);
  return pm_throw(env, reason);
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
