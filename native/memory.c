/* A memory: pages of a file or device, mapped when first needed and kept. */
#define _GNU_SOURCE
#include "memory.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static void flush_lookup(struct pm_memory *memory) {
  for (size_t i = 0; i < PM_LOOKUP_ENTRIES; i++)
    memory->lookup[i].page = PM_NO_PAGE;
}

struct pm_memory *pm_memory_create(int fd, uint64_t base, uint64_t length, bool writable,
                                   bool regular_file) {
  struct pm_memory *memory = calloc(1, sizeof *memory);
  if (!memory)
    return NULL;
  memory->fd = fd;
  memory->base = base;
  memory->length = length;
  memory->writable = writable;
  memory->regular_file = regular_file;
  memory->fault.flag = &memory->flag;
  memory->page_size = pm_page_size();
  while (((size_t)1 << memory->page_shift) < memory->page_size)
    memory->page_shift++;
  flush_lookup(memory);
  return memory;
}

void pm_memory_map_whole(struct pm_memory *memory) { memory->whole = true; }

void pm_memory_destroy(struct pm_memory *memory) {
  for (size_t i = 0; i < memory->held_count; i++)
    if (memory->held[i].mapping.host)
      pm_mapping_close(&memory->held[i].mapping);
  for (size_t i = 0; i < PM_RESOLVED_PROGRAMS; i++)
    free(memory->resolved[i].hosts);
  free(memory);
}

static void drop(struct pm_memory *memory, struct pm_held *held) {
  memory->mapped_bytes -= held->mapping.length;
  if (held->used > memory->dropped_use)
    memory->dropped_use = held->used;
  for (size_t i = 0; i < PM_RESOLVED_PROGRAMS; i++)
    memory->resolved[i].serial = 0;
  pm_mapping_close(&held->mapping);
  flush_lookup(memory);
}

/* Of those that are mapped. */
static struct pm_held *least_recently_used(struct pm_memory *memory) {
  struct pm_held *found = NULL;
  for (size_t i = 0; i < memory->held_count; i++) {
    struct pm_held *held = &memory->held[i];
    if (held->mapping.host && (!found || held->used < found->used))
      found = held;
  }
  return found;
}

static struct pm_held *free_place(struct pm_memory *memory) {
  for (size_t i = 0; i < memory->held_count; i++)
    if (!memory->held[i].mapping.host)
      return &memory->held[i];
  if (memory->held_count < PM_MAX_MAPPINGS)
    return &memory->held[memory->held_count++];
  struct pm_held *held = least_recently_used(memory);
  drop(memory, held);
  return held;
}

static int map_pages(struct pm_memory *memory, uint64_t offset, size_t length,
                     struct pm_held **mapped) {
  while (memory->mapped_bytes && memory->mapped_bytes + length > PM_MAX_MAPPED_BYTES)
    drop(memory, least_recently_used(memory));
  struct pm_held *held = free_place(memory);
  int error =
      pm_mapping_open(&held->mapping, memory->fd, offset, length, memory->writable, &memory->fault);
  if (error)
    return error;
  memory->mapped_bytes += length;
#ifdef MADV_POPULATE_READ
  /* Only saves page faults; refused on device memory, and harmless when it fails. */
  if (memory->regular_file && !memory->looking && length > memory->page_size)
    madvise(held->mapping.host, length, MADV_POPULATE_READ);
#endif
  *mapped = held;
  return 0;
}

static struct pm_held *find_mapping(struct pm_memory *memory, uint64_t offset) {
  for (size_t i = 0; i < memory->held_count; i++) {
    struct pm_held *held = &memory->held[i];
    if (held->mapping.host && offset - held->mapping.offset < held->mapping.length)
      return held;
  }
  return NULL;
}

static int map_stretch(struct pm_memory *memory, uint64_t start, uint64_t end,
                       struct pm_held **mapped) {
  uint64_t inside_page = memory->page_size - 1;
  uint64_t first = start & ~inside_page;
  uint64_t length = ((end - first) + inside_page) & ~inside_page;
  if (memory->whole)
    return length > SIZE_MAX ? EOVERFLOW : map_pages(memory, first, (size_t)length, mapped);
  if (length > PM_MAX_MAPPING_BYTES)
    length = PM_MAX_MAPPING_BYTES;
  int error = map_pages(memory, first, (size_t)length, mapped);
  /* drivers/char/mem.c: one disallowed page fails the whole mmap, so try the first alone. */
  return error && length > memory->page_size ? map_pages(memory, first, memory->page_size, mapped)
                                             : error;
}

uint8_t *pm_memory_map(struct pm_memory *memory, uint64_t address, uint64_t wanted,
                       size_t *available, int *error) {
  uint64_t offset = memory->base + address;
  struct pm_held *held = find_mapping(memory, offset);
  if (!held) {
    *error = memory->whole ? map_stretch(memory, memory->base, memory->base + memory->length, &held)
                           : map_stretch(memory, offset, offset + wanted, &held);
    if (*error)
      return NULL;
  }
  held->used = ++memory->clock;
  uint64_t inside = offset - held->mapping.offset;
  uint64_t left = held->mapping.length - inside;
  *available = (size_t)(left < wanted ? left : wanted);
  uint64_t page = offset >> memory->page_shift;
  uint8_t *host = held->mapping.host + (inside & ~((uint64_t)memory->page_size - 1));
  memory->lookup[page % PM_LOOKUP_ENTRIES] = (struct pm_lookup){page, host, held};
  return held->mapping.host + inside;
}

bool pm_memory_holds_since(const struct pm_memory *memory, uint64_t clock) {
  return memory->dropped_use <= clock;
}

void pm_memory_recover(struct pm_memory *memory) {
  for (size_t i = 0; i < memory->held_count; i++) {
    struct pm_held *held = &memory->held[i];
    if (held->mapping.host &&
        memory->fault.address - (uintptr_t)held->mapping.host < held->mapping.length &&
        !pm_mapping_restore(&held->mapping))
      drop(memory, held);
  }
  memory->flag = PM_NO_FAULT;
}

uint64_t pm_memory_present_length(const struct pm_memory *memory) {
  /* lseek, not fstat: the latter is not a symbol of the C libraries before glibc 2.33. */
  off_t size = memory->regular_file ? lseek(memory->fd, 0, SEEK_END) : -1;
  if (size < 0)
    return memory->length;
  uint64_t present = (uint64_t)size > memory->base ? (uint64_t)size - memory->base : 0;
  return present < memory->length ? present : memory->length;
}
