/* Cache lines, as far as the CPU lets user programs reach them. */
#ifndef PHYSMEM_CACHE_H
#define PHYSMEM_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "guard.h"

/* What is done to a line. The numbers are part of the binary form of programs. */
enum pm_cache_action {
  PM_CACHE_CLEAN = 1, /* written back, and kept where the CPU can */
  PM_CACHE_FLUSH = 2, /* written back and dropped */
};

struct pm_cache_control {
  size_t line_bytes;
  /* The instructions, for people. */
  const char *clean;
  const char *flush;
  /* The same for access.h. */
  int clean_op;
  int flush_op;
};

/* Asks the CPU. False on one without instructions for it that user programs may use. */
bool pm_cache_find(struct pm_cache_control *control);

/*
 * Cleans or flushes every line that holds any of `bytes` bytes inside one mapping, between two full
 * barriers, by what pm_cache_find() found. Returns how many bytes were done before a fault, `bytes`
 * when there was none.
 */
size_t pm_cache_lines(const struct pm_cache_control *control, const volatile uint8_t *address,
                      size_t bytes, enum pm_cache_action action, const struct pm_fault *fault);

#endif
