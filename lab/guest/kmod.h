#ifndef KMOD_GUEST_H
#define KMOD_GUEST_H
/* /dev/physmem by plain system calls: what the programs of the guest share. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../kmod/physmem.h"

#define PAGE 4096ull
#define FRAME ((1ull << 55) - 1) /* of an entry of pagemap */
#define PATTERN 0x5a17e55000000000ull

static int device = -1;

static inline const char *errno_name(void) {
  const char *name = strerrorname_np(errno);
  return name ? name : "unknown errno";
}

static inline const char *answer(int result) { return result < 0 ? errno_name() : "ok"; }

static inline void say(const char *what, int result) { printf("%s: %s\n", what, answer(result)); }

static inline void die(const char *what) {
  fprintf(stderr, "kmod-try: %s: %s\n", what, errno_name());
  exit(2);
}

static inline void *map_of(int fd, int protection, uint64_t at, uint64_t length) {
  return mmap(NULL, length, protection, MAP_SHARED, fd, (off_t)at);
}

/* As a result: whether it can be mapped. It is not touched. */
static inline int try_map(int fd, int protection, uint64_t at, uint64_t length) {
  void *map = map_of(fd, protection, at, length);
  if (map == MAP_FAILED)
    return -1;
  munmap(map, length);
  return 0;
}

static inline int choose(uint32_t caching) { return ioctl(device, PHYSMEM_SET_CACHING, &caching); }

static inline struct physmem_allocate allocate(uint64_t length, uint32_t caching, uint64_t below,
                                               uint64_t alignment) {
  struct physmem_allocate wanted = {
      .length = length, .caching = caching, .below = below, .alignment = alignment};
  if (ioctl(device, PHYSMEM_ALLOCATE, &wanted))
    wanted.fd = -1;
  return wanted;
}

static inline uint64_t *must_map(int fd, uint64_t at, uint64_t length) {
  uint64_t *map = map_of(fd, PROT_READ | PROT_WRITE, at, length);
  if (map == MAP_FAILED)
    die("mmap");
  return map;
}

/* Documentation/admin-guide/mm/pagemap.rst */
static inline uint64_t physical(const void *map) {
  uint64_t entry;
  int fd = open("/proc/self/pagemap", O_RDONLY);
  if (fd < 0 || pread(fd, &entry, 8, (off_t)((uintptr_t)map / PAGE * 8)) != 8)
    die("pagemap");
  close(fd);
  return (entry & FRAME) * PAGE;
}

static inline void operation(const char *what, int fd, uint64_t start, uint64_t length,
                             uint32_t kind, uint32_t flags) {
  struct physmem_cache cache = {
      .start = start, .length = length, .operation = kind, .flags = flags};
  say(what, ioctl(fd, PHYSMEM_CACHE, &cache));
}

static inline void become_user(void) {
  if (setgid(1000) || setuid(1000))
    die("setuid");
}

static inline void open_device(void) {
  setvbuf(stdout, NULL, _IOLBF, 0);
  device = open("/dev/physmem", O_RDWR);
  if (device < 0)
    die("/dev/physmem");
}

#endif
