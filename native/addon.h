/* What the files of the Node-API face share. */
#ifndef PHYSMEM_ADDON_H
#define PHYSMEM_ADDON_H

#include "addon_values.h"

/* Raised with every change of what the addon exports; src/engine/addon.ts expects the same. */
#define PM_ADDON_VERSION 12

struct pm_program;
/* A handle of programCheck(), or else the bytes of a program; the other is NULL. */
bool pm_get_program(napi_env env, napi_value value, const struct pm_program **program, void **bytes,
                    size_t *length);

/* How a program ended, as numbers: status, done, step, elements, errno, address. */
#define PM_OUTCOME_NUMBERS 6
struct pm_outcome;
void pm_tell_outcome(double *told, const struct pm_outcome *outcome);

/* Each puts what its file exports into the addon; false where there is no memory for it. */
bool pm_init_cpu(napi_env env, napi_value exports);
bool pm_init_program(napi_env env, napi_value exports);
bool pm_init_memory(napi_env env, napi_value exports);
bool pm_init_sample(napi_env env, napi_value exports);
bool pm_init_window(napi_env env, napi_value exports);
bool pm_init_linux(napi_env env, napi_value exports);
bool pm_init_port(napi_env env, napi_value exports);
bool pm_init_kmod(napi_env env, napi_value exports);
bool pm_init_hugepages(napi_env env, napi_value exports);
bool pm_init_uio(napi_env env, napi_value exports);
bool pm_init_i2c(napi_env env, napi_value exports);
bool pm_init_module(napi_env env, napi_value exports);

#endif
