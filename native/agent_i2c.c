#define _GNU_SOURCE
#include "agent_i2c.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "i2c.h"

/* include/uapi/linux/major.h */
#define I2C_MAJOR 89u

static int smbus(int fd, const struct agent_i2c *use) {
  uint8_t bytes[2] = {0};
  if (use->in_bytes) {
    int error = pm_i2c_smbus(fd, true, use->out[0], bytes, use->in_bytes);
    memcpy(use->in, bytes, use->in_bytes);
    return error;
  }
  memcpy(bytes, use->out + 1, use->out_bytes - 1);
  return pm_i2c_smbus(fd, false, use->out[0], bytes, use->out_bytes - 1);
}

int agent_use_i2c(int fd, const struct agent_i2c *use, int *ended, uint32_t *value) {
  struct stat status;
  if (fstat(fd, &status))
    return errno;
  if (!S_ISCHR(status.st_mode) || ((uint64_t)status.st_rdev >> 8 & 0xfff) != I2C_MAJOR)
    return ENODEV;
  if (use->what == PM_I2C_FUNCTIONS)
    return pm_i2c_functions(fd, value);
  int error = pm_i2c_select(fd, use->address);
  if (error)
    return error;
  if (use->what == PM_I2C_TRANSFER)
    *ended = pm_i2c_transfer(fd, use->address, use->out, use->out_bytes, use->in, use->in_bytes);
  else if (use->what == PM_I2C_SMBUS)
    *ended = smbus(fd, use);
  return 0;
}
