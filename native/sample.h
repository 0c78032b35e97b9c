/*
 * Samples: the same reads again and again, each time with the time, into a ring that another thread
 * empties meanwhile. What finds no room there is counted, and its place is marked.
 */
#ifndef PHYSMEM_SAMPLE_H
#define PHYSMEM_SAMPLE_H

#include "engine.h"

/* Reads of a sample; src/memory/limits.ts says the same. Each may lie in a page of its own, and all
 * of them stay mapped. */
#define PM_MAX_SAMPLED 256u

/* The longest period: no sum of times is larger than 64 bits. */
#define PM_MAX_PERIOD_NS (1ull << 62)

#define PM_NO_TRIGGER UINT32_MAX

struct pm_sampling {
  uint64_t period_ns;   /* from the start of one sample to that of the next; 0: at once */
  uint64_t duration_ns; /* no sample begins later */
  uint64_t count;       /* samples to keep, not 0; UINT64_MAX: all */
  /* One a read: only what differs from the sample before under them is kept. None: all is. */
  const uint64_t *masks;
  size_t mask_count;
  /* Nothing is kept before the value of this read, masked, is (or with `negate` is not) `equals`.
   * PM_NO_TRIGGER: all is kept. */
  uint32_t trigger_read;
  bool negate;
  uint64_t mask, equals;
};

/*
 * Records of 1 + reads cells: nanoseconds since the start, then the values. Or, where there was no
 * room: PM_LOST_SAMPLES and the nanoseconds of the first sample that was lost, then how many.
 * `head` counts the records that were put, `tail` those that were taken, both modulo 2^32. Once it
 * is full nothing is put before half of it is free, so that gaps are few.
 */
struct pm_ring {
  uint64_t *cells;
  size_t cell_count; /* of so many records: a power of two, from 2 to 2^30 */
  _Atomic(uint32_t) *head, *tail;
};

#define PM_LOST_SAMPLES (1ull << 63)

struct pm_sampled {
  uint64_t start_ns; /* CLOCK_MONOTONIC */
  uint64_t last_ns;  /* of the last sample, since the start */
  uint64_t taken;
  uint64_t kept;   /* of them, put into the ring */
  uint64_t lost;   /* of them, those to be kept for which there was no room */
  uint64_t missed; /* periods in which no sample began, since one took too long */
  /* Lost since the last record, and when the first of them was. */
  uint64_t gap, gap_ns;
};

/*
 * Samples what a program of 1 to PM_MAX_SAMPLED single reads reads, until the time is over, enough
 * is kept (PM_OK), it is cancelled (PM_CANCELLED) or a read fails: of that sample nothing is put.
 * Refuses as pm_run_checked, before the first access, and what is not as these structures say with
 * PM_BAD_PROGRAM. Of a regular file nothing is put that was read where it has ended meanwhile.
 */
void pm_sample(struct pm_memory *memory, const struct pm_program *program,
               const struct pm_sampling *sampling, const struct pm_ring *ring, atomic_int *cancel,
               struct pm_sampled *sampled, struct pm_outcome *outcome);

#endif
