#include "agent_port.h"

#include <errno.h>

#include "agent_protocol.h"
#include "port.h"

#if defined(__x86_64__)

int agent_use_port(uint32_t what, uint32_t port, uint32_t bytes, uint32_t *value) {
  int error = pm_port_allow((uint16_t)port, bytes);
  if (error)
    return error;
  if (what == PM_PORT_IN)
    *value = pm_port_in((uint16_t)port, bytes);
  else if (what == PM_PORT_OUT)
    pm_port_out((uint16_t)port, bytes, *value);
  return 0;
}

#else

int agent_use_port(uint32_t what, uint32_t port, uint32_t bytes, uint32_t *value) {
  (void)what;
  (void)port;
  (void)bytes;
  (void)value;
  return ENOSYS;
}

#endif
