/* A terminal as a serial line: bytes as they are, and no other program on it. */
#ifndef PHYSMEM_AGENT_TTY_H
#define PHYSMEM_AGENT_TTY_H

#include <stdbool.h>
#include <stdint.h>

/* The kernel's struct termios2 (asm-generic/termbits.h), the same on all of the agent's CPUs. */
struct agent_tty_settings {
  uint32_t input, output, control, local;
  uint8_t discipline, letters[19];
  uint32_t input_baud, output_baud;
};

struct agent_tty {
  int fd; /* does not wait */
  struct agent_tty_settings before;
};

/*
 * Opens it, without waiting for a carrier; 8 data bits, no parity, 1 stop bit, no flow control, at
 * `baud` bits a second. Returns 0 or an errno: EBUSY where another program has taken it, EINVAL
 * where the device has no such rate; then its settings are as before.
 */
int agent_tty_open(struct agent_tty *tty, const char *path, uint32_t baud);

/* With the settings that it had. */
void agent_tty_close(struct agent_tty *tty);

#endif
