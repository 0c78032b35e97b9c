/* Calls of a character device whose requests say how many bytes they exchange. */
#include <errno.h>
#include <sys/ioctl.h>

#include "addon.h"

/*
 * ioctl(fd, request, bytes): returns what the device does, or a negative errno. The kernel reads
 * and writes as many bytes as the request's number says: another length is never let through.
 */
static napi_value device_ioctl(napi_env env, napi_callback_info info) {
  napi_value arguments[3];
  double fd;
  uint64_t request;
  void *bytes;
  size_t length;
  if (!pm_get_arguments(env, info, 3, arguments, NULL) || !pm_get_number(env, arguments[0], &fd) ||
      !pm_get_u64(env, arguments[1], &request) || !pm_get_bytes(env, arguments[2], &bytes, &length))
    return NULL;
  if (request > UINT32_MAX || length == 0 || length != _IOC_SIZE((uint32_t)request))
    return pm_throw(env, "the request is for another number of bytes");
  int answer = ioctl((int)fd, (unsigned long)request, bytes);
  return pm_int32(env, answer < 0 ? -errno : answer);
}

bool pm_init_kmod(napi_env env, napi_value exports) {
  return pm_define(env, exports, "ioctl", device_ioctl, NULL);
}
