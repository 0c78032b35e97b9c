/* I/O ports of x86: one instruction an access. */
#ifndef PHYSMEM_PORT_H
#define PHYSMEM_PORT_H

#include <stdint.h>

#if defined(__x86_64__)

/* Lets the calling thread use `bytes` ports from `port` on. Returns 0 or an errno. */
int pm_port_allow(uint16_t port, unsigned bytes);

/* One access of 1, 2 or 4 bytes. A thread that was not allowed to dies of SIGSEGV. */
uint32_t pm_port_in(uint16_t port, unsigned width);
void pm_port_out(uint16_t port, unsigned width, uint32_t value);

#endif

#endif
