/* The agent at a serial line: `serve --serial` at its own end, `join` at the client's. */
#ifndef PHYSMEM_AGENT_SERIAL_H
#define PHYSMEM_AGENT_SERIAL_H

#include <stdbool.h>
#include <stdint.h>

/* `DEVICE` or `DEVICE,BAUD`. Tells what is wrong by agent_error.h, and returns false then. */
struct agent_serial_line {
  char path[4096];
  uint32_t baud;
};
bool agent_parse_serial(const char *text, struct agent_serial_line *line);

/*
 * Serves at a line: whoever begins a session gets a process that does what agent_serve() does,
 * until it ends the session, another session is begun, or nothing is heard of it for 30 s. Then
 * that process is killed, and with it all that it runs and has open. Returns the exit code where
 * the line cannot be opened, is gone, or a signal ends it.
 */
int agent_serve_serial(const char *text);

/*
 * Carries standard input and output to the agent at the other end. Before it begins, standard
 * output has the text that comes over the line in place of an agent's words, in ASCII and without
 * control characters. `silence` is how many milliseconds of it mean that the line is lost, or NULL:
 * 15 s. Ends with standard input. Otherwise the last line on standard error is why: an errno by its
 * name where the line cannot be opened, or one of the words of agent_join.c.
 */
int agent_join_serial(const char *text, const char *silence);

#endif
