/* The calls of i2c.h: JavaScript gives bytes, and gets 0 or a negative errno. */
#include "addon.h"
#include "i2c.h"

static bool get_fd(napi_env env, napi_value value, int *fd) {
  double number;
  if (!pm_get_number(env, value, &number))
    return false;
  *fd = (int)number;
  return true;
}

static bool get_address(napi_env env, napi_value value, uint16_t *address) {
  uint64_t number;
  if (!pm_get_u64(env, value, &number))
    return false;
  *address = (uint16_t)number;
  if (number <= PM_I2C_ADDRESS_MOST)
    return true;
  pm_throw(env, "no such address");
  return false;
}

/* i2cFunctions(fd): what the adapter can (I2C_FUNC_*), or a negative errno. */
static napi_value i2c_functions(napi_env env, napi_callback_info info) {
  napi_value argument;
  int fd;
  uint32_t functions = 0;
  if (!pm_get_arguments(env, info, 1, &argument, NULL) || !get_fd(env, argument, &fd))
    return NULL;
  int error = pm_i2c_functions(fd, &functions);
  return error ? pm_int32(env, -error) : pm_uint32(env, functions);
}

/* i2cSelect(fd, address). */
static napi_value i2c_select(napi_env env, napi_callback_info info) {
  napi_value arguments[2];
  int fd;
  uint16_t address;
  if (!pm_get_arguments(env, info, 2, arguments, NULL) || !get_fd(env, arguments[0], &fd) ||
      !get_address(env, arguments[1], &address))
    return NULL;
  return pm_int32(env, -pm_i2c_select(fd, address));
}

/* i2cTransfer(fd, address, out, in). */
static napi_value i2c_transfer(napi_env env, napi_callback_info info) {
  napi_value arguments[4];
  int fd;
  uint16_t address;
  void *out, *in;
  size_t out_length, in_length;
  if (!pm_get_arguments(env, info, 4, arguments, NULL) || !get_fd(env, arguments[0], &fd) ||
      !get_address(env, arguments[1], &address) ||
      !pm_get_bytes(env, arguments[2], &out, &out_length) ||
      !pm_get_bytes(env, arguments[3], &in, &in_length))
    return NULL;
  if (out_length == 0 || out_length > PM_I2C_BYTES_MOST || in_length > PM_I2C_BYTES_MOST)
    return pm_throw(env, "no such number of bytes");
  return pm_int32(env, -pm_i2c_transfer(fd, address, out, out_length, in, in_length));
}

/* i2cSmbus(fd, isRead, command, bytes). */
static napi_value i2c_smbus(napi_env env, napi_callback_info info) {
  napi_value arguments[4];
  int fd;
  bool is_read;
  uint64_t command;
  void *data;
  size_t length;
  if (!pm_get_arguments(env, info, 4, arguments, NULL) || !get_fd(env, arguments[0], &fd) ||
      !pm_get_bool(env, arguments[1], &is_read) || !pm_get_u64(env, arguments[2], &command) ||
      !pm_get_bytes(env, arguments[3], &data, &length))
    return NULL;
  if (command > UINT8_MAX || length < 1 || length > 2)
    return pm_throw(env, "no such command");
  return pm_int32(env, -pm_i2c_smbus(fd, is_read, (uint8_t)command, data, length));
}

bool pm_init_i2c(napi_env env, napi_value exports) {
  return pm_define(env, exports, "i2cFunctions", i2c_functions, NULL) &&
         pm_define(env, exports, "i2cSelect", i2c_select, NULL) &&
         pm_define(env, exports, "i2cTransfer", i2c_transfer, NULL) &&
         pm_define(env, exports, "i2cSmbus", i2c_smbus, NULL);
}
