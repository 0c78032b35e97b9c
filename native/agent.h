/*
 * The agent: the engine with a face to a shell, and to frames on standard input and output. A
 * static program without a C library of the system; see docs/agent.md.
 */
#ifndef PHYSMEM_AGENT_H
#define PHYSMEM_AGENT_H

#include <stdbool.h>

/*
 * `privileged`: whoever started the program has fewer rights than it has (set-uid, capabilities of
 * the file). Returns the exit code: see agent_error.h.
 */
int agent_main(int count, char **words, char *const *environment, bool privileged);

#endif
