/* Where the agent's commands print, and what is said when that fails. */
#ifndef PHYSMEM_AGENT_OUTPUT_H
#define PHYSMEM_AGENT_OUTPUT_H

#include <stdbool.h>

#include "agent_text.h"

/*
 * Standard input, output and error that nobody opened lead to /dev/null: otherwise what is opened
 * next, a memory, would get their number, and what is printed would be stored in it. False when
 * there is no /dev/null.
 */
bool agent_hold_descriptors(void);

/* Whether a path leads to standard output besides `-`: a message after the bytes would be among
 * them. */
bool agent_is_standard_output(const char *path);

/* Both tell it by agent_error.h, and return false. */
bool agent_fail_output(int error);
bool agent_fail_file(const char *path, int error);

/* Writes out what there is on standard output; false, with the reason told, when that failed. */
bool agent_end_output(struct agent_text *out);

#endif
