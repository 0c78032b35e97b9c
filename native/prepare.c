/* What is done for a program before its first access: what can be refused is, and it is mapped. */
#include "memory.h"
#include "program.h"

#include <stdlib.h>

static enum pm_status fail_at(struct pm_outcome *outcome, enum pm_status status, uint64_t address) {
  outcome->address = address;
  return status;
}

enum pm_status pm_check_memory(const struct pm_memory *memory, const struct pm_program *program,
                               struct pm_outcome *outcome) {
  uint64_t length = memory->length;
  if (length > UINT64_MAX - memory->base)
    length = UINT64_MAX - memory->base;
  outcome->step = program->first_write;
  if (program->first_write < program->step_count && !memory->writable)
    return fail_at(outcome, PM_READ_ONLY, program->steps[program->first_write].address);
  outcome->step = 0;
  if (program->end <= length)
    return PM_OK;
  for (const struct pm_step *step = program->steps;; step++, outcome->step++)
    if (pm_step_accesses(step) && step->address + pm_step_extent(step) > length)
      return fail_at(outcome, PM_OUT_OF_RANGE, step->address);
}

static bool reserve(struct pm_resolved *resolved, size_t count) {
  if (count <= resolved->capacity)
    return true;
  uint8_t **hosts = realloc(resolved->hosts, count * sizeof *hosts);
  if (!hosts)
    return false;
  resolved->hosts = hosts;
  resolved->capacity = count;
  return true;
}

/* Maps all that one step needs. `host` becomes where it begins. */
static enum pm_status map_step(struct pm_memory *memory, const struct pm_step *step,
                               struct pm_outcome *outcome, uint8_t **host) {
  int *error = &outcome->errno_value;
  uint64_t extent = pm_step_extent(step);
  *host = pm_memory_find(memory, step->address, error);
  if (!*host)
    return fail_at(outcome, PM_MAP_FAILED, step->address);
  for (uint64_t done = step->width; done < extent;) {
    size_t available;
    if (!pm_memory_map(memory, step->address + done, extent - done, &available, error))
      return fail_at(outcome, PM_MAP_FAILED, step->address + done);
    done += available;
  }
  return PM_OK;
}

/* See "mapped ahead" in engine.h. */
static enum pm_status map_ahead(struct pm_memory *memory, const struct pm_program *program,
                                struct pm_outcome *outcome, uint8_t *const **hosts) {
  struct pm_resolved *resolved = &memory->resolved[program->serial % PM_RESOLVED_PROGRAMS];
  if (resolved->serial != program->serial) {
    uint64_t before = memory->clock;
    if (!reserve(resolved, program->step_count))
      return PM_NO_MEMORY;
    resolved->serial = 0;
    for (uint32_t i = 0; i < program->step_count; i++) {
      if (!pm_step_accesses(&program->steps[i]))
        continue;
      outcome->step = i;
      enum pm_status status = map_step(memory, &program->steps[i], outcome, &resolved->hosts[i]);
      if (status != PM_OK)
        return status;
    }
    if (!pm_memory_holds_since(memory, before))
      return PM_OK;
    resolved->serial = program->serial;
  }
  *hosts = resolved->hosts;
  return PM_OK;
}

enum pm_status pm_ready(struct pm_memory *memory, const struct pm_program *program,
                        struct pm_outcome *outcome, uint8_t *const **hosts) {
  *outcome = (struct pm_outcome){.status = PM_OK};
  *hosts = NULL;
  enum pm_status status = pm_check_memory(memory, program, outcome);
  return status == PM_OK ? map_ahead(memory, program, outcome, hosts) : status;
}

void pm_prepare(struct pm_memory *memory, const struct pm_program *program,
                struct pm_outcome *outcome) {
  uint8_t *const *hosts;
  memory->looking = true;
  outcome->status = pm_ready(memory, program, outcome, &hosts);
  memory->looking = false;
}
