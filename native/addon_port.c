/* I/O ports for JavaScript, where the CPU has them. */
#include "addon.h"
#include "port.h"

#if defined(__x86_64__)

/* The numbers of a call, checked: a port, how many bytes from it, and perhaps a value. */
static bool get_numbers(napi_env env, napi_callback_info info, size_t count, uint64_t *numbers) {
  napi_value arguments[3];
  if (!pm_get_arguments(env, info, count, arguments, NULL))
    return false;
  for (size_t i = 0; i < count; i++)
    if (!pm_get_u64(env, arguments[i], &numbers[i]))
      return false;
  if (numbers[0] < 0x10000 && numbers[1] >= 1 && numbers[1] <= 0x10000 - numbers[0])
    return true;
  pm_throw(env, "no such port");
  return false;
}

/* The same for one access: of 1, 2 or 4 bytes. */
static bool get_access(napi_env env, napi_callback_info info, size_t count, uint64_t *numbers) {
  if (!get_numbers(env, info, count, numbers))
    return false;
  if (numbers[1] == 1 || numbers[1] == 2 || numbers[1] == 4)
    return true;
  pm_throw(env, "no such width");
  return false;
}

/* portAllow(port, bytes): 0, or an errno. */
static napi_value port_allow(napi_env env, napi_callback_info info) {
  uint64_t numbers[2];
  if (!get_numbers(env, info, 2, numbers))
    return NULL;
  return pm_int32(env, pm_port_allow((uint16_t)numbers[0], (unsigned)numbers[1]));
}

/* portIn(port, width) */
static napi_value port_in(napi_env env, napi_callback_info info) {
  uint64_t numbers[2];
  if (!get_access(env, info, 2, numbers))
    return NULL;
  return pm_uint32(env, pm_port_in((uint16_t)numbers[0], (unsigned)numbers[1]));
}

/* portOut(port, width, value) */
static napi_value port_out(napi_env env, napi_callback_info info) {
  uint64_t numbers[3];
  if (get_access(env, info, 3, numbers))
    pm_port_out((uint16_t)numbers[0], (unsigned)numbers[1], (uint32_t)numbers[2]);
  return NULL;
}

bool pm_init_port(napi_env env, napi_value exports) {
  return pm_define(env, exports, "portAllow", port_allow, NULL) &&
         pm_define(env, exports, "portIn", port_in, NULL) &&
         pm_define(env, exports, "portOut", port_out, NULL);
}

#else

bool pm_init_port(napi_env env, napi_value exports) {
  (void)env;
  (void)exports;
  return true;
}

#endif
