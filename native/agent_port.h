/* I/O ports of the agent's machine. */
#ifndef PHYSMEM_AGENT_PORT_H
#define PHYSMEM_AGENT_PORT_H

#include <stdint.h>

/*
 * Asks the system for `bytes` ports from `port` on, all below 0x10000, and then does what `what`
 * says (enum pm_port): nothing, or one access of 1, 2 or 4 bytes, which reads or writes `value`.
 * Returns 0, or an errno: then there was no access. ENOSYS where the CPU has no ports.
 */
int agent_use_port(uint32_t what, uint32_t port, uint32_t bytes, uint32_t *value);

#endif
