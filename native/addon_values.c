/* Values of JavaScript: arguments that are read, results and errors that are made. */
#include "addon_values.h"

#include <errno.h>

napi_value pm_throw(napi_env env, const char *message) {
  napi_throw_error(env, NULL, message);
  return NULL;
}

napi_value pm_throw_errno(napi_env env, int number) {
  napi_value message = pm_string(env, "refused by the system"), error;
  if (message && napi_create_error(env, NULL, message, &error) == napi_ok &&
      pm_set(env, error, "errno", pm_int32(env, number)))
    napi_throw(env, error);
  return NULL;
}

/* An exception is pending already when Node-API says so itself. */
static napi_value made(napi_env env, napi_status status, napi_value value) {
  if (status == napi_ok)
    return value;
  bool pending = false;
  if (napi_is_exception_pending(env, &pending) != napi_ok || !pending)
    pm_throw(env, "out of memory");
  return NULL;
}

#define MAKE(name, type, create)                                                                   \
  napi_value name(napi_env env, type from) {                                                       \
    napi_value value = NULL;                                                                       \
    napi_status status = create(env, from, &value);                                                \
    return made(env, status, value);                                                               \
  }
MAKE(pm_int32, int32_t, napi_create_int32)
MAKE(pm_uint32, uint32_t, napi_create_uint32)
MAKE(pm_double, double, napi_create_double)
MAKE(pm_u64, uint64_t, napi_create_bigint_uint64)
MAKE(pm_bool, bool, napi_get_boolean)

napi_value pm_string(napi_env env, const char *text) {
  napi_value value = NULL;
  napi_status status = napi_create_string_utf8(env, text, NAPI_AUTO_LENGTH, &value);
  return made(env, status, value);
}

bool pm_set(napi_env env, napi_value object, const char *name, napi_value value) {
  return value && napi_set_named_property(env, object, name, value) == napi_ok;
}

bool pm_get_data(napi_env env, napi_callback_info info, void **data) {
  if (napi_get_cb_info(env, info, NULL, NULL, NULL, data) == napi_ok)
    return true;
  pm_throw(env, "no function of this addon");
  return false;
}

bool pm_get_arguments(napi_env env, napi_callback_info info, size_t count, napi_value *values,
                      void **data) {
  size_t got = count;
  if (napi_get_cb_info(env, info, &got, values, NULL, data) == napi_ok && got >= count)
    return true;
  pm_throw(env, "too few arguments");
  return false;
}

bool pm_get_number(napi_env env, napi_value value, double *number) {
  if (napi_get_value_double(env, value, number) == napi_ok)
    return true;
  pm_throw(env, "expected a number");
  return false;
}

bool pm_get_bool(napi_env env, napi_value value, bool *flag) {
  if (napi_get_value_bool(env, value, flag) == napi_ok)
    return true;
  pm_throw(env, "expected true or false");
  return false;
}

bool pm_get_u64(napi_env env, napi_value value, uint64_t *number) {
  bool lossless;
  int64_t whole;
  if (napi_get_value_bigint_uint64(env, value, number, &lossless) == napi_ok)
    return true;
  if (napi_get_value_int64(env, value, &whole) == napi_ok) {
    *number = (uint64_t)whole;
    return true;
  }
  pm_throw(env, "expected a number or a bigint");
  return false;
}

bool pm_get_elements(napi_env env, napi_value value, void **bytes, size_t *count, size_t *size) {
  napi_typedarray_type type;
  if (napi_get_typedarray_info(env, value, &type, count, bytes, NULL, NULL) == napi_ok) {
    bool eight =
        type == napi_float64_array || type == napi_bigint64_array || type == napi_biguint64_array;
    bool four = type == napi_int32_array || type == napi_uint32_array || type == napi_float32_array;
    bool two = type == napi_int16_array || type == napi_uint16_array;
    *size = eight ? 8 : four ? 4 : two ? 2 : 1;
    return true;
  }
  pm_throw(env, "expected a typed array");
  return false;
}

bool pm_get_bytes(napi_env env, napi_value value, void **bytes, size_t *length) {
  size_t count, size;
  if (!pm_get_elements(env, value, bytes, &count, &size))
    return false;
  *length = count * size;
  return true;
}

bool pm_get_handle(napi_env env, napi_value value, void **handle) {
  if (napi_get_value_external(env, value, handle) == napi_ok && *handle)
    return true;
  pm_throw(env, "expected a handle");
  return false;
}

bool pm_define(napi_env env, napi_value object, const char *name, napi_callback callback,
               void *data) {
  napi_value function;
  return napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, data, &function) == napi_ok &&
         napi_set_named_property(env, object, name, function) == napi_ok;
}

bool pm_define_held(napi_env env, napi_value object, const char *name, napi_callback callback,
                    void *data, napi_value holder) {
  napi_value function;
  return napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, data, &function) == napi_ok &&
         napi_set_named_property(env, function, "holder", holder) == napi_ok &&
         napi_set_named_property(env, object, name, function) == napi_ok;
}
