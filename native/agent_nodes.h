/* The nodes that a client of the agent has opened, and the memories over them, by their numbers. */
#ifndef PHYSMEM_AGENT_NODES_H
#define PHYSMEM_AGENT_NODES_H

#include <stdbool.h>
#include <stdint.h>

#include "engine.h"

/* A number that no node has; false where there are PM_NODES_MOST already. */
bool agent_free_node(uint32_t *number);
/* Gives it to an open file, which is taken over. */
void agent_keep_node(uint32_t number, int fd);
bool agent_has_node(uint32_t number);
/* Of a node that there is. */
int agent_node_fd(uint32_t number);
/* With the memories over it. */
void agent_close_node(uint32_t number);
void agent_close_nodes(void);

/*
 * Makes a memory over a node that there is; `flags` are enum pm_memory_flag. 0, or an errno: EMFILE
 * where there are PM_MEMORIES_MOST already.
 */
int agent_add_memory(uint32_t node, uint32_t flags, uint64_t base, uint64_t length,
                     uint32_t *number);
/* NULL where there is none. */
struct pm_memory *agent_find_memory(uint32_t number);
void agent_forget_memory(uint32_t number);

#endif
