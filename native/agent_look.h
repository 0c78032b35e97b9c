/* What the kernel's own trees say, and opening nodes: all paths that the agent is given go here. */
#ifndef PHYSMEM_AGENT_LOOK_H
#define PHYSMEM_AGENT_LOOK_H

#include <stddef.h>
#include <stdint.h>

#include "agent_protocol.h"

/*
 * Answers one look-up into `room` bytes. Returns 0 with the bytes that it took in `used`, or an
 * errno; EOVERFLOW when there are more than fit. A file is cut off at `most` bytes.
 */
int agent_look_up(uint32_t what, const char *path, uint32_t most, uint8_t *room, size_t room_bytes,
                  size_t *used);

/* Opens a node or file, with enum pm_open. Returns 0 or an errno. */
int agent_open_path(const char *path, uint32_t flags, int *fd, struct pm_node_status *status);

#endif
