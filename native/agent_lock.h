/* The advisory locks that a client of the agent has; they are gone with the agent. */
#ifndef PHYSMEM_AGENT_LOCK_H
#define PHYSMEM_AGENT_LOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "agent_protocol.h"

/*
 * Takes one more, and waits `wait_ms` for another that has it, or until agent_cancel is set;
 * `detail` is that of the protocol.
 */
enum pm_lock agent_take_lock(const char *path, uint32_t wait_ms, uint32_t *detail);

/* Whether another had one all the time, since the locks were left last. */
bool agent_is_locked_out(void);

void agent_leave_locks(void);

#endif
