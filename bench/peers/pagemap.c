/*
 * What translate is compared with, and processes for it:
 *   pagemap bulk PID ADDRESS PAGES   rounds of reading all entries in bulk, and taking out the frames
 *   pagemap each PID ADDRESS PAGES   rounds of opening, reading and closing for each page, ns a page
 *   pagemap touch BYTES STEP         touches a byte every STEP, prints PID ADDRESS, and waits
 *   pagemap many COUNT FILE          so many processes that map and read a file; prints PID ADDRESS
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "answer.h"

#define PRESENT (1ULL << 63)
#define FRAME ((1ULL << 55) - 1)
#define CHUNK 65536L

static char path[64];
static long first, pages;
static uint64_t entries[CHUNK];
static uint64_t *frames;
static volatile uint64_t kept;

static void bulk(long times) {
  while (times-- > 0) {
    int fd = open(path, O_RDONLY);
    for (long done = 0; done < pages; done += CHUNK) {
      long count = pages - done < CHUNK ? pages - done : CHUNK;
      if (pread(fd, entries, (size_t)count * 8, (first + done) * 8) != count * 8) exit(1);
      for (long i = 0; i < count; i++)
        frames[done + i] = entries[i] & PRESENT ? entries[i] & FRAME : 0;
    }
    close(fd);
    kept += frames[pages - 1];
  }
}

static void each(long times) {
  for (long i = 0; i < times; i++) {
    uint64_t entry;
    int fd = open(path, O_RDONLY);
    if (pread(fd, &entry, 8, (first + i % pages) * 8) != 8) exit(1);
    close(fd);
    kept += entry;
  }
}

/* Ends with the one who started it, and not before. */
static void wait_for_end(const void *at) {
  printf("%d %p\n", getpid(), at);
  fflush(stdout);
  char line[8];
  while (read(0, line, sizeof line) > 0) continue;
}

static void touch(size_t bytes, size_t step) {
  char *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (at == MAP_FAILED) exit(1);
  madvise(at, bytes, MADV_NOHUGEPAGE);
  for (size_t i = 0; i < bytes; i += step) at[i] = 1;
  wait_for_end(at);
}

static void many(int count, const char *file) {
  int fd = open(file, O_RDONLY), ready[2];
  struct stat status;
  if (fd < 0 || fstat(fd, &status) || pipe(ready)) exit(1);
  size_t bytes = (size_t)status.st_size;
  volatile char *at = mmap(NULL, bytes, PROT_READ, MAP_SHARED, fd, 0);
  for (int i = 0; i < count; i++) {
    if (fork()) continue;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (size_t at_byte = 0; at_byte < bytes; at_byte += 4096) kept += (uint64_t)at[at_byte];
    if (write(ready[1], "r", 1) != 1) exit(1);
    for (;;) pause();
  }
  char byte;
  for (int i = 0; i < count; i++)
    if (read(ready[0], &byte, 1) != 1) exit(1);
  kept += (uint64_t)at[0];
  wait_for_end((const void *)at);
}

int main(int count, char **words) {
  if (count < 4) return 2;
  if (!strcmp(words[1], "touch")) return touch(strtoull(words[2], NULL, 0), strtoull(words[3], NULL, 0)), 0;
  if (!strcmp(words[1], "many")) return many(atoi(words[2]), words[3]), 0;
  if (count != 5) return 2;
  snprintf(path, sizeof path, "/proc/%s/pagemap", words[2]);
  first = (long)(strtoull(words[3], NULL, 0) / 4096);
  pages = atol(words[4]);
  frames = malloc((size_t)pages * 8);
  answer(strcmp(words[1], "each") ? bulk : each);
}
