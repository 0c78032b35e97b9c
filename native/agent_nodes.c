#define _GNU_SOURCE
#include "agent_nodes.h"

#include <errno.h>
#include <unistd.h>

#include "agent_protocol.h"

struct node {
  bool open;
  int fd;
};

struct memory {
  struct pm_memory *memory; /* NULL for a free place */
  uint32_t node;
};

static struct node nodes[PM_NODES_MOST];
static struct memory memories[PM_MEMORIES_MOST];

bool agent_free_node(uint32_t *number) {
  for (*number = 0; *number < PM_NODES_MOST; ++*number)
    if (!nodes[*number].open)
      return true;
  return false;
}

void agent_keep_node(uint32_t number, int fd) { nodes[number] = (struct node){true, fd}; }

bool agent_has_node(uint32_t number) { return number < PM_NODES_MOST && nodes[number].open; }

int agent_node_fd(uint32_t number) { return nodes[number].fd; }

void agent_close_node(uint32_t number) {
  for (uint32_t i = 0; i < PM_MEMORIES_MOST; i++)
    if (memories[i].memory && memories[i].node == number)
      agent_forget_memory(i);
  close(nodes[number].fd);
  nodes[number].open = false;
}

void agent_close_nodes(void) {
  for (uint32_t i = 0; i < PM_NODES_MOST; i++)
    if (nodes[i].open)
      agent_close_node(i);
}

int agent_add_memory(uint32_t node, uint32_t flags, uint64_t base, uint64_t length,
                     uint32_t *number) {
  uint32_t place = 0;
  while (place < PM_MEMORIES_MOST && memories[place].memory)
    place++;
  if (place == PM_MEMORIES_MOST)
    return EMFILE;
  struct pm_memory *memory = pm_memory_create(
      nodes[node].fd, base, length, flags & PM_MEMORY_WRITABLE, flags & PM_MEMORY_REGULAR);
  if (!memory)
    return ENOMEM;
  if (flags & PM_MEMORY_WHOLE)
    pm_memory_map_whole(memory);
  memories[place] = (struct memory){memory, node};
  *number = place;
  return 0;
}

struct pm_memory *agent_find_memory(uint32_t number) {
  return number < PM_MEMORIES_MOST ? memories[number].memory : NULL;
}

void agent_forget_memory(uint32_t number) {
  pm_memory_destroy(memories[number].memory);
  memories[number].memory = NULL;
}
