/*
 * A buffer of huge pages: each is one run of physical memory, and stays where it is. The file
 * behind them has no name (memfd); windows map it again.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "access.h"
#include "addon.h"
#include "cache.h"
#include "guard.h"
#include "mapping.h"

/* include/uapi/linux/memfd.h and mman-common.h: older headers of C libraries lack them. */
#define FLAG_CLOEXEC 0x1u
#define FLAG_HUGETLB 0x4u
#define SIZE_SHIFT 26
#define POPULATE_WRITE 23

struct huge_pages {
  uint8_t *host; /* NULL once closed */
  size_t length;
  size_t page_bytes;
  int fd;
  int pipe[2]; /* -1 unless it holds the frames */
};

static void close_descriptor(int *fd) {
  if (*fd >= 0)
    close(*fd);
  *fd = -1;
}

static void close_pages(struct huge_pages *pages) {
  if (pages->host)
    munmap(pages->host, pages->length);
  pages->host = NULL;
  close_descriptor(&pages->pipe[0]);
  close_descriptor(&pages->pipe[1]);
  close_descriptor(&pages->fd);
}

static void finalize_pages(napi_env env, void *data, void *hint) {
  (void)env;
  (void)hint;
  close_pages(data);
  free(data);
}

/* The length becomes whole pages of the file's size, which fs/hugetlbfs tells as its block size. */
static int create_file(struct huge_pages *pages, double bytes, unsigned page_shift) {
  struct statfs status;
  pages->fd = (int)syscall(SYS_memfd_create, "physmem",
                           FLAG_CLOEXEC | FLAG_HUGETLB | (page_shift << SIZE_SHIFT));
  if (pages->fd < 0 || fstatfs(pages->fd, &status) != 0)
    return errno;
  pages->page_bytes = (size_t)status.f_bsize;
  double count = (bytes + (double)pages->page_bytes - 1) / (double)pages->page_bytes;
  if (!(count >= 1) || count * (double)pages->page_bytes > (double)(SIZE_MAX / 2))
    return EINVAL;
  pages->length = (size_t)count * pages->page_bytes;
  return ftruncate(pages->fd, (off_t)pages->length) == 0 ? 0 : errno;
}

/*
 * Takes each page by writing to it. A limit of a control group makes that a bus error, on kernels
 * that do not know POPULATE_WRITE: ENOMEM.
 */
static int write_pages(const struct huge_pages *pages) {
  uint32_t flag = PM_NO_FAULT;
  struct pm_fault fault = {.flag = &flag};
  struct pm_guard_slot *slot = pm_guard_add(pages->host, pages->length, &fault);
  if (!slot)
    return ENOMEM;
  for (size_t at = 0; at < pages->length && *fault.flag == PM_NO_FAULT; at += pages->page_bytes)
    pm_store32(pages->host + at, 0);
  int error = *fault.flag == PM_NO_FAULT ? 0 : ENOMEM;
  pm_guard_remove(slot);
  return error;
}

/*
 * mmap reserves the pages: ENOMEM when there are not enough. Only then are they taken: by the
 * kernel (5.14), which turns the bus error of a limit into EFAULT, and otherwise by writing.
 */
static int map_file(struct huge_pages *pages) {
  void *host = mmap(NULL, pages->length, PROT_READ | PROT_WRITE, MAP_SHARED, pages->fd, 0);
  if (host == MAP_FAILED)
    return errno;
  pages->host = host;
  if (madvise(host, pages->length, POPULATE_WRITE) != 0 && errno != EINVAL)
    return errno == EFAULT ? ENOMEM : errno;
  return write_pages(pages);
}

/* By its number: on 32-bit Arm glibc's headers call fcntl() fcntl64(), which musl lacks. */
static bool set_pipe_size(int fd, size_t bytes) {
#ifdef SYS_fcntl64
  return syscall(SYS_fcntl64, fd, F_SETPIPE_SZ, (long)bytes) >= 0;
#else
  return syscall(SYS_fcntl, fd, F_SETPIPE_SZ, (long)bytes) >= 0;
#endif
}

/*
 * Puts a part of each page into a pipe that nobody reads, which gives the kernel a reference that
 * it cannot move (mm/migrate.c, folio_migrate_mapping()): mlock alone does not forbid that.
 */
static bool pin(struct huge_pages *pages) {
  size_t part = pm_page_size();
  size_t count = pages->length / pages->page_bytes;
  if (pipe2(pages->pipe, O_CLOEXEC | O_NONBLOCK) != 0) {
    pages->pipe[0] = pages->pipe[1] = -1;
    return false;
  }
  bool done = count <= INT32_MAX / part && set_pipe_size(pages->pipe[1], count * part);
  for (size_t at = 0; done && at < pages->length; at += pages->page_bytes) {
    struct iovec piece = {.iov_base = pages->host + at, .iov_len = part};
    done = vmsplice(pages->pipe[1], &piece, 1, SPLICE_F_NONBLOCK) == (ssize_t)part;
  }
  if (!done) {
    close_descriptor(&pages->pipe[0]);
    close_descriptor(&pages->pipe[1]);
  }
  return done;
}

/* cache(flush, offset, length): false on a CPU that keeps that to the kernel. */
static napi_value cache_pages(napi_env env, napi_callback_info info) {
  napi_value arguments[3];
  void *data;
  bool flush;
  double offset, length;
  struct pm_cache_control control;
  uint32_t no_fault = PM_NO_FAULT;
  const struct pm_fault fault = {.flag = &no_fault};
  if (!pm_get_arguments(env, info, 3, arguments, &data) ||
      !pm_get_bool(env, arguments[0], &flush) || !pm_get_number(env, arguments[1], &offset) ||
      !pm_get_number(env, arguments[2], &length))
    return NULL;
  const struct huge_pages *pages = data;
  if (!pages->host || !(offset >= 0) || !(length >= 1) || offset + length > (double)pages->length)
    return pm_throw(env, "outside of the pages");
  bool can = pm_cache_find(&control);
  if (can)
    pm_cache_lines(&control, pages->host + (size_t)offset, (size_t)length,
                   flush ? PM_CACHE_FLUSH : PM_CACHE_CLEAN, &fault);
  return pm_bool(env, can);
}

static napi_value pages_close(napi_env env, napi_callback_info info) {
  void *pages;
  if (pm_get_data(env, info, &pages))
    close_pages(pages);
  return NULL;
}

static napi_value describe(napi_env env, struct huge_pages *pages, bool locked, bool pinned) {
  napi_value result, holder;
  if (napi_create_object(env, &result) != napi_ok ||
      napi_create_external(env, pages, finalize_pages, NULL, &holder) != napi_ok) {
    finalize_pages(env, pages, NULL);
    return pm_throw_errno(env, ENOMEM);
  }
  if (!pm_set(env, result, "fd", pm_int32(env, pages->fd)) ||
      !pm_set(env, result, "address", pm_u64(env, (uintptr_t)pages->host)) ||
      !pm_set(env, result, "length", pm_double(env, (double)pages->length)) ||
      !pm_set(env, result, "pageBytes", pm_double(env, (double)pages->page_bytes)) ||
      !pm_set(env, result, "locked", pm_bool(env, locked)) ||
      !pm_set(env, result, "pinned", pm_bool(env, pinned)) ||
      !pm_define_held(env, result, "cache", cache_pages, pages, holder) ||
      !pm_define_held(env, result, "close", pages_close, pages, holder))
    return pm_throw_errno(env, ENOMEM);
  return result;
}

/* hugePages(bytes, pageShift): 2^pageShift bytes a page, 0 for the system's own size. */
static napi_value huge_pages(napi_env env, napi_callback_info info) {
  napi_value arguments[2];
  double bytes, page_shift;
  if (!pm_get_arguments(env, info, 2, arguments, NULL) ||
      !pm_get_number(env, arguments[0], &bytes) || !pm_get_number(env, arguments[1], &page_shift))
    return NULL;
  if (!(bytes >= 1) || !(page_shift >= 0) || page_shift >= 64)
    return pm_throw(env, "bad arguments");
  struct huge_pages *pages = calloc(1, sizeof *pages);
  if (!pages)
    return pm_throw_errno(env, ENOMEM);
  pages->fd = pages->pipe[0] = pages->pipe[1] = -1;
  int error = create_file(pages, bytes, (unsigned)page_shift);
  if (!error)
    error = map_file(pages);
  if (error) {
    finalize_pages(env, pages, NULL);
    return pm_throw_errno(env, error);
  }
  /* A child would share them only until it executes something; it must not write to them. */
  madvise(pages->host, pages->length, MADV_DONTFORK);
  bool locked = mlock(pages->host, pages->length) == 0;
  return describe(env, pages, locked, pin(pages));
}

bool pm_init_hugepages(napi_env env, napi_value exports) {
  return pm_define(env, exports, "hugePages", huge_pages, NULL);
}
