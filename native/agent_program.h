/* The programs of requests. */
#ifndef PHYSMEM_AGENT_PROGRAM_H
#define PHYSMEM_AGENT_PROGRAM_H

#include "agent_frames.h"
#include "engine.h"

/*
 * The program that the rest of a request is, checked: good until the next call. NULL where it was
 * refused, as `outcome` says. The last packed one of some length is recognized when it comes
 * again: it is checked once, and the memory keeps its addresses (engine.h). False for bytes that
 * are no packed program.
 */
bool agent_take_program(struct agent_reader *reader, uint32_t flags,
                        const struct pm_program **program, struct pm_outcome *outcome);

#endif
