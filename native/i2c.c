#include "i2c.h"

#include <errno.h>
#include <sys/ioctl.h>

#include <linux/i2c-dev.h>
#include <linux/i2c.h>

int pm_i2c_functions(int fd, uint32_t *functions) {
  unsigned long all = 0;
  if (ioctl(fd, I2C_FUNCS, &all) < 0)
    return errno;
  *functions = (uint32_t)all;
  return 0;
}

int pm_i2c_select(int fd, uint32_t address) {
  return ioctl(fd, I2C_SLAVE, (unsigned long)address) < 0 ? errno : 0;
}

int pm_i2c_transfer(int fd, uint32_t address, const uint8_t *out, size_t out_bytes, uint8_t *in,
                    size_t in_bytes) {
  /* What is written is only read: drivers/i2c/i2c-dev.c, i2cdev_ioctl_rdwr(). */
  struct i2c_msg messages[] = {
      {.addr = (uint16_t)address, .len = (uint16_t)out_bytes, .buf = (uint8_t *)(uintptr_t)out},
      {.addr = (uint16_t)address, .flags = I2C_M_RD, .len = (uint16_t)in_bytes, .buf = in},
  };
  struct i2c_rdwr_ioctl_data transaction = {.msgs = messages, .nmsgs = in_bytes > 0 ? 2 : 1};
  int done = ioctl(fd, I2C_RDWR, &transaction);
  if (done < 0)
    return errno;
  return (uint32_t)done == transaction.nmsgs ? 0 : EIO;
}

int pm_i2c_smbus(int fd, bool is_read, uint8_t command, uint8_t *bytes, size_t count) {
  union i2c_smbus_data value = {.word = 0};
  if (count == 1)
    value.byte = bytes[0];
  else
    value.word = (uint16_t)(bytes[0] | bytes[1] << 8);
  struct i2c_smbus_ioctl_data transaction = {
      .read_write = is_read ? I2C_SMBUS_READ : I2C_SMBUS_WRITE,
      .command = command,
      .size = count == 1 ? I2C_SMBUS_BYTE_DATA : I2C_SMBUS_WORD_DATA,
      .data = &value,
  };
  if (ioctl(fd, I2C_SMBUS, &transaction) < 0)
    return errno;
  bytes[0] = count == 1 ? value.byte : (uint8_t)value.word;
  if (count == 2)
    bytes[1] = (uint8_t)(value.word >> 8);
  return 0;
}
