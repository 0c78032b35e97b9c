/*
 * Counts the accesses to eight bytes of this process with hardware watchpoints
 * (perf_event_open, PERF_TYPE_BREAKPOINT), on all of its threads. For tests only.
 *
 * Four events, since a CPU has four watchpoints: every access to the eight bytes, every write to
 * them, every access to the last byte that an access of the expected width touches, and every
 * access to the byte after it. One access of the width counts 1, 0 or 1, 1, 0.
 */
#ifndef PHYSMEM_TEST_WATCH_H
#define PHYSMEM_TEST_WATCH_H

#include <stdint.h>

#define WATCH_EVENTS 4
#define WATCH_THREADS 64

struct watch {
  int fds[WATCH_EVENTS][WATCH_THREADS];
  int threads;
};

/*
 * `cell` is a multiple of 8, `width` is in bytes; bit N of `events` opens event N. Returns 0 or an
 * errno: ENOTSUP where this machine takes watchpoints and counts nothing. On arm64 open one at a
 * time: an access that hits several is told to the nearest only (arch/arm64/kernel/hw_breakpoint.c,
 * watchpoint_handler).
 */
int watch_open(struct watch *watch, uintptr_t cell, unsigned width, unsigned events);
#define WATCH_ALL 15u
/* all, writes, last byte, byte after (0 for a width of 8) */
void watch_read(const struct watch *watch, uint64_t counts[WATCH_EVENTS]);
void watch_close(struct watch *watch);
/*
 * Hits that the kernel found no event for, since the first watch_open(): some virtual machines make
 * such under load. What was counted meanwhile may lack them.
 */
unsigned watch_strays(void);

#endif
