/* What the files of the Node-API face share. */
#ifndef PHYSMEM_ADDON_H
#define PHYSMEM_ADDON_H

#include <node_api.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Raised with every change of what the addon exports; src/engine/addon.ts expects the same. */
#define PM_ADDON_VERSION 9

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
struct pm_program;
/* A handle of programCheck(), or else the bytes of a program; the other is NULL. */
bool pm_get_program(napi_env env, napi_value value, const struct pm_program **program, void **bytes,
                    size_t *length);

/* How a program ended, as numbers: status, done, step, elements, errno, address. */
#define PM_OUTCOME_NUMBERS 6
struct pm_outcome;
void pm_tell_outcome(double *told, const struct pm_outcome *outcome);

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

bool pm_init_program(napi_env env, napi_value exports);
bool pm_init_memory(napi_env env, napi_value exports);
bool pm_init_window(napi_env env, napi_value exports);
bool pm_init_linux(napi_env env, napi_value exports);
bool pm_init_port(napi_env env, napi_value exports);
bool pm_init_kmod(napi_env env, napi_value exports);
bool pm_init_hugepages(napi_env env, napi_value exports);
bool pm_init_uio(napi_env env, napi_value exports);
bool pm_init_module(napi_env env, napi_value exports);

#endif
