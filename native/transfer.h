/*
 * Accesses at host addresses inside guarded mappings. Each function stops at the first fault,
 * which the caller's flag shows; none of them restores the mapping.
 */
#ifndef PHYSMEM_TRANSFER_H
#define PHYSMEM_TRANSFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "guard.h"

/* Whether this CPU has a single access of `width` bytes (1, 2, 4, 8). */
bool pm_width_exists(unsigned width);

/* One load, followed by the barrier that keeps later accesses behind it. */
uint64_t pm_load(const volatile void *address, unsigned width);

/*
 * One store, preceded by the barrier that keeps earlier stores before it, and accesses by the
 * functions of this file.
 */
void pm_store(volatile void *address, unsigned width, uint64_t value);

/*
 * `count` loads into `out`, or stores from `in`, of `width` bytes each; the address rises unless
 * `fixed`. Returns the elements done before a fault, `count` when there was none.
 */
size_t pm_load_block(const volatile uint8_t *address, unsigned width, size_t count, bool fixed,
                     uint8_t *out, const struct pm_fault *fault);
size_t pm_store_block(volatile uint8_t *address, unsigned width, size_t count, bool fixed,
                      const uint8_t *in, const struct pm_fault *fault);
size_t pm_fill_block(volatile uint8_t *address, unsigned width, size_t count, uint64_t value,
                     const struct pm_fault *fault);

/*
 * One load of `width` bytes at each of `count` addresses, each as pm_load() makes it, into every
 * second cell, or into words. Returns the loads done before a fault, `count` when there was none.
 */
size_t pm_load_cells(uint8_t *const *addresses, unsigned width, size_t count, uint64_t *cells,
                     const struct pm_fault *fault);
size_t pm_load_words(uint8_t *const *addresses, unsigned width, size_t count, uint32_t *words,
                     const struct pm_fault *fault);

struct pm_wait {
  unsigned width; /* bytes */
  uint64_t mask;
  uint64_t equals;
  bool negate;
  uint64_t timeout_ns;
  uint32_t interval_us;
  uint64_t since_ns; /* when it began, as pm_wait_look() sets it; 0 before the first look */
};

/* Whether to end before its time: asked between two loads, and every 20 ms of a pause. */
struct pm_stop {
  bool (*wanted)(void *data);
  void *data;
};

enum pm_wait_end {
  PM_WAIT_MET,
  PM_WAIT_FAULT,
  PM_WAIT_TIMEOUT,
  PM_WAIT_CANCELLED,
  PM_WAIT_UNMET, /* of one look: time is left */
};

/* One load. `last` is the last value that was loaded without a fault. */
enum pm_wait_end pm_wait_look(const volatile void *address, struct pm_wait *wait,
                              const struct pm_fault *fault, uint64_t *last, uint64_t *elapsed_ns);

/*
 * Looks until it ends, with a pause between two looks. Of a wait that has looked before,
 * `elapsed_ns` is as that look left it, and a pause comes first.
 */
enum pm_wait_end pm_wait(const volatile void *address, struct pm_wait *wait,
                         const struct pm_fault *fault, const struct pm_stop *stop, uint64_t *last,
                         uint64_t *elapsed_ns);

/* Sleeps at least `ns`; returns false when it was to stop before. */
bool pm_delay(uint64_t ns, const struct pm_stop *stop);

#endif
