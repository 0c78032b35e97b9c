/* Inside of a program that was checked, and what kind of step a step is; for the engine's own
 * files. */
#ifndef PHYSMEM_PROGRAM_H
#define PHYSMEM_PROGRAM_H

#include "engine.h"

struct pm_program {
  uint64_t serial; /* no other program of this process has or had it; not 0 */
  uint64_t end;    /* the first address after all that it accesses */
  const uint8_t *input;
  uint32_t step_count;
  uint32_t output_bytes;
  uint32_t first_write; /* the first step that writes; step_count when none does */
  bool accesses;
  bool narrow; /* see engine.h */
  /* From each step on, how many are plain reads of its width: they are run in one loop. */
  uint32_t *reads;
  struct pm_step steps[];
};

static inline bool pm_step_writes(const struct pm_step *step) {
  return step->op == PM_WRITE || step->op == PM_UPDATE || step->op == PM_WRITE_BLOCK ||
         step->op == PM_FILL;
}

/* Whether it needs what is at its address. */
static inline bool pm_step_accesses(const struct pm_step *step) {
  return step->op != PM_DELAY && step->op != PM_FENCE_STEP;
}

/* Whether `count` counts; of cache lines it is bytes. */
static inline bool pm_step_is_block(const struct pm_step *step) {
  return step->op == PM_READ_BLOCK || step->op == PM_WRITE_BLOCK || step->op == PM_FILL ||
         step->op == PM_CACHE;
}

/* Whether its elements are one after the other, rather than all at its address. */
static inline bool pm_step_rises(const struct pm_step *step) {
  return pm_step_is_block(step) && !(step->flags & PM_FLAG_FIXED);
}

/* The bytes that a step needs from its address on. */
static inline uint64_t pm_step_extent(const struct pm_step *step) {
  return (uint64_t)(pm_step_rises(step) ? step->count : 1) * step->width;
}

/* What of a program depends on the memory, and is known without mapping anything. */
enum pm_status pm_check_memory(const struct pm_memory *memory, const struct pm_program *program,
                               struct pm_outcome *outcome);

/*
 * Refuses all that can be refused before the first access, and maps all that the program needs.
 * `hosts` becomes the address of each step that accesses, valid until something else is mapped;
 * NULL for a program that needs more than can stay mapped at once.
 */
enum pm_status pm_ready(struct pm_memory *memory, const struct pm_program *program,
                        struct pm_outcome *outcome, uint8_t *const **hosts);

#endif
