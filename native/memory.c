/* A memory: pages of a file or device, mapped when first needed and kept. */
#define _GNU_SOURCE
#include "memory.h"

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
  for (size_t i = 0; i < memory->mapping_count; i++)
    pm_mapping_close(&memory->mappings[(memory->oldest + i) % PM_MAX_MAPPINGS]);
  free(memory);
}

static void drop_oldest(struct pm_memory *memory) {
  struct pm_mapping *mapping = &memory->mappings[memory->oldest];
  memory->mapped_bytes -= mapping->length;
  pm_mapping_close(mapping);
  memory->oldest = (memory->oldest + 1) % PM_MAX_MAPPINGS;
  memory->mapping_count--;
  flush_lookup(memory);
}

static int map_pages(struct pm_memory *memory, uint64_t offset, size_t length) {
  while (memory->mapping_count == PM_MAX_MAPPINGS ||
         (memory->mapping_count && memory->mapped_bytes + length > PM_MAX_MAPPED_BYTES))
    drop_oldest(memory);
  size_t at = (memory->oldest + memory->mapping_count) % PM_MAX_MAPPINGS;
  struct pm_mapping *mapping = &memory->mappings[at];
  int error =
      pm_mapping_open(mapping, memory->fd, offset, length, memory->writable, &memory->fault);
  if (error)
    return error;
  memory->mapping_count++;
  memory->mapped_bytes += length;
#ifdef MADV_POPULATE_READ
  /* Only saves page faults; refused on device memory, and harmless when it fails. */
  if (memory->regular_file && length > memory->page_size)
    madvise(mapping->host, length, MADV_POPULATE_READ);
#endif
  return 0;
}

static const struct pm_mapping *find_mapping(const struct pm_memory *memory, uint64_t offset) {
  for (size_t i = memory->mapping_count; i > 0; i--) {
    const struct pm_mapping *mapping =
        &memory->mappings[(memory->oldest + i - 1) % PM_MAX_MAPPINGS];
    if (offset - mapping->offset < mapping->length)
      return mapping;
  }
  return NULL;
}

static int map_stretch(struct pm_memory *memory, uint64_t start, uint64_t end) {
  uint64_t inside_page = memory->page_size - 1;
  uint64_t first = start & ~inside_page;
  uint64_t length = ((end + inside_page) & ~inside_page) - first;
  if (memory->whole)
    return map_pages(memory, first, (size_t)length);
  if (length > PM_MAX_MAPPING_BYTES)
    length = PM_MAX_MAPPING_BYTES;
  int error = map_pages(memory, first, (size_t)length);
  /* drivers/char/mem.c: one disallowed page fails the whole mmap, so try the first alone. */
  return error && length > memory->page_size ? map_pages(memory, first, memory->page_size) : error;
}

uint8_t *pm_memory_map(struct pm_memory *memory, uint64_t address, uint64_t wanted,
                       size_t *available, int *error) {
  uint64_t offset = memory->base + address;
  const struct pm_mapping *mapping = find_mapping(memory, offset);
  if (!mapping) {
    *error = memory->whole ? map_stretch(memory, memory->base, memory->base + memory->length)
                           : map_stretch(memory, offset, offset + wanted);
    if (*error)
      return NULL;
    mapping = find_mapping(memory, offset);
  }
  uint64_t inside = offset - mapping->offset;
  uint64_t left = mapping->length - inside;
  *available = (size_t)(left < wanted ? left : wanted);
  uint64_t page = offset >> memory->page_shift;
  struct pm_lookup *entry = &memory->lookup[page % PM_LOOKUP_ENTRIES];
  entry->page = page;
  entry->host = mapping->host + (inside & ~((uint64_t)memory->page_size - 1));
  return mapping->host + inside;
}

void pm_memory_recover(struct pm_memory *memory) {
  for (size_t i = 0; i < memory->mapping_count; i++) {
    struct pm_mapping *mapping = &memory->mappings[(memory->oldest + i) % PM_MAX_MAPPINGS];
    if (memory->fault.address - (uintptr_t)mapping->host < mapping->length)
      pm_mapping_restore(mapping);
  }
  memory->flag = PM_NO_FAULT;
}

uint64_t pm_memory_present_length(const struct pm_memory *memory) {
  /* lseek, not fstat: the latter is no symbol of the C libraries before glibc 2.33. */
  off_t size = memory->regular_file ? lseek(memory->fd, 0, SEEK_END) : -1;
  if (size < 0)
    return memory->length;
  uint64_t present = (uint64_t)size > memory->base ? (uint64_t)size - memory->base : 0;
  return present < memory->length ? present : memory->length;
}
