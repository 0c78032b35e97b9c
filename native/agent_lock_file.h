/* The files of advisory locks, as every physmem has them on its own machine (src/device/lock.ts).
 */
#ifndef PHYSMEM_AGENT_LOCK_FILE_H
#define PHYSMEM_AGENT_LOCK_FILE_H

#include <stdint.h>

#include "agent_protocol.h"

/*
 * Opens the file of a lock, and makes it where there is none, never through a link. PM_LOCK_TAKEN
 * with the file in `fd`, which is not locked yet; otherwise why not, and no open file. `detail` is
 * that of the protocol.
 */
enum pm_lock agent_open_lock(const char *path, int *fd, uint32_t *detail);

#endif
