/* What the CPU and the process have, without a memory: fences, cache lines, the end. */
#include "addon.h"

#include <errno.h>
#include <unistd.h>

#include "access.h"
#include "cache.h"

/* A call that does nothing but return a number: what the benchmark compares with. */
static napi_value bare(napi_env env, napi_callback_info info) {
  (void)info;
  return pm_uint32(env, 42);
}

static napi_value fence(napi_env env, napi_callback_info info) {
  (void)env;
  (void)info;
  PM_FENCE();
  return NULL;
}

/* leave(code): without Node's own end, which waits for threads of V8. */
static napi_value leave(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value argument;
  int32_t code;
  if (napi_get_cb_info(env, info, &count, &argument, NULL, NULL) != napi_ok ||
      napi_get_value_int32(env, argument, &code) != napi_ok)
    return pm_throw(env, "expected an exit code");
  _exit(code);
}

/* cacheControl(): bytes of a line and the instructions; undefined where there are none. */
static napi_value cache_control(napi_env env, napi_callback_info info) {
  napi_value result;
  struct pm_cache_control control;
  (void)info;
  if (!pm_cache_find(&control))
    return NULL;
  if (napi_create_object(env, &result) != napi_ok ||
      !pm_set(env, result, "lineBytes", pm_uint32(env, (uint32_t)control.line_bytes)) ||
      !pm_set(env, result, "clean", pm_string(env, control.clean)) ||
      !pm_set(env, result, "flush", pm_string(env, control.flush)))
    return pm_throw_errno(env, ENOMEM);
  return result;
}

bool pm_init_cpu(napi_env env, napi_value exports) {
  return pm_define(env, exports, "bare", bare, NULL) &&
         pm_define(env, exports, "fence", fence, NULL) &&
         pm_define(env, exports, "leave", leave, NULL) &&
         pm_define(env, exports, "cacheControl", cache_control, NULL);
}
