/* Loading and unloading modules of the kernel: what insmod and rmmod do, with the errno. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "addon.h"

static napi_value errno_or_zero(napi_env env, long answer) {
  return pm_int32(env, answer < 0 ? -errno : 0);
}

/* moduleLoad(fd, flags): 0, or a negative errno. The flags are MODULE_INIT_*. */
static napi_value module_load(napi_env env, napi_callback_info info) {
  napi_value arguments[2];
  double fd, flags;
  if (!pm_get_arguments(env, info, 2, arguments, NULL) || !pm_get_number(env, arguments[0], &fd) ||
      !pm_get_number(env, arguments[1], &flags))
    return NULL;
  return errno_or_zero(env, syscall(SYS_finit_module, (int)fd, "", (int)flags));
}

/* moduleUnload(name): 0, or a negative errno. A module that is in use is not waited for. */
static napi_value module_unload(napi_env env, napi_callback_info info) {
  napi_value argument;
  char name[64];
  size_t length;
  if (!pm_get_arguments(env, info, 1, &argument, NULL))
    return NULL;
  if (napi_get_value_string_utf8(env, argument, name, sizeof name, &length) != napi_ok)
    return pm_throw(env, "bad arguments");
  return errno_or_zero(env, syscall(SYS_delete_module, name, O_NONBLOCK));
}

bool pm_init_module(napi_env env, napi_value exports) {
  return pm_define(env, exports, "moduleLoad", module_load, NULL) &&
         pm_define(env, exports, "moduleUnload", module_unload, NULL);
}
