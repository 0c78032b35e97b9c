#ifndef KMOD_GUEST_RACE_H
#define KMOD_GUEST_RACE_H
/*
 * One thread makes and closes write-combining buffers, another maps the memory of the latest by its
 * physical address. What is mapped is a buffer that lives on by that, or RAM as the kernel has it;
 * RAM of the kernel that is mapped write-combining is told on standard error.
 */
#include <stdatomic.h>
#include <time.h>

#include "kmod.h"

struct race {
  time_t end;
  _Atomic uint64_t latest;
  atomic_long done, refused, wrong;
};

static inline void *race_make(void *argument) {
  struct race *race = argument;
  while (time(NULL) < race->end) {
    struct physmem_allocate buffer = allocate(64 * PAGE, PHYSMEM_WRITE_COMBINE, 0, 0);
    if (buffer.fd < 0)
      continue;
    race->latest = buffer.address;
    for (volatile int spin = 0; spin < 2000; spin++)
      ;
    close(buffer.fd);
  }
  return NULL;
}

/* Of what is mapped write-combining a second map, write-back, is refused: what the first one is. */
static inline int is_write_combining(int fd, uint64_t at) {
  struct physmem_check check = {.start = at, .length = PAGE, .caching = PHYSMEM_WRITE_BACK};
  return ioctl(fd, PHYSMEM_CHECK_MAP, &check) == 0 && check.refusal == PHYSMEM_CACHING_CONFLICT &&
         check.caching == PHYSMEM_WRITE_COMBINE;
}

static inline void race_look(struct race *race, int fd, uint64_t at) {
  struct physmem_range range = {.start = at, .length = PAGE};
  if (ioctl(fd, PHYSMEM_GET_RANGE, &range) || range.kind != PHYSMEM_RAM ||
      range.flags & PHYSMEM_RANGE_BUFFER || !is_write_combining(fd, at))
    return;
  if (race->wrong++ == 0)
    fprintf(stderr, "RAM of the kernel at 0x%llx is mapped write-combining\n",
            (unsigned long long)at);
}

static inline void *race_map(void *argument) {
  struct race *race = argument;
  int fd = open("/dev/physmem", O_RDWR); /* whose caching nobody else chooses */
  while (time(NULL) < race->end) {
    uint64_t at = race->latest;
    if (at == 0)
      continue;
    void *map = map_of(fd, PROT_READ | PROT_WRITE, at, PAGE);
    if (map == MAP_FAILED) {
      race->refused++;
      continue;
    }
    race->done++;
    race_look(race, fd, at);
    munmap(map, PAGE);
  }
  close(fd);
  return NULL;
}

#endif
