/* Inside of a memory; for the engine's own files. */
#ifndef PHYSMEM_MEMORY_H
#define PHYSMEM_MEMORY_H

#include "engine.h"
#include "mapping.h"

#define PM_LOOKUP_ENTRIES 1024u
#define PM_MAX_MAPPINGS 1024u
/* Bounds on what stays mapped: pages of a mapped file count as the process's memory. */
#define PM_MAX_MAPPING_BYTES ((size_t)1 << 20)
#define PM_MAX_MAPPED_BYTES ((size_t)16 << 20)
#define PM_NO_PAGE UINT64_MAX

/* Where a page of the file is mapped. */
struct pm_lookup {
  uint64_t page;
  uint8_t *host;
};

struct pm_memory {
  int fd;
  bool writable;
  bool regular_file;
  bool whole; /* see pm_memory_map_whole */
  volatile uint32_t flag;
  struct pm_fault fault;
  uint64_t base;
  uint64_t length;
  size_t page_size;
  unsigned page_shift;
  size_t mapped_bytes;
  size_t oldest; /* the mappings are a ring: the oldest is dropped first */
  size_t mapping_count;
  struct pm_mapping mappings[PM_MAX_MAPPINGS];
  struct pm_lookup lookup[PM_LOOKUP_ENTRIES];
};

/*
 * The host address of `address`, mapping the pages that hold [address, address + wanted) where
 * needed. `available` is how many of the wanted bytes lie there in one piece, at least to the end
 * of the first page. NULL with an errno in `error` when mmap refused. What it returned for other
 * addresses before may be unmapped by it.
 */
uint8_t *pm_memory_map(struct pm_memory *memory, uint64_t address, uint64_t wanted,
                       size_t *available, int *error);

/* The same for one access inside a page that was used before; NULL for another. */
static inline uint8_t *pm_memory_peek(const struct pm_memory *memory, uint64_t address) {
  uint64_t offset = memory->base + address;
  uint64_t page = offset >> memory->page_shift;
  const struct pm_lookup *entry = &memory->lookup[page % PM_LOOKUP_ENTRIES];
  return entry->page == page ? entry->host + (offset & (memory->page_size - 1)) : NULL;
}

/* The same for one access inside any page. */
static inline uint8_t *pm_memory_find(struct pm_memory *memory, uint64_t address, int *error) {
  size_t available;
  uint8_t *host = pm_memory_peek(memory, address);
  return host ? host : pm_memory_map(memory, address, 1, &available, error);
}

/* Whether mapping more ahead of its use would drop what is about to be used. */
static inline bool pm_memory_holds_much(const struct pm_memory *memory) {
  return memory->mapped_bytes > PM_MAX_MAPPED_BYTES / 2 ||
         memory->mapping_count > PM_MAX_MAPPINGS / 2;
}

/* After a fault: maps the page back and lowers the flag. */
void pm_memory_recover(struct pm_memory *memory);

/* Bytes that exist now: of a regular file its present size, otherwise the memory's length. */
uint64_t pm_memory_present_length(const struct pm_memory *memory);

#endif
