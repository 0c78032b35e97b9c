/*
 * What Linux answers only to C: PAGEMAP_SCAN, which tells the holes of an address space; flock();
 * pipes; and a page of this process that has a known content and stays where it is, for probing
 * what shows it.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "access.h"
#include "addon.h"
#include "mapping.h"

/* include/uapi/linux/fs.h since Linux 6.7; older headers lack it. All members are 64 bits. */
enum { SIZE, FLAGS, START, END, WALK_END, VEC, VEC_LENGTH, SCAN_MEMBERS = 12 };
#define SCAN_BYTES (SCAN_MEMBERS * sizeof(uint64_t))
#define REGION_BYTES (3 * sizeof(uint64_t))
#define PAGEMAP_SCAN _IOC(_IOC_READ | _IOC_WRITE, 'f', 16, SCAN_BYTES)

/*
 * pagemapScan(fd, request: 12 64-bit words, regions: 3 each): fills in size and vector, and returns
 * the number of regions, or a negative errno. The kernel puts the end of its walk into the request.
 */
static napi_value pagemap_scan(napi_env env, napi_callback_info info) {
  napi_value arguments[3];
  double fd;
  void *request_bytes, *regions;
  size_t request_length, regions_length;
  if (!pm_get_arguments(env, info, 3, arguments, NULL) || !pm_get_number(env, arguments[0], &fd) ||
      !pm_get_bytes(env, arguments[1], &request_bytes, &request_length) ||
      !pm_get_bytes(env, arguments[2], &regions, &regions_length))
    return NULL;
  if (request_length != SCAN_BYTES || (uintptr_t)request_bytes % 8 || (uintptr_t)regions % 8)
    return pm_throw(env, "bad arguments");
  uint64_t *request = request_bytes;
  request[SIZE] = SCAN_BYTES;
  request[VEC] = (uintptr_t)regions;
  request[VEC_LENGTH] = regions_length / REGION_BYTES;
  int count = ioctl((int)fd, PAGEMAP_SCAN, request);
  return pm_int32(env, count < 0 ? -errno : count);
}

/* fileLock(fd): takes the lock of an open file, without waiting: 0, or a negative errno. */
static napi_value file_lock(napi_env env, napi_callback_info info) {
  napi_value argument;
  double fd;
  if (!pm_get_arguments(env, info, 1, &argument, NULL) || !pm_get_number(env, argument, &fd))
    return NULL;
  return pm_int32(env, flock((int)fd, LOCK_EX | LOCK_NB) < 0 ? -errno : 0);
}

/*
 * openPipe(ends: 2 32-bit words, bytes): puts in the descriptors of the end that is read and of the
 * one that is written, which no child inherits: 0, or a negative errno. That it holds so much is a
 * wish, which the kernel refuses beyond /proc/sys/fs/pipe-max-size.
 */
static napi_value open_pipe(napi_env env, napi_callback_info info) {
  napi_value arguments[2];
  void *ends;
  size_t length;
  double bytes;
  if (!pm_get_arguments(env, info, 2, arguments, NULL) ||
      !pm_get_bytes(env, arguments[0], &ends, &length) || !pm_get_number(env, arguments[1], &bytes))
    return NULL;
  if (length != 2 * sizeof(int) || (uintptr_t)ends % sizeof(int))
    return pm_throw(env, "bad arguments");
  if (pipe2(ends, O_CLOEXEC) != 0)
    return pm_int32(env, -errno);
  /* Not fcntl(), which is fcntl64() on 32-bit systems: musl has none, nor glibc before 2.28. */
  syscall(SYS_fcntl, ((int *)ends)[1], F_SETPIPE_SZ, (int)bytes);
  return pm_int32(env, 0);
}

struct own_page {
  uint8_t *host; /* NULL once closed */
  int pipe[2];   /* -1 unless it holds the frame */
};

static void close_pipe(struct own_page *page) {
  for (int end = 0; end < 2; end++) {
    if (page->pipe[end] >= 0)
      close(page->pipe[end]);
    page->pipe[end] = -1;
  }
}

static void close_page(struct own_page *page) {
  if (page->host)
    munmap(page->host, pm_page_size());
  page->host = NULL;
  close_pipe(page);
}

/*
 * Puts the frame into a pipe that nobody reads: the kernel then has a reference to it that it knows
 * nothing more of, and so cannot move the page (mm/migrate.c, folio_migrate_mapping()). mlock alone
 * only keeps it from being swapped out.
 */
static bool pin_page(struct own_page *page) {
  struct iovec whole = {.iov_base = page->host, .iov_len = pm_page_size()};
  if (pipe2(page->pipe, O_CLOEXEC | O_NONBLOCK) != 0) {
    page->pipe[0] = page->pipe[1] = -1;
    return false;
  }
  if (vmsplice(page->pipe[1], &whole, 1, SPLICE_F_NONBLOCK) == (ssize_t)whole.iov_len)
    return true;
  close_pipe(page);
  return false;
}

static void finalize_page(napi_env env, void *data, void *hint) {
  (void)env;
  (void)hint;
  close_page(data);
  free(data);
}

static uint8_t *place_in(napi_env env, const struct own_page *page, napi_value value) {
  double offset;
  if (!pm_get_number(env, value, &offset))
    return NULL;
  if (page->host && offset >= 0 && offset + 4 <= (double)pm_page_size() && (size_t)offset % 4 == 0)
    return page->host + (size_t)offset;
  pm_throw(env, "outside of the page");
  return NULL;
}

/* read32(offset): a load, since others may have changed the page through physical memory. */
static napi_value page_read32(napi_env env, napi_callback_info info) {
  napi_value argument;
  void *page;
  if (!pm_get_arguments(env, info, 1, &argument, &page))
    return NULL;
  const uint8_t *place = place_in(env, page, argument);
  if (!place)
    return NULL;
  return pm_uint32(env, pm_load32(place));
}

static napi_value page_write32(napi_env env, napi_callback_info info) {
  napi_value arguments[2];
  void *page;
  uint64_t value;
  if (!pm_get_arguments(env, info, 2, arguments, &page))
    return NULL;
  uint8_t *place = place_in(env, page, arguments[0]);
  if (place && pm_get_u64(env, arguments[1], &value))
    pm_store32(place, (uint32_t)value);
  return NULL;
}

static napi_value page_close(napi_env env, napi_callback_info info) {
  void *page;
  if (pm_get_data(env, info, &page))
    close_page(page);
  return NULL;
}

/* A frame of our own: written, so that it is not the zero page. NULL, with errno, without one. */
static uint8_t *map_page(bool *locked) {
  size_t length = pm_page_size();
  uint8_t *host = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (host == MAP_FAILED)
    return NULL;
  /* A child would share the frame, and the next write here would go to another one. */
  madvise(host, length, MADV_DONTFORK);
  /* Never part of a huge page: collapsing one copies it. */
  madvise(host, length, MADV_NOHUGEPAGE);
  *locked = mlock(host, length) == 0;
  pm_store32(host, 0);
  return host;
}

/* ownPage(): its address, whether it is locked and pinned, read32, write32 and close. */
static napi_value own_page(napi_env env, napi_callback_info info) {
  napi_value result, holder;
  bool is_locked = false;
  (void)info;
  struct own_page *page = calloc(1, sizeof *page);
  if (!page)
    return pm_throw_errno(env, ENOMEM);
  page->pipe[0] = page->pipe[1] = -1;
  page->host = map_page(&is_locked);
  if (!page->host) {
    int number = errno;
    free(page);
    return pm_throw_errno(env, number);
  }
  bool is_pinned = pin_page(page);
  if (napi_create_object(env, &result) != napi_ok ||
      napi_create_external(env, page, finalize_page, NULL, &holder) != napi_ok) {
    close_page(page);
    free(page);
    return pm_throw_errno(env, ENOMEM);
  }
  if (!pm_set(env, result, "address", pm_u64(env, (uintptr_t)page->host)) ||
      !pm_set(env, result, "locked", pm_bool(env, is_locked)) ||
      !pm_set(env, result, "pinned", pm_bool(env, is_pinned)) ||
      !pm_define_held(env, result, "read32", page_read32, page, holder) ||
      !pm_define_held(env, result, "write32", page_write32, page, holder) ||
      !pm_define_held(env, result, "close", page_close, page, holder))
    return pm_throw_errno(env, ENOMEM);
  return result;
}

bool pm_init_linux(napi_env env, napi_value exports) {
  return pm_define(env, exports, "pagemapScan", pagemap_scan, NULL) &&
         pm_define(env, exports, "fileLock", file_lock, NULL) &&
         pm_define(env, exports, "openPipe", open_pipe, NULL) &&
         pm_define(env, exports, "ownPage", own_page, NULL);
}
