/* Whether the kernel of the agent's machine has a device that has no node. */
#ifndef PHYSMEM_AGENT_FRESH_NODE_H
#define PHYSMEM_AGENT_FRESH_NODE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Makes a node of a memory device (1:minor) in /tmp, opens it for reading, and removes it again.
 * False where none can be made; `error` is 0, or the errno with which it does not open.
 */
bool agent_try_fresh_node(uint32_t minor, int *error);

#endif
