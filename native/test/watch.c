#define _GNU_SOURCE
#include "watch.h"

#include <dirent.h>
#include <errno.h>
#include <linux/hw_breakpoint.h>
#include <linux/perf_event.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static atomic_uint strays;

/*
 * Hits that the kernel found no event for: of a watchpoint that is gone, or, on x86, an exception
 * whose DR6 says nothing (the kernel takes it for that of INT1: arch/x86/kernel/traps.c,
 * exc_debug_user). V8 ends itself by INT3, whose code is SI_KERNEL.
 */
static bool is_stray(int code) {
#if defined(__x86_64__)
  return code == TRAP_HWBKPT || code == TRAP_BRKPT;
#else
  return code == TRAP_HWBKPT;
#endif
}

/* By default a stray ends the process; every other SIGTRAP does. */
static void take_trap(int signal_number, siginfo_t *info, void *context) {
  (void)context;
  if (is_stray(info->si_code)) {
    strays++;
    return;
  }
  signal(signal_number, SIG_DFL);
  raise(signal_number);
}

static void survive_strays(void) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_sigaction = take_trap;
  action.sa_flags = SA_SIGINFO | SA_RESTART | SA_ONSTACK;
  sigaction(SIGTRAP, &action, NULL);
}

unsigned watch_strays(void) { return strays; }

static int open_event(int thread, uintptr_t address, unsigned length, unsigned type) {
  struct perf_event_attr attributes;
  memset(&attributes, 0, sizeof attributes);
  attributes.type = PERF_TYPE_BREAKPOINT;
  attributes.size = sizeof attributes;
  attributes.bp_type = type;
  attributes.bp_addr = address;
  attributes.bp_len = length;
  attributes.exclude_kernel = 1;
  attributes.exclude_hv = 1;
  attributes.inherit = 1;
  return (int)syscall(SYS_perf_event_open, &attributes, thread, -1, -1, PERF_FLAG_FD_CLOEXEC);
}

static int open_thread(struct watch *watch, int thread, uintptr_t cell, unsigned width,
                       unsigned events) {
  const struct {
    uintptr_t address;
    unsigned length, type;
  } what[WATCH_EVENTS] = {{cell, HW_BREAKPOINT_LEN_8, HW_BREAKPOINT_RW},
                          {cell, HW_BREAKPOINT_LEN_8, HW_BREAKPOINT_W},
                          {cell + width - 1, HW_BREAKPOINT_LEN_1, HW_BREAKPOINT_RW},
                          {cell + width, HW_BREAKPOINT_LEN_1, HW_BREAKPOINT_RW}};
  int at = watch->threads++;
  int error = 0;
  for (int i = 0; i < WATCH_EVENTS; i++) {
    bool wanted = (events >> i & 1) && !(i == 3 && width == 8);
    watch->fds[i][at] =
        wanted ? open_event(thread, what[i].address, what[i].length, what[i].type) : -1;
    if (wanted && watch->fds[i][at] < 0)
      error = errno;
  }
  return error;
}

/* A virtual machine may take watchpoints and never tell of one: a store and a load of our own tell.
 */
static int check_counting(void) {
  static _Alignas(8) volatile uint64_t own;
  uint64_t count = 0;
  int fd = open_event(0, (uintptr_t)&own, HW_BREAKPOINT_LEN_8, HW_BREAKPOINT_RW);
  if (fd < 0)
    return errno;
  own = 1;
  (void)own;
  bool counted = read(fd, &count, sizeof count) == sizeof count && count == 2;
  close(fd);
  return counted ? 0 : ENOTSUP;
}

int watch_open(struct watch *watch, uintptr_t cell, unsigned width, unsigned events) {
  memset(watch, 0, sizeof *watch);
  survive_strays();
  int error = check_counting();
  DIR *tasks = error ? NULL : opendir("/proc/self/task");
  if (!error && !tasks)
    error = errno;
  while (tasks && !error) {
    struct dirent *entry = readdir(tasks);
    if (!entry)
      break;
    if (entry->d_name[0] != '.' && watch->threads < WATCH_THREADS)
      error = open_thread(watch, atoi(entry->d_name), cell, width, events);
  }
  if (tasks)
    closedir(tasks);
  if (error)
    watch_close(watch);
  return error;
}

void watch_read(const struct watch *watch, uint64_t counts[WATCH_EVENTS]) {
  for (int event = 0; event < WATCH_EVENTS; event++) {
    counts[event] = 0;
    for (int i = 0; i < watch->threads; i++) {
      uint64_t count = 0;
      if (watch->fds[event][i] >= 0 && read(watch->fds[event][i], &count, sizeof count) > 0)
        counts[event] += count;
    }
  }
}

void watch_close(struct watch *watch) {
  for (int event = 0; event < WATCH_EVENTS; event++)
    for (int i = 0; i < watch->threads; i++)
      if (watch->fds[event][i] >= 0)
        close(watch->fds[event][i]);
  watch->threads = 0;
}
