/*
 * A process whose memory is looked up: it makes pages of every kind, prints where they are as JSON,
 * and then spins, so that its page tables are those of the CPU. It says when its variable changes.
 *
 *   holder [bar FILE] [mem ADDRESS] [uio FILE]     pages of these devices besides
 *   holder without-admin PROGRAM [ARGUMENT...]     runs a program that lacks CAP_SYS_ADMIN
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef MADV_PAGEOUT
#define MADV_PAGEOUT 21
#endif
#define MADV_GUARD_INSTALL_NUMBER 102
#define HUGE (2UL << 20)

static size_t page;

static void die(const char *what) {
  fprintf(stderr, "holder: %s: %s\n", what, strerror(errno));
  exit(1);
}

static char *map(size_t length, int protection, int flags, int fd, off_t offset) {
  char *at = mmap(NULL, length, protection, flags, fd, offset);
  if (at == MAP_FAILED) die("mmap");
  return at;
}

static char *anonymous(size_t length) {
  return map(length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static int first = 1;

static void tell(const char *name, const volatile void *at) {
  printf("%s\"%s\":\"0x%lx\"", first ? "{" : ",", name, (unsigned long)at);
  first = 0;
}

/* Of a page: its own address at every 8 bytes, so that no two are alike. */
static void fill(char *at, size_t length) {
  for (size_t i = 0; i < length; i += 8) *(uint64_t *)(at + i) = (uint64_t)(uintptr_t)(at + i);
}

/* A huge page, if the kernel gives one at once. */
static void transparent(void) {
  char *at = anonymous(2 * HUGE);
  char *huge = (char *)(((uintptr_t)at + HUGE - 1) & ~(HUGE - 1));
  madvise(huge, HUGE, MADV_HUGEPAGE);
  fill(huge, HUGE);
  tell("transparent", huge + 0x12340);
}

static void of_hugetlbfs(void) {
  char *at = mmap(NULL, HUGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0);
  if (at == MAP_FAILED) return;
  fill(at, HUGE);
  tell("hugetlb", at + 0x5678);
}

static void twice(void) {
  int fd = (int)syscall(SYS_memfd_create, "twice", 0);
  if (fd < 0 || ftruncate(fd, (off_t)page)) die("memfd");
  char *one = map(page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  char *other = map(page, PROT_READ, MAP_SHARED, fd, 0);
  fill(one, page);
  if (*(volatile char *)other != *one) die("memfd: differs");
  tell("one", one + 8);
  tell("other", other + 8);
}

/* Where a change is to be seen; the second may be memory of a device. */
static volatile uint32_t *variables[2];

static void of_device(const char *kind, const char *argument) {
  int is_mem = !strcmp(kind, "mem");
  int fd = open(is_mem ? "/dev/mem" : argument, O_RDWR | O_SYNC);
  if (fd < 0) die(argument);
  off_t offset = is_mem ? (off_t)strtoull(argument, NULL, 0) : 0;
  char *at = map(page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, offset) + 4;
  if (is_mem) variables[1] = (volatile uint32_t *)(void *)at;
  tell(kind, at);
}

static void without_admin(char **program) {
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct data[2];
  if (prctl(PR_CAPBSET_DROP, CAP_SYS_ADMIN, 0, 0, 0)) die("bounding set");
  if (syscall(SYS_capget, &header, data)) die("capget");
  data[0].effective &= ~(1U << CAP_SYS_ADMIN);
  data[0].permitted &= ~(1U << CAP_SYS_ADMIN);
  data[0].inheritable &= ~(1U << CAP_SYS_ADMIN);
  if (syscall(SYS_capset, &header, data)) die("capset");
  execvp(*program, program);
  die(*program);
}

int main(int count, char **words) {
  if (count > 2 && !strcmp(words[1], "without-admin")) without_admin(words + 2);
  page = (size_t)sysconf(_SC_PAGESIZE);

  char *pattern = anonymous(3 * page);
  fill(pattern, 3 * page);
  if (mlock(pattern, 3 * page)) die("mlock");
  tell("pattern", pattern + 0x128);

  tell("untouched", anonymous(page));
  char *zero = anonymous(page);
  if (*(volatile char *)zero) die("zero");
  tell("zero", zero);
  tell("closed", map(page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));

  char *swapped = anonymous(page);
  fill(swapped, page);
  madvise(swapped, page, MADV_PAGEOUT);
  tell("swapped", swapped);

  char *guarded = anonymous(page);
  fill(guarded, page);
  if (!madvise(guarded, page, MADV_GUARD_INSTALL_NUMBER)) tell("guard", guarded);

  transparent();
  of_hugetlbfs();
  twice();
  for (int i = 1; i + 1 < count; i += 2) of_device(words[i], words[i + 1]);

  variables[0] = (volatile uint32_t *)(void *)(pattern + page);
  *variables[0] = 0x01234567;
  tell("variable", variables[0]);
  printf("}\n");
  fflush(stdout);
  /*
   * Let others work: it is enough to be what runs when nothing else does. Not by nice(2), which counts
   * within the session alone where the kernel groups by sessions: sched(7), The autogroup feature.
   */
  struct sched_param none = {0};
  if (sched_setscheduler(0, SCHED_IDLE, &none)) die("SCHED_IDLE");
  uint32_t last[2] = {*variables[0], variables[1] ? *variables[1] : 0};
  for (int i = 0;; i = !i) {
    if (!variables[i] || *variables[i] == last[i]) continue;
    last[i] = *variables[i];
    printf("%s 0x%08x\n", i ? "mem" : "variable", last[i]);
    fflush(stdout);
  }
}
