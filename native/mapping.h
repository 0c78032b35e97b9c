/* One guarded mmap of a file or device: what a window is, and what a memory holds many of. */
#ifndef PHYSMEM_MAPPING_H
#define PHYSMEM_MAPPING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "guard.h"

struct pm_mapping {
  uint8_t *host;
  size_t length;   /* a multiple of the page size */
  uint64_t offset; /* in the file, a multiple of the page size */
  int fd;
  bool writable;
  struct pm_guard_slot *slot;
};

/*
 * Maps [offset, offset + length) of `fd`, shared, and guards it: a fault is told to `fault`.
 * Returns 0 or an errno.
 */
int pm_mapping_open(struct pm_mapping *mapping, int fd, uint64_t offset, size_t length,
                    bool writable, struct pm_fault *fault);

/*
 * After a fault: puts the file's pages back in place of the harmless page. Where the kernel
 * refuses that (a driver has claimed the region), the whole mapping becomes inaccessible, so that
 * every later access faults again instead of touching a harmless page unnoticed. False when even
 * that is refused (no memory for it): the harmless page may still be there, and the caller must
 * access the mapping no more but close it.
 */
bool pm_mapping_restore(const struct pm_mapping *mapping);

void pm_mapping_close(struct pm_mapping *mapping);

size_t pm_page_size(void);

#endif
