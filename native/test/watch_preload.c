/*
 * Counts what a whole process does to a cell of a file that it maps:
 *   LD_PRELOAD=watch_preload.so WATCH_FILE=/tmp/ram.bin WATCH_OFFSET=64 WATCH_WIDTH=4
 *   WATCH_REPORT=/tmp/counts command...
 * At its end the process writes "all writes last after mappings", or "unavailable ERRNO".
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "watch.h"

#define MAPPINGS 16

static struct watch watches[MAPPINGS];
static int mappings;
static int failure;

static int is_watched(int fd) {
  struct stat mapped, watched;
  const char *file = getenv("WATCH_FILE");
  return file && fd >= 0 && fstat(fd, &mapped) == 0 && stat(file, &watched) == 0 &&
         mapped.st_ino == watched.st_ino && mapped.st_dev == watched.st_dev;
}

void *mmap(void *address, size_t length, int protection, int flags, int fd, off_t offset) {
  static void *(*next)(void *, size_t, int, int, int, off_t);
  if (!next)
    next = (void *(*)(void *, size_t, int, int, int, off_t))dlsym(RTLD_NEXT, "mmap");
  void *host = next(address, length, protection, flags, fd, offset);
  if (host == MAP_FAILED || !is_watched(fd))
    return host;
  off_t cell = strtoll(getenv("WATCH_OFFSET"), NULL, 0);
  if (cell < offset || cell >= offset + (off_t)length || mappings == MAPPINGS)
    return host;
  int saved = errno;
  int error = watch_open(&watches[mappings++], (uintptr_t)host + (uintptr_t)(cell - offset),
                         (unsigned)atoi(getenv("WATCH_WIDTH")), WATCH_ALL);
  if (error)
    failure = error;
  errno = saved;
  return host;
}

__attribute__((destructor)) static void report(void) {
  uint64_t sum[WATCH_EVENTS] = {0}, counts[WATCH_EVENTS];
  const char *path = getenv("WATCH_REPORT");
  FILE *file = path ? fopen(path, "w") : NULL;
  if (!file)
    return;
  for (int i = 0; i < mappings; i++) {
    watch_read(&watches[i], counts);
    for (int event = 0; event < WATCH_EVENTS; event++)
      sum[event] += counts[event];
  }
  if (failure)
    fprintf(file, "unavailable %d\n", failure);
  else
    fprintf(file, "%lu %lu %lu %lu %d\n", (unsigned long)sum[0], (unsigned long)sum[1],
            (unsigned long)sum[2], (unsigned long)sum[3], mappings);
  fclose(file);
}

/* The command ends so: no destructor runs then. */
void _exit(int code) {
  report();
  syscall(SYS_exit_group, code);
  __builtin_unreachable();
}
