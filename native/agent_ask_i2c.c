#include "agent_requests.h"

#include <errno.h>
#include <string.h>

#include "agent_i2c.h"
#include "agent_nodes.h"
#include "i2c.h"

static bool fits(const struct agent_i2c *use) {
  size_t out = use->out_bytes, in = use->in_bytes;
  if (use->address > PM_I2C_ADDRESS_MOST)
    return false;
  switch (use->what) {
  case PM_I2C_FUNCTIONS:
    return !out && !in && !use->address;
  case PM_I2C_SELECT:
    return !out && !in;
  case PM_I2C_TRANSFER:
    return out && out <= PM_I2C_BYTES_MOST && in <= PM_I2C_BYTES_MOST;
  case PM_I2C_SMBUS:
    return in ? out == 1 && in <= 2 : out == 2 || out == 3;
  default:
    return false;
  }
}

int agent_ask_i2c(const struct pm_frame *frame, struct agent_reader *reader) {
  uint8_t in[PM_I2C_BYTES_MOST] = {0};
  struct agent_i2c use = {.in = in};
  uint32_t number = agent_take32(reader), value = 0;
  int ended = 0;
  use.what = agent_take32(reader);
  use.address = agent_take32(reader);
  use.out_bytes = agent_take32(reader);
  use.in_bytes = agent_take32(reader);
  use.out = agent_take_bytes(reader, use.out_bytes);
  if (!agent_is_whole(reader) || !fits(&use))
    return EBADMSG;
  if (!agent_has_node(number))
    return EBADF;
  int error = agent_use_i2c(agent_node_fd(number), &use, &ended, &value);
  if (error)
    return error;
  uint32_t came = ended ? 0 : (uint32_t)use.in_bytes;
  agent_begin_answer(frame, 0);
  agent_put32((uint32_t)ended);
  agent_put32(value);
  agent_put32(came);
  agent_put_bytes(in, came);
  return 0;
}
