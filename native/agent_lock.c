#define _GNU_SOURCE
#include "agent_lock.h"

#include <errno.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "agent_frames.h"
#include "agent_lock_file.h"

static int held[PM_LOCKS_MOST];
static uint32_t held_count;
static bool locked_out;

bool agent_is_locked_out(void) { return locked_out; }

void agent_leave_locks(void) {
  while (held_count)
    close(held[--held_count]);
  locked_out = false;
}

static int64_t now_ms(void) {
  struct timespec now = {0};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* 0, or an errno: EAGAIN where another has the file all the time. */
static int wait_for(int fd, uint32_t wait_ms) {
  const struct timespec pause = {.tv_nsec = 2000000};
  int64_t end = now_ms() + wait_ms;
  while (flock(fd, LOCK_EX | LOCK_NB)) {
    if (errno != EAGAIN || now_ms() >= end || agent_cancel)
      return errno;
    nanosleep(&pause, NULL);
  }
  return 0;
}

enum pm_lock agent_take_lock(const char *path, uint32_t wait_ms, uint32_t *detail) {
  int fd;
  *detail = EMFILE;
  if (held_count == PM_LOCKS_MOST)
    return PM_LOCK_UNOPENED;
  enum pm_lock how = agent_open_lock(path, &fd, detail);
  if (how != PM_LOCK_TAKEN)
    return how;
  int error = wait_for(fd, wait_ms);
  if (error) {
    close(fd);
    *detail = error == EAGAIN ? 0 : (uint32_t)error;
    locked_out = error == EAGAIN;
    return locked_out ? PM_LOCK_HELD : PM_LOCK_REFUSED;
  }
  held[held_count++] = fd;
  *detail = 0;
  return PM_LOCK_TAKEN;
}
