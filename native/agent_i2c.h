/* I2C buses of the agent's machine. */
#ifndef PHYSMEM_AGENT_I2C_H
#define PHYSMEM_AGENT_I2C_H

#include <stddef.h>
#include <stdint.h>

#include "agent_protocol.h"

struct agent_i2c {
  enum pm_i2c what;
  uint32_t address;
  const uint8_t *out;
  size_t out_bytes;
  uint8_t *in;
  size_t in_bytes;
};

/*
 * Does what the protocol says, with numbers of bytes that it allows. Returns 0, or an errno: then
 * there was no transaction; `ended` is 0, or the errno of the transaction.
 */
int agent_use_i2c(int fd, const struct agent_i2c *use, int *ended, uint32_t *value);

#endif
