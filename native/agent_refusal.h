/*
 * Why the kernel refuses, by the errno and what is plain to see: the sentences of src/refusal, as
 * far as no more than that is known. physmem itself, which reads what the kernel tells, knows more.
 */
#ifndef PHYSMEM_AGENT_REFUSAL_H
#define PHYSMEM_AGENT_REFUSAL_H

#include <stdbool.h>
#include <stdint.h>

/* Both tell it by agent_error.h, and return false. `what` is `reading` or `writing`. */
bool agent_refuse_open(const char *name, const char *what, int error);
bool agent_refuse_map(const char *name, bool devmem, uint64_t address, int error);

#endif
