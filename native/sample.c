/* Samples of registers, see sample.h. */
#define _GNU_SOURCE
#include "sample.h"

#include <string.h>
#include <sys/prctl.h>
#include <time.h>

#include "memory.h"
#include "program.h"
#include "transfer.h"

/* A sleep is cut into slices of this length, so that a wish to stop is noticed. */
#define SLICE_NS 20000000u
/* How late a sleep may end: the rest of a period is spent awake. */
#define AWAKE_NS 60000u
/* How much is put, and how long, before others see it: they would take its cache lines each time.
 */
#define UNSETTLED_RECORDS 256u
#define UNSETTLED_NS 1000000u

struct sampler {
  struct pm_memory *memory;
  const struct pm_program *program;
  uint8_t *const *hosts;
  const struct pm_sampling *sampling;
  const struct pm_ring *ring;
  atomic_int *cancel;
  struct pm_sampled *sampled;
  struct pm_outcome *outcome;
  uint32_t head;        /* records, also those that are not shown yet */
  uint32_t shown;       /* what others see as the head */
  uint32_t tail;        /* as it was when it was looked at */
  uint64_t settled_ns;  /* when others saw it last */
  uint64_t kept, lost;  /* with those that are not shown yet */
  uint64_t next_period; /* the one after that of the last sample */
  bool begun;           /* `last` is there, and the trigger was */
  uint64_t values[PM_MAX_SAMPLED], last[PM_MAX_SAMPLED];
};

static uint64_t now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static bool cancelled(const struct sampler *sampler) {
  return sampler->cancel && atomic_load_explicit(sampler->cancel, memory_order_relaxed);
}

/* Returns false when it was to stop before. */
static bool pause_until(const struct sampler *sampler, uint64_t due_ns) {
  for (;;) {
    if (cancelled(sampler))
      return false;
    uint64_t now = now_ns();
    if (now >= due_ns)
      return true;
    if (due_ns - now <= AWAKE_NS)
      continue;
    uint64_t left = due_ns - now - AWAKE_NS;
    struct timespec slice = {0, (long)(left < SLICE_NS ? left : SLICE_NS)};
    nanosleep(&slice, NULL);
  }
}

static uint64_t *record(const struct sampler *sampler, uint32_t number) {
  size_t cells = 1 + (size_t)sampler->program->step_count;
  return sampler->ring->cells + (number & (sampler->ring->capacity - 1)) * cells;
}

/* Room for records, as far as is known: who takes them is asked when there is less than `wanted`.
 */
static uint32_t room(struct sampler *sampler, uint32_t wanted) {
  uint32_t capacity = sampler->ring->capacity;
  if (capacity - (sampler->head - sampler->tail) < wanted)
    sampler->tail = atomic_load_explicit(sampler->ring->tail, memory_order_acquire);
  return capacity - (sampler->head - sampler->tail);
}

static void put_gap(struct sampler *sampler) {
  uint64_t *cells = record(sampler, sampler->head++);
  cells[0] = PM_LOST_SAMPLES | sampler->sampled->gap_ns;
  cells[1] = sampler->sampled->gap;
  sampler->sampled->gap = 0;
}

/* The sample in `values`: `wanted`, or only because others before it were lost. */
static void keep(struct sampler *sampler, uint64_t time_ns, bool wanted) {
  struct pm_sampled *sampled = sampler->sampled;
  uint32_t half = sampler->ring->capacity / 2;
  uint32_t needed = !sampled->gap ? 1 : half < 2 ? 2 : half;
  if (room(sampler, needed) < needed) {
    if (!wanted)
      return;
    if (sampled->gap++ == 0)
      sampled->gap_ns = time_ns;
    sampler->lost++;
    return;
  }
  if (sampled->gap)
    put_gap(sampler);
  uint64_t *cells = record(sampler, sampler->head++);
  cells[0] = time_ns;
  for (uint32_t i = 0; i < sampler->program->step_count; i++)
    cells[1 + i] = sampler->values[i];
  sampler->kept++;
}

/* The first step that lies past the present end of the file. */
static enum pm_status cut_off(struct sampler *sampler, uint64_t present) {
  const struct pm_step *step = sampler->program->steps;
  while (step->address + step->width <= present)
    step++;
  sampler->outcome->step = (uint32_t)(step - sampler->program->steps);
  sampler->outcome->address = step->address;
  sampler->sampled->gap = 0;
  return PM_FAULT_BUS;
}

/* Shows others what was put. In the last page of a regular file what lies past its end is zero.
 */
static enum pm_status settle(struct sampler *sampler, uint64_t time_ns) {
  if (sampler->memory->regular_file) {
    uint64_t present = pm_memory_present_length(sampler->memory);
    if (present < sampler->program->end)
      return cut_off(sampler, present);
  }
  sampler->settled_ns = time_ns;
  sampler->shown = sampler->head;
  sampler->sampled->kept = sampler->kept;
  sampler->sampled->lost = sampler->lost;
  atomic_store_explicit(sampler->ring->head, sampler->head, memory_order_release);
  return PM_OK;
}

static bool is_to_settle(struct sampler *sampler, uint64_t time_ns) {
  uint32_t unsettled = sampler->head - sampler->shown;
  if (!unsettled)
    return false;
  return unsettled >= UNSETTLED_RECORDS || sampler->sampling->period_ns >= UNSETTLED_NS ||
         time_ns - sampler->settled_ns >= UNSETTLED_NS || room(sampler, 1) == 0;
}

static bool is_triggered(const struct sampler *sampler) {
  const struct pm_sampling *sampling = sampler->sampling;
  if (sampling->trigger_read >= sampler->program->step_count)
    return true;
  uint64_t value = sampler->values[sampling->trigger_read];
  return ((value & sampling->mask) == sampling->equals) != sampling->negate;
}

static bool has_changed(const struct sampler *sampler) {
  const uint64_t *masks = sampler->sampling->masks;
  if (!masks || !sampler->begun)
    return true;
  for (uint32_t i = 0; i < sampler->program->step_count; i++)
    if ((sampler->values[i] ^ sampler->last[i]) & masks[i])
      return true;
  return false;
}

static enum pm_status load_all(struct sampler *sampler) {
  const struct pm_step *steps = sampler->program->steps;
  for (uint32_t i = 0; i < sampler->program->step_count; i++) {
    uint64_t value = pm_load(sampler->hosts[i], steps[i].width);
    if (sampler->memory->flag) {
      sampler->outcome->step = i;
      sampler->outcome->address = steps[i].address;
      enum pm_status status = sampler->memory->flag == PM_FLAG_BUS ? PM_FAULT_BUS : PM_FAULT_SEGV;
      pm_memory_recover(sampler->memory);
      return status;
    }
    sampler->values[i] = value;
  }
  return PM_OK;
}

static enum pm_status take(struct sampler *sampler, uint64_t time_ns) {
  enum pm_status status = load_all(sampler);
  if (status != PM_OK)
    return status;
  sampler->sampled->taken++;
  sampler->sampled->last_ns = time_ns;
  if (!sampler->begun && !is_triggered(sampler))
    return PM_OK;
  bool changed = has_changed(sampler);
  if (changed || sampler->sampled->gap)
    keep(sampler, time_ns, changed);
  sampler->begun = true;
  if (sampler->sampling->masks)
    memcpy(sampler->last, sampler->values, sampler->program->step_count * sizeof *sampler->values);
  return PM_OK;
}

/*
 * When the next sample is due, since the start, after one at `time_ns`: in the next period. Those
 * that are over when it begins are missed, and none is made up.
 */
static uint64_t next_due(struct sampler *sampler, uint64_t time_ns) {
  uint64_t period = time_ns / sampler->sampling->period_ns;
  sampler->sampled->missed += period - sampler->next_period;
  sampler->next_period = period + 1;
  return sampler->next_period * sampler->sampling->period_ns;
}

static enum pm_status take_all(struct sampler *sampler) {
  const struct pm_sampling *sampling = sampler->sampling;
  uint64_t start = sampler->sampled->start_ns = now_ns();
  uint64_t time = 0;
  enum pm_status status = PM_OK;
  while (time < sampling->duration_ns) {
    if (cancelled(sampler))
      return PM_CANCELLED;
    status = take(sampler, time);
    if (status != PM_OK)
      return status;
    if (is_to_settle(sampler, time))
      status = settle(sampler, time);
    if (status != PM_OK || sampler->kept >= sampling->count)
      break;
    if (sampling->period_ns) {
      uint64_t due = next_due(sampler, time);
      bool over = due >= sampling->duration_ns;
      if (!pause_until(sampler, start + (over ? sampling->duration_ns : due)))
        return PM_CANCELLED;
    }
    time = now_ns() - start;
  }
  return status;
}

void pm_sample(struct pm_memory *memory, const struct pm_program *program,
               const struct pm_sampling *sampling, const struct pm_ring *ring, atomic_int *cancel,
               struct pm_sampled *sampled, struct pm_outcome *outcome) {
  struct sampler sampler = {.memory = memory,
                            .program = program,
                            .sampling = sampling,
                            .ring = ring,
                            .cancel = cancel,
                            .sampled = sampled,
                            .outcome = outcome};
  memset(sampled, 0, sizeof *sampled);
  *outcome = (struct pm_outcome){.status = PM_BAD_PROGRAM};
  if (!program->step_count || program->step_count > PM_MAX_SAMPLED)
    return;
  for (; outcome->step < program->step_count; outcome->step++)
    if (program->steps[outcome->step].op != PM_READ)
      return;
  outcome->status = pm_map_ahead(memory, program, outcome, &sampler.hosts);
  if (outcome->status != PM_OK)
    return;
  sampler.tail = atomic_load_explicit(ring->tail, memory_order_relaxed);
  sampler.head = sampler.shown = atomic_load_explicit(ring->head, memory_order_relaxed);
  if (sampling->period_ns)
    prctl(PR_SET_TIMERSLACK, 1); /* else a sleep may end 50 us late (prctl(2)) */
  outcome->status = take_all(&sampler);
  if (sampling->period_ns)
    prctl(PR_SET_TIMERSLACK, 0); /* what this thread had */
  bool whole = outcome->status == PM_OK || outcome->status == PM_CANCELLED;
  enum pm_status end = settle(&sampler, sampled->last_ns);
  if (whole && end != PM_OK)
    outcome->status = end;
}
