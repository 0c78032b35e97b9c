#include "agent_requests.h"

#include <errno.h>

#include "agent_port.h"

int agent_ask_port(const struct pm_frame *frame, struct agent_reader *reader) {
  uint32_t what = agent_take32(reader), port = agent_take32(reader);
  uint32_t bytes = agent_take32(reader), value = agent_take32(reader);
  const uint32_t ports = 0x10000;
  if (!agent_is_whole(reader) || what < PM_PORT_ALLOW || what > PM_PORT_OUT || port >= ports ||
      !bytes || bytes > ports - port)
    return EBADMSG;
  bool is_access = what != PM_PORT_ALLOW;
  bool is_width = (bytes == 1 || bytes == 2 || bytes == 4) && port % bytes == 0;
  bool fits = bytes >= 4 || value >> 8 * bytes == 0;
  if ((is_access && !is_width) || (what == PM_PORT_OUT ? !fits : value))
    return EBADMSG;
  int error = agent_use_port(what, port, bytes, &value);
  if (error)
    return error;
  agent_begin_answer(frame, 0);
  agent_put32(what == PM_PORT_IN ? value : 0);
  return 0;
}
