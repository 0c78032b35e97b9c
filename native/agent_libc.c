/*
 * The functions of a C library that the engine and the agent call, for a process with one thread.
 * Types and constants are those of glibc's headers, whose layouts are the kernel's where a pointer
 * to one is handed on as it is (struct stat of 64-bit CPUs, struct stat64 of 32-bit Arm, timespec).
 */
#define _GNU_SOURCE
#include "agent_libc.h"
#include "agent_syscall.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#if defined(__x86_64__)
#include <sys/io.h>
#endif

unsigned long agent_page_bytes;

static int last_errno;

int *__errno_location(void) { return &last_errno; }

static long told(long result) {
  if (result >= -4095 && result < 0) {
    last_errno = (int)-result;
    return -1;
  }
  return result;
}

void agent_exit(int code) {
  for (;;)
    agent_syscall(__NR_exit_group, code, 0, 0, 0);
}

#if defined(__x86_64__)
int ioperm(unsigned long first, unsigned long count, int on) {
  return (int)told(agent_syscall(__NR_ioperm, first, count, on, 0));
}
#endif

void _exit(int code) { agent_exit(code); }

void abort(void) { agent_exit(134); }

long sysconf(int name) { return name == _SC_PAGESIZE ? (long)agent_page_bytes : -1; }

int open(const char *path, int flags, ...) {
  va_list more;
  va_start(more, flags);
  int mode = flags & O_CREAT ? va_arg(more, int) : 0;
  va_end(more);
#ifdef O_LARGEFILE
  flags |= O_LARGEFILE;
#endif
  return (int)told(agent_syscall(__NR_openat, AT_FDCWD, path, flags, mode));
}

int close(int fd) { return (int)told(agent_syscall(__NR_close, fd, 0, 0, 0)); }

ssize_t read(int fd, void *bytes, size_t count) {
  return told(agent_syscall(__NR_read, fd, bytes, count, 0));
}

ssize_t write(int fd, const void *bytes, size_t count) {
  return told(agent_syscall(__NR_write, fd, bytes, count, 0));
}

#if defined(__arm__)

/* A 64-bit argument has an even register and the next one. */
ssize_t pread(int fd, void *bytes, size_t count, off_t offset) {
  uint64_t from = (uint64_t)offset;
  return told(agent_syscall6(__NR_pread64, fd, (long)bytes, (long)count, 0, (long)(uint32_t)from,
                             (long)(uint32_t)(from >> 32)));
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t offset) {
  uint64_t to = (uint64_t)offset;
  return told(agent_syscall6(__NR_pwrite64, fd, (long)bytes, (long)count, 0, (long)(uint32_t)to,
                             (long)(uint32_t)(to >> 32)));
}

off_t lseek(int fd, off_t offset, int whence) {
  uint64_t to = (uint64_t)offset;
  off_t result;
  long error = told(agent_syscall6(__NR__llseek, fd, (long)(uint32_t)(to >> 32), (long)(uint32_t)to,
                                   (long)&result, whence, 0));
  return error ? -1 : result;
}

int fstat(int fd, struct stat *status) {
  return (int)told(agent_syscall(__NR_fstat64, fd, status, 0, 0));
}

int fstatat(int fd, const char *path, struct stat *status, int flags) {
  return (int)told(agent_syscall(__NR_fstatat64, fd, path, status, flags));
}

/* Without its padding: arch/arm/kernel/entry-common.S, sys_fstatfs64_wrapper. */
int fstatfs(int fd, struct statfs *system) {
  return (int)told(agent_syscall(__NR_fstatfs64, fd, 84, system, 0));
}

/* The offset counts in units of 4 KiB, whatever the size of a page is. */
void *mmap(void *start, size_t length, int protection, int flags, int fd, off_t offset) {
  if (offset & 4095 || (uint64_t)offset >> 44) {
    last_errno = EINVAL;
    return MAP_FAILED;
  }
  return (void *)told(agent_syscall6(__NR_mmap2, (long)start, (long)length, protection, flags, fd,
                                     (long)(uint32_t)((uint64_t)offset >> 12)));
}

#else

ssize_t pread(int fd, void *bytes, size_t count, off_t offset) {
  return told(agent_syscall(__NR_pread64, fd, bytes, count, offset));
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t offset) {
  return told(agent_syscall(__NR_pwrite64, fd, bytes, count, offset));
}

off_t lseek(int fd, off_t offset, int whence) {
  return told(agent_syscall(__NR_lseek, fd, offset, whence, 0));
}

int fstat(int fd, struct stat *status) {
  return (int)told(agent_syscall(__NR_fstat, fd, status, 0, 0));
}

int fstatat(int fd, const char *path, struct stat *status, int flags) {
  return (int)told(agent_syscall(__NR_newfstatat, fd, path, status, flags));
}

int fstatfs(int fd, struct statfs *system) {
  return (int)told(agent_syscall(__NR_fstatfs, fd, system, 0, 0));
}

void *mmap(void *start, size_t length, int protection, int flags, int fd, off_t offset) {
  return (void *)told(
      agent_syscall6(__NR_mmap, (long)start, (long)length, protection, flags, fd, offset));
}

#endif

int munmap(void *start, size_t length) {
  return (int)told(agent_syscall(__NR_munmap, start, length, 0, 0));
}

void *mremap(void *start, size_t length, size_t new_length, int flags, ...) {
  va_list more;
  va_start(more, flags);
  void *to = flags & MREMAP_FIXED ? va_arg(more, void *) : NULL;
  va_end(more);
  return (void *)told(
      agent_syscall6(__NR_mremap, (long)start, (long)length, (long)new_length, flags, (long)to, 0));
}

int mprotect(void *start, size_t length, int protection) {
  return (int)told(agent_syscall(__NR_mprotect, start, length, protection, 0));
}

int madvise(void *start, size_t length, int advice) {
  return (int)told(agent_syscall(__NR_madvise, start, length, advice, 0));
}

ssize_t readlink(const char *path, char *target, size_t room) {
  return told(agent_syscall(__NR_readlinkat, AT_FDCWD, path, target, room));
}

ssize_t getdents64(int fd, void *entries, size_t room) {
  return told(agent_syscall(__NR_getdents64, fd, entries, room, 0));
}

uid_t geteuid(void) {
#ifdef __NR_geteuid32
  return (uid_t)agent_syscall(__NR_geteuid32, 0, 0, 0, 0);
#else
  return (uid_t)agent_syscall(__NR_geteuid, 0, 0, 0, 0);
#endif
}

/* To nothing: what files are emptied for. */
int ftruncate(int fd, off_t length) {
  if (length) {
    last_errno = EINVAL;
    return -1;
  }
  return (int)told(agent_syscall(__NR_ftruncate, fd, 0, 0, 0));
}

/* asm/termbits.h, struct ktermios: no CPU has more than 64 bytes of it. */
int isatty(int fd) {
  long settings[16];
  return told(agent_syscall(__NR_ioctl, fd, 0x5401 /* TCGETS */, settings, 0)) == 0;
}

/* Of the requests that a program makes, all have one argument, a number or a pointer. */
int ioctl(int fd, unsigned long request, ...) {
  va_list more;
  va_start(more, request);
  long argument = va_arg(more, long);
  va_end(more);
  return (int)told(agent_syscall(__NR_ioctl, fd, request, argument, 0));
}

int mknodat(int folder, const char *path, mode_t mode, dev_t number) {
  return (int)told(agent_syscall(__NR_mknodat, folder, path, mode, (unsigned)number));
}

int unlinkat(int folder, const char *path, int flags) {
  return (int)told(agent_syscall(__NR_unlinkat, folder, path, flags, 0));
}

pid_t getpid(void) { return (pid_t)agent_syscall(__NR_getpid, 0, 0, 0, 0); }

/* Of the commands with a number. */
int fcntl(int fd, int command, ...) {
  va_list more;
  va_start(more, command);
  int argument = va_arg(more, int);
  va_end(more);
  return (int)told(agent_syscall(__NR_fcntl, fd, command, argument, 0));
}

int flock(int fd, int operation) {
  return (int)told(agent_syscall(__NR_flock, fd, operation, 0, 0));
}

int pipe(int ends[2]) { return (int)told(agent_syscall(__NR_pipe2, ends, 0, 0, 0)); }

pid_t fork(void) { return (pid_t)told(agent_syscall6(__NR_clone, SIGCHLD, 0, 0, 0, 0, 0)); }

pid_t waitpid(pid_t pid, int *status, int options) {
  return (pid_t)told(agent_syscall(__NR_wait4, pid, status, options, 0));
}

int kill(pid_t pid, int signal_number) {
  return (int)told(agent_syscall(__NR_kill, pid, signal_number, 0, 0));
}

int clock_gettime(clockid_t clock, struct timespec *now) {
  return (int)told(agent_syscall(__NR_clock_gettime, clock, now, 0, 0));
}

int nanosleep(const struct timespec *wanted, struct timespec *left) {
  return (int)told(agent_syscall(__NR_nanosleep, wanted, left, 0, 0));
}

int setitimer(__itimer_which_t which, const struct itimerval *wanted, struct itimerval *before) {
  return (int)told(agent_syscall(__NR_setitimer, which, wanted, before, 0));
}

int poll(struct pollfd *all, nfds_t count, int timeout_ms) {
  struct timespec timeout = {timeout_ms / 1000, (long)(timeout_ms % 1000) * 1000000};
  return (int)told(agent_syscall6(__NR_ppoll, (long)all, (long)count,
                                  (long)(timeout_ms < 0 ? NULL : &timeout), 0, 0, 0));
}

int raise(int signal_number) { return kill(getpid(), signal_number); }

/* How the kernel has it; the others know a way back from a handler themselves. */
struct kernel_action {
  void *handler;
  unsigned long flags;
#ifndef __riscv
  void (*restorer)(void);
#endif
  uint64_t mask __attribute__((packed, aligned(sizeof(long))));
};

#if defined(__x86_64__)
#define SA_KERNEL_RESTORER 0x04000000ul
void agent_return_from_signal(void);
__asm__("agent_return_from_signal: mov $15, %eax\n syscall\n");
#endif

static void to_set(sigset_t *set, uint64_t mask) {
  sigemptyset(set);
  __builtin_memcpy(set, &mask, sizeof mask);
}

int sigaction(int signal_number, const struct sigaction *wanted, struct sigaction *before) {
  struct kernel_action action = {0}, old;
  if (wanted) {
    action.handler = (void *)wanted->sa_handler;
    action.flags = (unsigned)wanted->sa_flags;
    uint64_t mask;
    __builtin_memcpy(&mask, &wanted->sa_mask, sizeof mask);
    action.mask = mask;
#if defined(__x86_64__)
    action.flags |= SA_KERNEL_RESTORER;
    action.restorer = agent_return_from_signal;
#endif
  }
  if (told(agent_syscall(__NR_rt_sigaction, signal_number, wanted ? &action : NULL, &old,
                         sizeof old.mask)))
    return -1;
  if (before) {
    before->sa_handler = (void (*)(int))old.handler;
    before->sa_flags = (int)old.flags;
    to_set(&before->sa_mask, old.mask);
  }
  return 0;
}

int sigemptyset(sigset_t *set) {
  *set = (sigset_t){0};
  return 0;
}

int pthread_sigmask(int how, const sigset_t *wanted, sigset_t *before) {
  uint64_t old;
  long error =
      agent_syscall(__NR_rt_sigprocmask, how, wanted, before ? &old : NULL, sizeof(uint64_t));
  if (!error && before)
    to_set(before, old);
  return (int)-error;
}

/* There is one thread. */
int pthread_mutex_lock(pthread_mutex_t *mutex) {
  (void)mutex;
  return 0;
}

int pthread_mutex_unlock(pthread_mutex_t *mutex) {
  (void)mutex;
  return 0;
}
