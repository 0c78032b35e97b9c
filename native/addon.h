/* What the files of the Node-API face share. */
#ifndef PHYSMEM_ADDON_H
#define PHYSMEM_ADDON_H

#include <node_api.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Raised with every change of what the addon exports; src/native/addon.ts expects the same. */
#define PM_ADDON_VERSION 8

/*
 * Arguments are checked in TypeScript; here a wrong one only must not crash. Each getter returns
 * false, with a JavaScript exception pending, when the argument is of another type.
 */
bool pm_get_arguments(napi_env env, napi_callback_info info, size_t count, napi_value *values,
                      void **data);
bool pm_get_number(napi_env env, napi_value value, double *number);
bool pm_get_bool(napi_env env, napi_value value, bool *flag);
bool pm_get_u64(napi_env env, napi_value value, uint64_t *number); /* number or bigint */
bool pm_get_bytes(napi_env env, napi_value value, void **bytes, size_t *length);
bool pm_get_handle(napi_env env, napi_value value, void **handle);

napi_value pm_throw(napi_env env, const char *message);
/* Throws an Error whose `errno` is this number. */
napi_value pm_throw_errno(napi_env env, int number);

bool pm_define(napi_env env, napi_value object, const char *name, napi_callback callback,
               void *data);
/* The same for a function that keeps `holder`, whose finalizer frees `data`. */
bool pm_define_held(napi_env env, napi_value object, const char *name, napi_callback callback,
                    void *data, napi_value holder);

bool pm_init_memory(napi_env env, napi_value exports);
bool pm_init_window(napi_env env, napi_value exports);
bool pm_init_linux(napi_env env, napi_value exports);
bool pm_init_port(napi_env env, napi_value exports);
bool pm_init_kmod(napi_env env, napi_value exports);
bool pm_init_hugepages(napi_env env, napi_value exports);
bool pm_init_uio(napi_env env, napi_value exports);
bool pm_init_module(napi_env env, napi_value exports);

#endif
