/*
 * Interrupts for JavaScript: a thread waits on the descriptor of a UIO device, takes its 4-byte
 * count and the time, and tells the thread that asked. What comes faster than it can be told is
 * told as one, with the latest count, so that nothing piles up.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include "addon.h"
#include "thread.h"

struct watch {
  int fd;   /* a duplicate: the caller may close its own at any time */
  int stop; /* an eventfd, readable when the thread is to end */
  pthread_t thread;
  bool running; /* of the JavaScript thread only, as are the next two */
  napi_threadsafe_function tell;
  unsigned owners; /* the object and the function: who goes last frees */

  pthread_mutex_t lock; /* of what follows */
  bool told;            /* a call is under way, which will take the news */
  bool arrived;
  uint32_t count;
  uint64_t time_ns;
  int error; /* ended the thread */
};

static uint64_t now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static void publish(struct watch *watch, uint32_t count, int error) {
  uint64_t time_ns = now_ns();
  pthread_mutex_lock(&watch->lock);
  if (error) {
    watch->error = error;
  } else {
    watch->arrived = true;
    watch->count = count;
    watch->time_ns = time_ns;
  }
  bool told = watch->told;
  watch->told = true;
  pthread_mutex_unlock(&watch->lock);
  if (!told)
    napi_call_threadsafe_function(watch->tell, NULL, napi_tsfn_nonblocking);
}

static void *wait_for_interrupts(void *data) {
  struct watch *watch = data;
  struct pollfd files[2] = {{.fd = watch->fd, .events = POLLIN},
                            {.fd = watch->stop, .events = POLLIN}};
  prctl(PR_SET_NAME, PM_THREAD_NAME);
  for (;;) {
    uint32_t count;
    if (poll(files, 2, -1) < 0 && errno != EINTR) {
      publish(watch, 0, errno);
      return NULL;
    }
    if (files[1].revents)
      return NULL;
    if (!files[0].revents)
      continue;
    /* drivers/uio/uio.c, uio_read(): 4 bytes, or an error; a file that ends is none of its devices.
     */
    ssize_t got = read(watch->fd, &count, sizeof count);
    int error = got == sizeof count ? 0 : got < 0 ? errno : EIO;
    if (error == EINTR || error == EAGAIN)
      continue;
    publish(watch, count, error);
    if (error)
      return NULL;
  }
}

static void call_back(napi_env env, napi_value callback, uint32_t count, uint64_t time_ns,
                      int error) {
  napi_value arguments[3], undefined;
  if (napi_create_uint32(env, count, &arguments[0]) == napi_ok &&
      napi_create_bigint_uint64(env, time_ns, &arguments[1]) == napi_ok &&
      napi_create_int32(env, error, &arguments[2]) == napi_ok &&
      napi_get_undefined(env, &undefined) == napi_ok)
    napi_call_function(env, undefined, callback, 3, arguments, NULL);
}

/* On the JavaScript thread. Without an environment it only should free data, of which there is
 * none. */
static void tell(napi_env env, napi_value callback, void *context, void *data) {
  struct watch *watch = context;
  (void)data;
  if (!env)
    return;
  pthread_mutex_lock(&watch->lock);
  bool arrived = watch->arrived;
  uint32_t count = watch->count;
  uint64_t time_ns = watch->time_ns;
  int error = watch->error;
  watch->told = watch->arrived = false;
  pthread_mutex_unlock(&watch->lock);
  if (arrived)
    call_back(env, callback, count, time_ns, 0);
  if (error && watch->running)
    call_back(env, callback, 0, 0, error);
}

static void disown(struct watch *watch) {
  if (--watch->owners == 0)
    free(watch);
}

static void finalize_object(napi_env env, void *data, void *hint) {
  (void)env;
  (void)hint;
  disown(data);
}

static void finalize_function(napi_env env, void *data, void *hint) {
  (void)env;
  (void)hint;
  disown(data);
}

static void close_files(struct watch *watch) {
  close(watch->fd);
  close(watch->stop);
}

/* Also when the environment ends: the thread must be gone before the function is. */
static void stop_watch(void *data) {
  struct watch *watch = data;
  uint64_t one = 1;
  if (!watch->running)
    return;
  watch->running = false;
  /* An eventfd of its own takes this always. */
  if (write(watch->stop, &one, sizeof one) == sizeof one)
    pthread_join(watch->thread, NULL);
  close_files(watch);
  pthread_mutex_destroy(&watch->lock);
  napi_release_threadsafe_function(watch->tell, napi_tsfn_abort);
}

/* close(): ends the thread; there are no calls from then on. */
static napi_value watch_close(napi_env env, napi_callback_info info) {
  void *data;
  napi_get_cb_info(env, info, NULL, NULL, NULL, &data);
  struct watch *watch = data;
  if (watch->running)
    napi_remove_env_cleanup_hook(env, stop_watch, watch);
  stop_watch(watch);
  return NULL;
}

/* hold(on): whether the process stays for an interrupt to come. */
static napi_value watch_hold(napi_env env, napi_callback_info info) {
  napi_value argument;
  void *data;
  bool on;
  if (!pm_get_arguments(env, info, 1, &argument, &data) || !pm_get_bool(env, argument, &on))
    return NULL;
  const struct watch *watch = data;
  if (!watch->running)
    return NULL;
  if (on)
    napi_ref_threadsafe_function(env, watch->tell);
  else
    napi_unref_threadsafe_function(env, watch->tell);
  return NULL;
}

/* The descriptors, or an errno. */
static int open_files(struct watch *watch, int fd) {
  watch->fd = dup(fd);
  if (watch->fd < 0)
    return errno;
  ioctl(watch->fd, FIOCLEX); /* glibc may call fcntl() fcntl64(), which musl lacks */
  watch->stop = eventfd(0, EFD_CLOEXEC);
  if (watch->stop >= 0)
    return 0;
  int error = errno;
  close(watch->fd);
  return error;
}

/* The object with its functions, which keep the watch; the watch then has one more owner. */
static bool make_object(napi_env env, struct watch *watch, napi_value *object) {
  napi_value holder;
  if (napi_create_object(env, object) != napi_ok ||
      napi_create_external(env, watch, finalize_object, NULL, &holder) != napi_ok)
    return false;
  watch->owners++;
  return pm_define_held(env, *object, "hold", watch_hold, watch, holder) &&
         pm_define_held(env, *object, "close", watch_close, watch, holder);
}

/* watchInterrupts(fd, callback(count, timeNs, errno)): throws an Error with `errno`. */
static napi_value watch_interrupts(napi_env env, napi_callback_info info) {
  napi_value arguments[2], name, object;
  double fd;
  if (!pm_get_arguments(env, info, 2, arguments, NULL) || !pm_get_number(env, arguments[0], &fd))
    return NULL;
  struct watch *watch = calloc(1, sizeof *watch);
  if (!watch)
    return pm_throw_errno(env, ENOMEM);
  int error = open_files(watch, (int)fd);
  if (error) {
    free(watch);
    return pm_throw_errno(env, error);
  }
  napi_create_string_utf8(env, "physmem interrupts", NAPI_AUTO_LENGTH, &name);
  if (napi_create_threadsafe_function(env, arguments[1], NULL, name, 0, 1, watch, finalize_function,
                                      watch, tell, &watch->tell) != napi_ok) {
    close_files(watch);
    free(watch);
    return pm_throw(env, "expected a function");
  }
  watch->owners = 1;
  pthread_mutex_init(&watch->lock, NULL);
  napi_unref_threadsafe_function(env, watch->tell);
  bool made = make_object(env, watch, &object);
  error = made ? pm_thread_start(&watch->thread, wait_for_interrupts, watch) : 0;
  if (!made || error) {
    close_files(watch);
    napi_release_threadsafe_function(watch->tell, napi_tsfn_abort);
    return made ? pm_throw_errno(env, error) : NULL;
  }
  watch->running = true;
  napi_add_env_cleanup_hook(env, stop_watch, watch);
  return object;
}

bool pm_init_uio(napi_env env, napi_value exports) {
  return pm_define(env, exports, "watchInterrupts", watch_interrupts, NULL);
}
