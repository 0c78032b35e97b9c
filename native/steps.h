/* What kind of step a step is; for the engine's own files. */
#ifndef PHYSMEM_STEPS_H
#define PHYSMEM_STEPS_H

#include "engine.h"

static inline bool pm_step_writes(const struct pm_step *step) {
  return step->op == PM_WRITE || step->op == PM_UPDATE || step->op == PM_WRITE_BLOCK ||
         step->op == PM_FILL;
}

static inline bool pm_steps_write(const struct pm_step *steps, uint32_t count) {
  for (uint32_t i = 0; i < count; i++)
    if (pm_step_writes(&steps[i]))
      return true;
  return false;
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

/* Whether its elements are one behind the other, rather than all at its address. */
static inline bool pm_step_rises(const struct pm_step *step) {
  bool fixed = step->op == PM_READ_BLOCK || step->op == PM_WRITE_BLOCK;
  return pm_step_is_block(step) && !(fixed && (step->flags & PM_FLAG_FIXED));
}

/* The bytes that a step needs from its address on. */
static inline uint64_t pm_step_extent(const struct pm_step *step) {
  return (uint64_t)(pm_step_rises(step) ? step->count : 1) * step->width;
}

#endif
