#define _GNU_SOURCE
#include "mapping.h"

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

size_t pm_page_size(void) {
  static size_t size;
  if (!size)
    size = (size_t)sysconf(_SC_PAGESIZE);
  return size;
}

static int protection(bool writable) { return writable ? PROT_READ | PROT_WRITE : PROT_READ; }

int pm_mapping_open(struct pm_mapping *mapping, int fd, uint64_t offset, size_t length,
                    bool writable, struct pm_fault *fault) {
  if ((uint64_t)(off_t)offset != offset || (off_t)offset < 0)
    return EOVERFLOW;
  void *host = mmap(NULL, length, protection(writable), MAP_SHARED, fd, (off_t)offset);
  if (host == MAP_FAILED)
    return errno;
  struct pm_guard_slot *slot = pm_guard_add(host, length, fault);
  if (!slot) {
    munmap(host, length);
    return ENOMEM;
  }
  *mapping = (struct pm_mapping){host, length, offset, fd, writable, slot};
  return 0;
}

bool pm_mapping_restore(const struct pm_mapping *mapping) {
  /* Mapped elsewhere first and moved over: the range is never free for another thread's mmap. */
  void *again = mmap(NULL, mapping->length, protection(mapping->writable), MAP_SHARED, mapping->fd,
                     (off_t)mapping->offset);
  if (again != MAP_FAILED) {
    if (mremap(again, mapping->length, mapping->length, MREMAP_MAYMOVE | MREMAP_FIXED,
               mapping->host) != MAP_FAILED)
      return true;
    munmap(again, mapping->length);
  }
  return mmap(mapping->host, mapping->length, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED,
              -1, 0) != MAP_FAILED ||
         mprotect(mapping->host, mapping->length, PROT_NONE) == 0;
}

void pm_mapping_close(struct pm_mapping *mapping) {
  pm_guard_remove(mapping->slot);
  munmap(mapping->host, mapping->length);
  mapping->host = NULL;
}
