/* The memory that the agent's commands access, and programs for it. */
#ifndef PHYSMEM_AGENT_MEMORY_H
#define PHYSMEM_AGENT_MEMORY_H

#include "engine.h"

struct agent_memory {
  const char *name; /* the path, as messages show it */
  int fd;
  bool devmem; /* it is the kernel's /dev/mem, whatever its path */
  bool regular_file;
  uint64_t length; /* UINT64_MAX when only an access can tell */
  struct pm_memory *memory;
};

/* Opens a node or file with O_SYNC. False, with the reason told, when that is refused. */
bool agent_open(struct agent_memory *memory, const char *path, bool writable);

/* False, with the reason told, when not all of these bytes are inside. */
bool agent_check_inside(const struct agent_memory *memory, uint64_t address, uint64_t bytes);

/* The steps of one command, and after the run what they gave. */
struct agent_plan {
  struct pm_header *header;
  struct pm_step *steps; /* behind the header */
  uint32_t most_steps;
  uint64_t *cells;
  uint8_t *data;
  struct pm_outcome outcome;
};

/* Room for steps and for bytes that blocks read; false, with the reason told, when there is none.
 */
bool agent_plan_begin(struct agent_plan *plan, uint32_t most_steps, uint32_t output_bytes);

/* One step more, of `width` bits. */
struct pm_step *agent_plan_add(struct agent_plan *plan, enum pm_op op, uint64_t address,
                               unsigned width);

/* Maps what a plan needs, without any access. False as agent_plan_run. */
bool agent_plan_prepare(struct agent_plan *plan, struct agent_memory *memory);

/*
 * Runs all steps. False, with the reason told, when one failed or was refused, but for a wait whose
 * time was up: then `outcome.status` is PM_TIMED_OUT and nothing is told.
 */
bool agent_plan_run(struct agent_plan *plan, struct agent_memory *memory);

#endif
