/*
 * What the kernel refuses, tried by plain system calls: the witness of `physmem doctor`, of which
 * it shares no line. Each answer is one line on standard output: `ok`, the name of an errno, or
 * what was seen.
 *
 *   open FILE            map FILE OFFSET        (mapped without an access)
 *   own FILE RAM         a locked page with a pattern is looked for there: same, zeros or
 * different, by read() of /dev/mem or /proc/kcore; `own-map FILE RAM` by mmap; at RAM where
 *                        the frame is hidden low FILE read(), write()
 * and mmap of RAM below 1 MiB frame                hidden, told           hidden FILE   whether all
 * its addresses are zero ioperm               module FILE            fresh MINOR   (a node made for
 * that) without CAP… -- COMMAND…                    userns -- COMMAND…
 */
#define _GNU_SOURCE
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

static int answer(const char *text) {
  puts(text);
  return 0;
}

static int answer_errno(void) {
  const char *name = strerrorname_np(errno);
  return answer(name ? name : "unknown errno");
}

static int die(const char *what) {
  fprintf(stderr, "refusals: %s: %s\n", what, strerror(errno));
  exit(2);
}

static size_t page_size(void) { return (size_t)sysconf(_SC_PAGESIZE); }

static int try_open(const char *file) {
  int fd = open(file, O_RDONLY | O_SYNC);
  return fd < 0 ? answer_errno() : answer("ok");
}

static int try_map(const char *file, uint64_t offset) {
  int fd = open(file, O_RDONLY | O_SYNC);
  if (fd < 0)
    return answer_errno();
  void *host = mmap(NULL, page_size(), PROT_READ, MAP_SHARED, fd, (off_t)offset);
  return host == MAP_FAILED ? answer_errno() : answer("ok");
}

/* A page of our own that stays, with a pattern. */
static uint64_t *own_page(void) {
  uint64_t *page =
      mmap(NULL, page_size(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED || mlock(page, page_size()))
    die("a page of this process");
  for (size_t i = 0; i < 64; i++)
    page[i] = 0x5a17e55000000000u + ((uint64_t)getpid() << 16) + i * 3;
  return page;
}

/* Documentation/admin-guide/mm/pagemap.rst. -1 with errno, 0 when hidden. */
static int64_t frame_of(const void *host) {
  uint64_t entry;
  int fd = open("/proc/self/pagemap", O_RDONLY);
  if (fd < 0)
    return -1;
  if (pread(fd, &entry, 8, (off_t)((uintptr_t)host / page_size() * 8)) != 8)
    die("pagemap");
  close(fd);
  return (int64_t)(entry & ((1ull << 55) - 1));
}

static int compare(const uint64_t *seen, const uint64_t *page) {
  static const uint64_t zeros[64];
  if (memcmp(seen, page, 512) == 0)
    return answer("same");
  return answer(memcmp(seen, zeros, 512) ? "different" : "zeros");
}

/*
 * Where a physical address is in /proc/kcore: its program headers. Of two that hold it the larger,
 * the direct map: what the kernel gave back of its own image is in both, and reads as zeros by that
 * of the image, which no longer maps it (arm64).
 */
static off_t kcore_position(int fd, uint64_t physical) {
  Elf64_Ehdr header;
  off_t position = -1;
  uint64_t largest = 0;
  if (pread(fd, &header, sizeof header, 0) != sizeof header || memcmp(header.e_ident, ELFMAG, 4))
    return -1;
  for (int i = 0; i < header.e_phnum; i++) {
    Elf64_Phdr one;
    off_t at = (off_t)(header.e_phoff + (uint64_t)i * sizeof one);
    if (pread(fd, &one, sizeof one, at) != sizeof one)
      return -1;
    if (one.p_type != PT_LOAD || one.p_paddr == UINT64_MAX || one.p_memsz <= largest ||
        physical - one.p_paddr >= one.p_memsz)
      continue;
    largest = one.p_memsz;
    position = (off_t)(one.p_offset + (physical - one.p_paddr));
  }
  return position;
}

/* Without a frame of our own: whether RAM is refused, wherever it is. */
static int unproven(int fd, int by_map, uint64_t ram) {
  uint64_t seen;
  if (by_map && mmap(NULL, page_size(), PROT_READ, MAP_SHARED, fd, (off_t)ram) == MAP_FAILED)
    return answer_errno();
  if (!by_map && pread(fd, &seen, sizeof seen, (off_t)ram) != sizeof seen)
    return answer_errno();
  return answer("unproven");
}

static int own(const char *file, int by_map, uint64_t ram) {
  uint64_t *page = own_page();
  uint64_t seen[64] = {0};
  int fd = open(file, O_RDONLY | O_SYNC);
  if (fd < 0)
    return answer_errno();
  int kcore = strstr(file, "kcore") != NULL;
  if (kcore && kcore_position(fd, 0x200000) < 0 && kcore_position(fd, 0x40200000) < 0)
    return answer("masked");
  int64_t frame = frame_of(page);
  if (frame <= 0)
    return kcore ? answer("unproven") : unproven(fd, by_map, ram);
  uint64_t physical = (uint64_t)frame * page_size();
  if (by_map) {
    void *host = mmap(NULL, page_size(), PROT_READ, MAP_SHARED, fd, (off_t)physical);
    if (host == MAP_FAILED)
      return answer_errno();
    memcpy(seen, host, sizeof seen);
    return compare(seen, page);
  }
  off_t position = kcore ? kcore_position(fd, physical) : (off_t)physical;
  if (pread(fd, seen, sizeof seen, position) != sizeof seen)
    return answer_errno();
  return compare(seen, page);
}

/*
 * The first page of RAM below 1 MiB that is not empty: what read() gives for it, and what becomes
 * of a write(), which is of the very bytes that are there.
 */
static int low(const char *file) {
  int fd = open(file, O_RDWR | O_SYNC);
  if (fd < 0)
    return answer_errno();
  for (uint64_t at = 0x1000; at < 0x9f000; at += 0x1000) {
    uint64_t read[64] = {1}, other[64];
    uint64_t *host = mmap(NULL, page_size(), PROT_READ, MAP_SHARED, fd, (off_t)at);
    if (host == MAP_FAILED)
      return answer_errno();
    size_t used = 0;
    for (size_t i = 0; i < 64; i++)
      used += host[i] != 0;
    if (!used)
      continue;
    if (pread(fd, read, sizeof read, (off_t)at) != sizeof read)
      return answer_errno();
    for (size_t i = 0; i < 64; i++)
      other[i] = ~host[i];
    uint64_t before = host[0];
    if (pwrite(fd, other, 8, (off_t)at) != 8)
      return answer_errno();
    int discarded = host[0] == before;
    if (!discarded)
      pwrite(fd, &before, 8, (off_t)at);
    if (memcmp(read, host, sizeof read) == 0)
      return answer("same");
    for (size_t i = 0; i < 64; i++)
      if (read[i])
        return answer("different");
    return answer(discarded ? "zeros, discarded" : "zeros");
  }
  return answer("empty");
}

static int frame(void) {
  int64_t found = frame_of(own_page());
  return found < 0 ? answer_errno() : answer(found ? "ok" : "hidden");
}

/* kernel/resource.c: `start-end : name`. */
static int hidden(const char *file) {
  char line[512];
  int lines = 0, told = 0;
  FILE *stream = fopen(file, "r");
  if (!stream)
    return answer_errno();
  while (fgets(line, sizeof line, stream)) {
    unsigned long long start, end;
    if (sscanf(line, " %llx-%llx :", &start, &end) != 2)
      continue;
    lines++;
    told += end != 0;
  }
  return answer(!lines ? "empty" : told ? "ok" : "hidden");
}

static int try_ioperm(void) {
#ifdef SYS_ioperm
  return syscall(SYS_ioperm, 0x80, 1, 1) ? answer_errno() : answer("ok");
#else
  return answer("no such call");
#endif
}

static int try_module(const char *file) {
  int fd = open(file, O_RDONLY);
  if (fd < 0)
    die(file);
  return syscall(SYS_finit_module, fd, "", 0) ? answer_errno() : answer("ok");
}

static int fresh(int minor_number) {
  const char *node = "/tmp/refusals-node";
  unlink(node);
  if (mknod(node, S_IFCHR | 0600, makedev(1, (unsigned)minor_number)))
    return answer_errno();
  int fd = open(node, O_RDONLY);
  int opened = fd >= 0 ? answer("ok") : answer_errno();
  unlink(node);
  return opened;
}

static int run(char **command) {
  execvp(command[0], command);
  return die(command[0]);
}

/* Takes capabilities, given by number, from the bounding set; exec then leaves root the others. */
static int without(char **words) {
  for (; *words && strcmp(*words, "--"); words++)
    if (prctl(PR_CAPBSET_DROP, strtoul(*words, NULL, 10), 0, 0, 0))
      die("prctl");
  return *words ? run(words + 1) : 2;
}

static void put(const char *file, const char *text) {
  int fd = open(file, O_WRONLY);
  if (fd < 0 || write(fd, text, strlen(text)) < 0)
    die(file);
  close(fd);
}

static int userns(char **command) {
  if (unshare(CLONE_NEWUSER))
    die("unshare");
  put("/proc/self/setgroups", "deny");
  put("/proc/self/uid_map", "0 0 1");
  put("/proc/self/gid_map", "0 0 1");
  return run(command);
}

int main(int count, char **words) {
  setvbuf(stdout, NULL, _IOLBF, 0);
  const char *what = count > 1 ? words[1] : "";
  const char *file = count > 2 ? words[2] : "";
  uint64_t number = count > 3 ? strtoull(words[3], NULL, 0) : 0;
  if (!strcmp(what, "open"))
    return try_open(file);
  if (!strcmp(what, "map"))
    return try_map(file, number);
  if (!strcmp(what, "own"))
    return own(file, 0, number);
  if (!strcmp(what, "own-map"))
    return own(file, 1, number);
  if (!strcmp(what, "low"))
    return low(file);
  if (!strcmp(what, "frame"))
    return frame();
  if (!strcmp(what, "hidden"))
    return hidden(file);
  if (!strcmp(what, "ioperm"))
    return try_ioperm();
  if (!strcmp(what, "module"))
    return try_module(file);
  if (!strcmp(what, "fresh"))
    return fresh(atoi(file));
  if (!strcmp(what, "without"))
    return without(words + 2);
  if (!strcmp(what, "userns") && count > 3)
    return userns(words + 3);
  fprintf(stderr, "refusals: %s is nothing that can be tried\n", what);
  return 2;
}
