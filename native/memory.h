/* Inside of a memory; for the engine's own files. */
#ifndef PHYSMEM_MEMORY_H
#define PHYSMEM_MEMORY_H

#include "engine.h"
#include "mapping.h"

/* The agent, which has less room, is built with less. */
#ifndef PM_MAX_MAPPINGS
#define PM_MAX_MAPPINGS 1024u
#endif
#define PM_LOOKUP_ENTRIES PM_MAX_MAPPINGS
/* Programs that can be run in turn without being resolved again. */
#define PM_RESOLVED_PROGRAMS 4u
/* Bounds on what stays mapped: pages of a mapped file count as the process's memory. */
#define PM_MAX_MAPPING_BYTES ((size_t)1 << 20)
#define PM_MAX_MAPPED_BYTES ((size_t)16 << 20)
#define PM_NO_PAGE UINT64_MAX

/* A mapping that is kept, or a free place for one, whose `mapping.host` is NULL. */
struct pm_held {
  struct pm_mapping mapping;
  uint64_t used; /* when it was asked for last, by `clock` */
};

/* Where a page of the file is mapped. */
struct pm_lookup {
  uint64_t page;
  uint8_t *host;
  struct pm_held *held;
};

/* The addresses of a program that was run lately, by step; valid as long as no mapping goes. */
struct pm_resolved {
  uint64_t serial; /* of the program, or 0 */
  uint8_t **hosts;
  size_t capacity;
};

struct pm_memory {
  int fd;
  bool writable;
  bool regular_file;
  bool looking; /* maps to see what is refused: nothing is brought in from a disk */
  bool whole;   /* see pm_memory_map_whole */
  volatile uint32_t flag;
  struct pm_fault fault;
  uint64_t base;
  uint64_t length;
  size_t page_size;
  unsigned page_shift;
  size_t mapped_bytes;
  size_t held_count;    /* places that are or were in use */
  uint64_t clock;       /* counts what is asked for */
  uint64_t dropped_use; /* the latest `used` of a mapping that had to go */
  uint64_t wait_since;  /* of a wait that has looked and is to go on, see pm_run_at_once; or 0 */
  struct pm_resolved resolved[PM_RESOLVED_PROGRAMS]; /* by serial */
  struct pm_held held[PM_MAX_MAPPINGS];
  struct pm_lookup lookup[PM_LOOKUP_ENTRIES];
};

/*
 * The host address of `address`, mapping the pages that hold [address, address + wanted) where
 * needed. `available` is how many of the wanted bytes lie there in one piece, at least to the end
 * of the first page. NULL with an errno in `error` when mmap refused. What it returned for other
 * addresses before may be unmapped by it, that which was asked for longest ago first.
 */
uint8_t *pm_memory_map(struct pm_memory *memory, uint64_t address, uint64_t wanted,
                       size_t *available, int *error);

/* The same for one access inside any page. */
static inline uint8_t *pm_memory_find(struct pm_memory *memory, uint64_t address, int *error) {
  uint64_t offset = memory->base + address;
  uint64_t page = offset >> memory->page_shift;
  const struct pm_lookup *entry = &memory->lookup[page % PM_LOOKUP_ENTRIES];
  size_t available;
  if (entry->page != page)
    return pm_memory_map(memory, address, 1, &available, error);
  entry->held->used = ++memory->clock;
  return entry->host + (offset & (memory->page_size - 1));
}

/* Whether all that was asked for since `clock` was this is still mapped. */
bool pm_memory_holds_since(const struct pm_memory *memory, uint64_t clock);

/* After a fault: maps the page back, or forgets the mapping, and lowers the flag. */
void pm_memory_recover(struct pm_memory *memory);

/* Bytes that exist now: of a regular file its present size, otherwise the memory's length. */
uint64_t pm_memory_present_length(const struct pm_memory *memory);

#endif
