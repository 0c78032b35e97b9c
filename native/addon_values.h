/* Values of JavaScript: arguments that are read, results and errors that are made. */
#ifndef PHYSMEM_ADDON_VALUES_H
#define PHYSMEM_ADDON_VALUES_H

#include <node_api.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Arguments are checked in TypeScript; here a wrong one only must not crash. Each getter returns
 * false, with a JavaScript exception pending, when the argument is of another type.
 */
bool pm_get_arguments(napi_env env, napi_callback_info info, size_t count, napi_value *values,
                      void **data);
bool pm_get_number(napi_env env, napi_value value, double *number);
bool pm_get_bool(napi_env env, napi_value value, bool *flag);
bool pm_get_u64(napi_env env, napi_value value, uint64_t *number); /* number or bigint */
bool pm_get_elements(napi_env env, napi_value value, void **bytes, size_t *count, size_t *size);
bool pm_get_bytes(napi_env env, napi_value value, void **bytes, size_t *length);
bool pm_get_handle(napi_env env, napi_value value, void **handle);

napi_value pm_throw(napi_env env, const char *message);
/* Throws an Error whose `errno` is this number; ENOMEM where Node has no more memory, too. */
napi_value pm_throw_errno(napi_env env, int number);

/* The data of a function that takes no arguments. */
bool pm_get_data(napi_env env, napi_callback_info info, void **data);

/* Values; NULL, with an exception pending, when there is no memory for one. */
napi_value pm_int32(napi_env env, int32_t number);
napi_value pm_uint32(napi_env env, uint32_t number);
napi_value pm_double(napi_env env, double number);
napi_value pm_u64(napi_env env, uint64_t number); /* a bigint */
napi_value pm_bool(napi_env env, bool flag);
napi_value pm_string(napi_env env, const char *text);

/* False when there is no value to set, or it cannot be set. */
bool pm_set(napi_env env, napi_value object, const char *name, napi_value value);

bool pm_define(napi_env env, napi_value object, const char *name, napi_callback callback,
               void *data);
/* The same for a function that keeps `holder`, whose finalizer frees `data`. */
bool pm_define_held(napi_env env, napi_value object, const char *name, napi_callback callback,
                    void *data, napi_value holder);

#endif
