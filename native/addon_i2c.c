/*
 * The devices of an I2C bus, by the calls of /dev/i2c-N, whose arguments hold pointers or are
 * numbers: JavaScript gives bytes, and the pointers are made here. Which node it is, the caller
 * knows: the numbers of these calls (0x07..) mean other things to other drivers.
 */
#include <errno.h>
#include <sys/ioctl.h>

#include <linux/i2c-dev.h>
#include <linux/i2c.h>

#include "addon.h"

/* Addresses of 7 bits (UM10204, 3.1.10). */
#define MOST_ADDRESS 0x7f
/* More than an address of a register and a value have; the kernel takes up to 8192 a message. */
#define MOST_BYTES 32

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
  if (number <= MOST_ADDRESS)
    return true;
  pm_throw(env, "no such address");
  return false;
}

/* i2cFunctions(fd): what the adapter can (I2C_FUNC_*), or a negative errno. */
static napi_value i2c_functions(napi_env env, napi_callback_info info) {
  napi_value argument;
  int fd;
  unsigned long functions = 0;
  if (!pm_get_arguments(env, info, 1, &argument, NULL) || !get_fd(env, argument, &fd))
    return NULL;
  if (ioctl(fd, I2C_FUNCS, &functions) < 0)
    return pm_int32(env, -errno);
  return pm_uint32(env, (uint32_t)functions);
}

/*
 * i2cSelect(fd, address): whose turn it is in SMBus transactions. 0, or a negative errno: EBUSY
 * where a driver of the kernel has the address (drivers/i2c/i2c-dev.c, i2cdev_check_addr).
 */
static napi_value i2c_select(napi_env env, napi_callback_info info) {
  napi_value arguments[2];
  int fd;
  uint16_t address;
  if (!pm_get_arguments(env, info, 2, arguments, NULL) || !get_fd(env, arguments[0], &fd) ||
      !get_address(env, arguments[1], &address))
    return NULL;
  return pm_int32(env, ioctl(fd, I2C_SLAVE, (unsigned long)address) < 0 ? -errno : 0);
}

/*
 * i2cTransfer(fd, address, out, in): one transaction that writes `out` and, where `in` has bytes,
 * reads them behind a repeated start. 0, or a negative errno.
 */
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
  if (out_length == 0 || out_length > MOST_BYTES || in_length > MOST_BYTES)
    return pm_throw(env, "no such number of bytes");
  struct i2c_msg messages[] = {
      {.addr = address, .flags = 0, .len = (uint16_t)out_length, .buf = out},
      {.addr = address, .flags = I2C_M_RD, .len = (uint16_t)in_length, .buf = in},
  };
  struct i2c_rdwr_ioctl_data transaction = {.msgs = messages, .nmsgs = in_length > 0 ? 2 : 1};
  int done = ioctl(fd, I2C_RDWR, &transaction);
  if (done < 0)
    return pm_int32(env, -errno);
  return pm_int32(env, (uint32_t)done == transaction.nmsgs ? 0 : -EIO);
}

/*
 * i2cSmbus(fd, isRead, command, bytes): one SMBus transaction with the selected device: byte data
 * for 1 byte, word data for 2, of which the low one comes first on the wire. 0, or a negative
 * errno.
 */
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
  uint8_t *bytes = data;
  union i2c_smbus_data value;
  if (length == 1)
    value.byte = bytes[0];
  else
    value.word = (uint16_t)(bytes[0] | bytes[1] << 8);
  struct i2c_smbus_ioctl_data transaction = {
      .read_write = is_read ? I2C_SMBUS_READ : I2C_SMBUS_WRITE,
      .command = (uint8_t)command,
      .size = length == 1 ? I2C_SMBUS_BYTE_DATA : I2C_SMBUS_WORD_DATA,
      .data = &value,
  };
  if (ioctl(fd, I2C_SMBUS, &transaction) < 0)
    return pm_int32(env, -errno);
  bytes[0] = length == 1 ? value.byte : (uint8_t)value.word;
  if (length == 2)
    bytes[1] = (uint8_t)(value.word >> 8);
  return pm_int32(env, 0);
}

bool pm_init_i2c(napi_env env, napi_value exports) {
  return pm_define(env, exports, "i2cFunctions", i2c_functions, NULL) &&
         pm_define(env, exports, "i2cSelect", i2c_select, NULL) &&
         pm_define(env, exports, "i2cTransfer", i2c_transfer, NULL) &&
         pm_define(env, exports, "i2cSmbus", i2c_smbus, NULL);
}
