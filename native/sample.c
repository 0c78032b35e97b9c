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
/* In a ring: their numbers are told apart modulo 2^32. */
#define MOST_RECORDS (1u << 30)

struct sampler {
  struct pm_memory *memory;
  const struct pm_program *program;
  uint8_t *const *hosts;
  const struct pm_sampling *sampling;
  const struct pm_ring *ring;
  atomic_int *cancel;
  struct pm_sampled *sampled;
  struct pm_outcome *outcome;
  uint32_t capacity;   /* records in the ring */
  uint32_t room;       /* records that are free, as far as is known */
  uint32_t head;       /* records, also those that are not shown yet */
  uint32_t shown;      /* what others see as the head */
  uint64_t *next;      /* the next record */
  uint64_t settled_ns; /* when others saw the head last */
  uint64_t kept, lost; /* with those that are not shown yet */
  uint64_t taken, last_ns;
  uint64_t gap, gap_ns; /* lost since the last record, and when the first of them was */
  uint64_t next_period; /* the one after that of the last sample */
  bool begun;           /* `last` is there, and the trigger was */
  uint64_t last[PM_MAX_SAMPLED];
  uint64_t aside[1 + PM_MAX_SAMPLED]; /* a sample that may be lost */
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

/* Who takes records is asked only when there is less room than `wanted`. */
static bool has_room(struct sampler *sampler, uint32_t wanted) {
  if (sampler->room < wanted) {
    uint32_t tail = atomic_load_explicit(sampler->ring->tail, memory_order_acquire);
    sampler->room = sampler->capacity - (sampler->head - tail);
  }
  return sampler->room >= wanted;
}

/* Behind so many records, which do not go beyond the end of the ring. */
static void step_on(struct sampler *sampler, uint32_t records) {
  const uint64_t *end = sampler->ring->cells + sampler->ring->cell_count;
  sampler->next += records * (1 + (size_t)sampler->program->step_count);
  if (sampler->next == end)
    sampler->next = sampler->ring->cells;
  sampler->head += records;
  sampler->room -= records;
}

/* Where the next sample is put, while none before it is lost, and there is room. */
static uint64_t *place(struct sampler *sampler) {
  return sampler->room && !sampler->gap ? sampler->next : sampler->aside;
}

static void put_gap(struct sampler *sampler) {
  sampler->next[0] = PM_LOST_SAMPLES | sampler->gap_ns;
  sampler->next[1] = sampler->gap;
  sampler->gap = 0;
  step_on(sampler, 1);
}

/* The sample that was put aside: `wanted`, or only because others before it were lost. */
static void keep_aside(struct sampler *sampler, bool wanted) {
  uint32_t half = sampler->capacity / 2;
  if (!has_room(sampler, !sampler->gap ? 1 : half < 2 ? 2 : half)) {
    if (!wanted)
      return;
    if (sampler->gap++ == 0)
      sampler->gap_ns = sampler->aside[0];
    sampler->lost++;
    return;
  }
  if (sampler->gap)
    put_gap(sampler);
  memcpy(sampler->next, sampler->aside,
         (1 + (size_t)sampler->program->step_count) * sizeof *sampler->aside);
  step_on(sampler, 1);
  sampler->kept++;
}

/* The first step that lies past the present end of the file. */
static enum pm_status cut_off(struct sampler *sampler, uint64_t present) {
  const struct pm_step *step = sampler->program->steps;
  while (step->address + step->width <= present)
    step++;
  sampler->outcome->step = (uint32_t)(step - sampler->program->steps);
  sampler->outcome->address = step->address;
  sampler->gap = 0;
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
         time_ns - sampler->settled_ns >= UNSETTLED_NS || !has_room(sampler, 1);
}

static bool is_triggered(const struct sampler *sampler, const uint64_t *values) {
  const struct pm_sampling *sampling = sampler->sampling;
  if (sampling->trigger_read == PM_NO_TRIGGER)
    return true;
  uint64_t value = values[sampling->trigger_read];
  return ((value & sampling->mask) == sampling->equals) != sampling->negate;
}

/* Whether they differ from those of the sample before, which they then become. */
static bool has_changed(struct sampler *sampler, const uint64_t *values) {
  const uint64_t *masks = sampler->sampling->masks;
  uint64_t changed = 0;
  for (uint32_t i = 0; i < sampler->program->step_count; i++) {
    changed |= (values[i] ^ sampler->last[i]) & masks[i];
    sampler->last[i] = values[i];
  }
  return changed || !sampler->begun;
}

/* The end of a sample whose read `index` met a fault. */
static enum pm_status faulted(struct sampler *sampler, uint32_t index) {
  enum pm_status status = sampler->memory->flag == PM_FLAG_BUS ? PM_FAULT_BUS : PM_FAULT_SEGV;
  sampler->outcome->step = index;
  sampler->outcome->address = sampler->program->steps[index].address;
  pm_memory_recover(sampler->memory);
  return status;
}

static inline enum pm_status load_all(struct sampler *sampler, uint64_t *values) {
  const struct pm_step *steps = sampler->program->steps;
  for (uint32_t i = 0, count = sampler->program->step_count; i < count; i++) {
    values[i] = pm_load(sampler->hosts[i], steps[i].width);
    if (sampler->memory->flag)
      return faulted(sampler, i);
  }
  return PM_OK;
}

static enum pm_status take(struct sampler *sampler, uint64_t time_ns) {
  uint64_t *cells = place(sampler);
  enum pm_status status = load_all(sampler, cells + 1);
  if (status != PM_OK)
    return status;
  cells[0] = time_ns;
  sampler->taken++;
  sampler->last_ns = time_ns;
  if (!sampler->begun && !is_triggered(sampler, cells + 1))
    return PM_OK;
  bool wanted = !sampler->sampling->mask_count || has_changed(sampler, cells + 1);
  sampler->begun = true;
  if (cells == sampler->aside) {
    if (wanted || sampler->gap)
      keep_aside(sampler, wanted);
  } else if (wanted) {
    step_on(sampler, 1);
    sampler->kept++;
  }
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

/* Records that may be put one behind the other before anything else is to be done. */
static uint32_t free_run(struct sampler *sampler) {
  uint32_t unsettled = sampler->head - sampler->shown;
  if (sampler->sampling->period_ns || !sampler->begun || sampler->gap || !has_room(sampler, 1))
    return 0;
  uint32_t most = UNSETTLED_RECORDS > unsettled ? UNSETTLED_RECORDS - unsettled : 1;
  uint32_t to_end = sampler->capacity - (sampler->head & (sampler->capacity - 1));
  if (most > sampler->room)
    most = sampler->room;
  if (most > to_end)
    most = to_end;
  uint64_t wanted = sampler->sampling->count - sampler->kept;
  return wanted < most ? (uint32_t)wanted : most;
}

/*
 * Samples at full speed until `most` are kept, for a millisecond at most: each goes where it is
 * kept, and nothing is looked at but what may end them. What `take` does besides would take as long
 * as a sample.
 */
static enum pm_status take_run(struct sampler *sampler, uint32_t most, uint64_t start,
                               uint64_t *time_ns) {
  const size_t size = 1 + (size_t)sampler->program->step_count;
  const bool changes_only = sampler->sampling->mask_count;
  const uint64_t *end = sampler->next + most * size;
  uint64_t until = sampler->sampling->duration_ns - *time_ns < UNSETTLED_NS
                       ? sampler->sampling->duration_ns
                       : *time_ns + UNSETTLED_NS;
  uint64_t *cells = sampler->next, time = *time_ns, last = sampler->last_ns, taken = 0;
  enum pm_status status = PM_OK;
  while (cells != end && time < until && !cancelled(sampler)) {
    status = load_all(sampler, cells + 1);
    if (status != PM_OK)
      break;
    cells[0] = last = time;
    taken++;
    if (!changes_only || has_changed(sampler, cells + 1))
      cells += size;
    time = now_ns() - start;
  }
  uint32_t kept = (uint32_t)((size_t)(cells - sampler->next) / size);
  step_on(sampler, kept);
  sampler->kept += kept;
  sampler->taken += taken;
  sampler->last_ns = last;
  *time_ns = time;
  return status;
}

/* The first store into a page of fresh memory waits for the kernel: no sample is to. */
static void touch_ring(const struct sampler *sampler) {
  size_t records = sampler->capacity;
  if (sampler->room < records)
    return; /* what is in it is not to change */
  if (records > sampler->sampling->count)
    records = (size_t)sampler->sampling->count;
  volatile uint64_t *cells = sampler->ring->cells;
  size_t count = records * (1 + (size_t)sampler->program->step_count);
  for (size_t cell = 0; cell < count; cell += pm_page_size() / sizeof *cells)
    cells[cell] = 0;
}

static enum pm_status take_all(struct sampler *sampler) {
  const struct pm_sampling *sampling = sampler->sampling;
  uint64_t start = sampler->sampled->start_ns = now_ns();
  uint64_t time = 0;
  enum pm_status status = PM_OK;
  while (time < sampling->duration_ns) {
    if (cancelled(sampler))
      return PM_CANCELLED;
    uint32_t run = free_run(sampler);
    status = run ? take_run(sampler, run, start, &time) : take(sampler, time);
    if (status != PM_OK)
      return status;
    if (is_to_settle(sampler, time))
      status = settle(sampler, time);
    if (status != PM_OK || sampler->kept >= sampling->count)
      break;
    if (run)
      continue;
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

/* Records that fill a ring; 0 where it is none. */
static uint32_t capacity_of(const struct pm_ring *ring, uint32_t reads) {
  size_t cells = 1 + (size_t)reads, capacity = ring->cell_count / cells;
  bool is_whole = ring->cell_count % cells == 0 && !(capacity & (capacity - 1));
  return is_whole && capacity >= 2 && capacity <= MOST_RECORDS ? (uint32_t)capacity : 0;
}

/* Whether all is as sample.h says, so that what follows may trust it. */
static bool is_sampling(struct sampler *sampler) {
  const struct pm_program *program = sampler->program;
  const struct pm_sampling *sampling = sampler->sampling;
  uint32_t reads = program->step_count;
  if (!reads || reads > PM_MAX_SAMPLED)
    return false;
  for (uint32_t *step = &sampler->outcome->step; *step < reads; ++*step)
    if (program->steps[*step].op != PM_READ)
      return false;
  sampler->capacity = capacity_of(sampler->ring, reads);
  uint32_t tail = atomic_load_explicit(sampler->ring->tail, memory_order_acquire);
  sampler->head = sampler->shown = atomic_load_explicit(sampler->ring->head, memory_order_relaxed);
  if (!sampler->capacity || sampler->head - tail > sampler->capacity)
    return false;
  sampler->room = sampler->capacity - (sampler->head - tail);
  size_t first = sampler->head & (sampler->capacity - 1);
  sampler->next = sampler->ring->cells + first * (1 + (size_t)reads);
  return (!sampling->mask_count || (sampling->masks && sampling->mask_count == reads)) &&
         (sampling->trigger_read == PM_NO_TRIGGER || sampling->trigger_read < reads) &&
         sampling->count && sampling->period_ns <= PM_MAX_PERIOD_NS;
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
  if (!is_sampling(&sampler))
    return;
  outcome->status = pm_ready(memory, program, outcome, &sampler.hosts);
  if (outcome->status == PM_OK && !sampler.hosts)
    outcome->status = PM_NO_MEMORY;
  if (outcome->status != PM_OK)
    return;
  if (sampling->period_ns)
    prctl(PR_SET_TIMERSLACK, 1); /* else a sleep may end 50 us late (prctl(2)) */
  else
    touch_ring(&sampler);
  outcome->status = take_all(&sampler);
  if (sampling->period_ns)
    prctl(PR_SET_TIMERSLACK, 0); /* what this thread had */
  bool whole = outcome->status == PM_OK || outcome->status == PM_CANCELLED;
  enum pm_status end = settle(&sampler, sampler.last_ns);
  if (whole && end != PM_OK)
    outcome->status = end;
  sampled->last_ns = sampler.last_ns;
  sampled->taken = sampler.taken;
  sampled->gap = sampler.gap;
  sampled->gap_ns = sampler.gap_ns;
}
