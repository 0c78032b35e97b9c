/* Makes a program of bytes, and refuses whatever is not well formed. It accesses no memory. */
#include <stdlib.h>
#include <string.h>

#include "cache.h"
#include "program.h"
#include "transfer.h"

static bool fits(uint64_t value, unsigned width) { return width == 8 || value >> (8 * width) == 0; }

/* The data of a block, or the bytes that a step without data accesses. */
static uint64_t data_bytes(const struct pm_step *step) {
  if (step->flags & PM_FLAG_SKIP)
    return pm_skip_map_offset(step) + ((uint64_t)step->count + 7) / 8;
  return (uint64_t)step->count * step->width;
}

/* `room` bytes of data, from which on the step's are the ones that `data_offset` says. */
static bool data_fits(const struct pm_step *step, uint32_t room) {
  return step->data_offset % 8 == 0 && step->data_offset <= room &&
         data_bytes(step) <= room - step->data_offset;
}

static uint8_t known_flags(uint8_t op) {
  if (op == PM_WAIT)
    return PM_FLAG_NEGATE;
  if (op == PM_READ_BLOCK)
    return PM_FLAG_FIXED | PM_FLAG_SKIP;
  return op == PM_WRITE_BLOCK ? PM_FLAG_FIXED : 0;
}

/* What is particular to its operation; the width is good. */
static bool is_well_formed(const struct pm_step *step, const struct pm_header *header) {
  switch (step->op) {
  case PM_READ:
    return true;
  case PM_WRITE:
    return fits(step->value, step->width);
  case PM_UPDATE:
    return fits(step->value, step->width) && fits(step->mask, step->width);
  case PM_WAIT:
    return fits(step->mask, step->width) && !(step->value & ~step->mask);
  case PM_READ_BLOCK:
    return step->count && data_fits(step, header->output_bytes) &&
           step->flags != (PM_FLAG_FIXED | PM_FLAG_SKIP);
  case PM_WRITE_BLOCK:
    return step->count && data_fits(step, header->input_bytes);
  case PM_FILL:
    return step->count && fits(step->value, step->width);
  case PM_CACHE:
    return step->count && step->width == 1 &&
           (step->value == PM_CACHE_CLEAN || step->value == PM_CACHE_FLUSH);
  default:
    return false;
  }
}

/* What the steps so far come to, in bytes and in time. */
struct totals {
  uint64_t read, written, cached, wait_ns;
};

/* No sum of two can overflow: the first that is too much is refused. */
static bool is_in_time(const struct pm_step *step, struct totals *totals) {
  if (step->op != PM_WAIT && step->op != PM_DELAY)
    return true;
  if (step->timeout_ns > PM_MAX_WAIT_NS)
    return false;
  totals->wait_ns += step->timeout_ns;
  return totals->wait_ns <= PM_MAX_WAIT_NS;
}

/* Blocks may share their data, and a fill has none: what they come to, each in whole pieces of 8
 * bytes, is limited by itself. */
static bool adds_up(const struct pm_step *step, struct totals *totals) {
  uint64_t *total = step->op == PM_READ_BLOCK ? &totals->read
                    : step->op == PM_CACHE    ? &totals->cached
                                              : &totals->written;
  if (pm_step_is_block(step))
    *total += (data_bytes(step) + 7) & ~7ull;
  return *total <= PM_MAX_BLOCK_BYTES;
}

static inline enum pm_status check_step(const struct pm_step *step, const struct pm_header *header,
                                        struct totals *totals) {
  if (step->reserved || step->flags & ~known_flags(step->op) || !is_in_time(step, totals))
    return PM_BAD_PROGRAM;
  if (step->op == PM_FENCE_STEP || step->op == PM_DELAY)
    return PM_OK;
  unsigned width = step->width;
  if (width != 1 && width != 2 && width != 4 && width != 8)
    return PM_BAD_PROGRAM;
  if (step->address & (width - 1) || !is_well_formed(step, header) || !adds_up(step, totals))
    return PM_BAD_PROGRAM;
  if (!pm_width_exists(width))
    return PM_NO_SUCH_WIDTH;
  if (pm_step_extent(step) > UINT64_MAX - step->address)
    return PM_OUT_OF_RANGE;
  struct pm_cache_control control;
  return step->op == PM_CACHE && !pm_cache_find(&control) ? PM_NO_CACHE_CONTROL : PM_OK;
}

/* What the run wants to know of all steps together. */
static void summarize(struct pm_program *program) {
  program->first_write = program->step_count;
  program->narrow = true;
  for (uint32_t i = program->step_count; i > 0; i--) {
    const struct pm_step *step = &program->steps[i - 1];
    bool joins = i < program->step_count && step->width == step[1].width;
    program->reads[i - 1] = step->op == PM_READ ? 1 + (joins ? program->reads[i] : 0) : 0;
    if (pm_step_writes(step))
      program->first_write = i - 1;
    if (step->op == PM_UPDATE || step->op == PM_WAIT || (step->op == PM_READ && step->width == 8))
      program->narrow = false;
    if (!pm_step_accesses(step))
      continue;
    program->accesses = true;
    if (step->address + pm_step_extent(step) > program->end)
      program->end = step->address + pm_step_extent(step);
  }
}

static struct pm_program *copy_steps(const struct pm_header *header, const uint8_t *bytes) {
  static _Atomic uint64_t serials;
  size_t step_bytes = header->step_count * sizeof(struct pm_step);
  struct pm_program *program =
      malloc(sizeof *program + step_bytes + header->step_count * sizeof *program->reads);
  if (!program)
    return NULL;
  *program = (struct pm_program){
      .serial = atomic_fetch_add(&serials, 1) + 1,
      .input = bytes + sizeof *header + step_bytes,
      .step_count = header->step_count,
      .output_bytes = header->output_bytes,
  };
  memcpy(program->steps, bytes + sizeof *header, step_bytes);
  /* The compiler must not look at the original again. */
  atomic_signal_fence(memory_order_seq_cst);
  program->reads = (uint32_t *)(void *)(program->steps + header->step_count);
  return program;
}

struct pm_program *pm_program_check(const void *bytes, size_t length, struct pm_outcome *outcome) {
  *outcome = (struct pm_outcome){.status = PM_BAD_PROGRAM};
  if (length < sizeof(struct pm_header) || (uintptr_t)bytes % 8)
    return NULL;
  /* Volatile: each word is fetched once, whoever else may write it. */
  const volatile struct pm_header *told = bytes;
  struct pm_header header = {told->magic, told->step_count, told->input_bytes, told->output_bytes};
  uint64_t needed =
      sizeof header + (uint64_t)header.step_count * sizeof(struct pm_step) + header.input_bytes;
  if (header.magic != PM_PROGRAM_MAGIC || needed > length ||
      header.input_bytes > PM_MAX_BLOCK_BYTES || header.output_bytes > PM_MAX_BLOCK_BYTES)
    return NULL;
  struct pm_program *program = copy_steps(&header, bytes);
  struct totals totals = {0};
  outcome->status = program ? PM_OK : PM_NO_MEMORY;
  for (uint32_t i = 0; outcome->status == PM_OK && i < header.step_count; i++) {
    outcome->step = i;
    outcome->address = program->steps[i].address;
    outcome->status = check_step(&program->steps[i], &header, &totals);
  }
  if (outcome->status != PM_OK) {
    free(program);
    return NULL;
  }
  *outcome = (struct pm_outcome){.status = PM_OK};
  summarize(program);
  return program;
}

void pm_program_free(struct pm_program *program) { free(program); }
