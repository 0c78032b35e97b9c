#include "port.h"

#if defined(__x86_64__)

#include <errno.h>
#include <sys/io.h>

/* arch/x86/kernel/ioport.c: the permission is the thread's, and goes on to what it starts. */
int pm_port_allow(uint16_t port, unsigned bytes) { return ioperm(port, bytes, 1) ? errno : 0; }

uint32_t pm_port_in(uint16_t port, unsigned width) {
  uint32_t value = 0;
  if (width == 1)
    __asm__ volatile("inb %w1, %b0" : "=a"(value) : "Nd"(port), "0"(value));
  else if (width == 2)
    __asm__ volatile("inw %w1, %w0" : "=a"(value) : "Nd"(port), "0"(value));
  else
    __asm__ volatile("inl %w1, %0" : "=a"(value) : "Nd"(port));
  return value;
}

void pm_port_out(uint16_t port, unsigned width, uint32_t value) {
  if (width == 1)
    __asm__ volatile("outb %b0, %w1" ::"a"(value), "Nd"(port));
  else if (width == 2)
    __asm__ volatile("outw %w0, %w1" ::"a"(value), "Nd"(port));
  else
    __asm__ volatile("outl %0, %w1" ::"a"(value), "Nd"(port));
}

#endif
