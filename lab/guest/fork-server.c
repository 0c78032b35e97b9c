/*
 * The system calls of guest/fork-server.cjs: one Node process that has loaded what the command
 * consists of, and forks for each command line. A command is a process of its own, as if it had
 * been started by hand, except for Node's start, which takes more than half a second under
 * emulation.
 *
 * Node has no such thing as fork(2). It works here because the server runs with --single-threaded,
 * so that V8 waits for no thread, and because the server has not used libuv's threads or handles.
 */
#define _GNU_SOURCE
#include <node_api.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* uv.h: int uv_loop_fork(uv_loop_t *loop), for the child after fork(2). */
struct uv_loop_s;
extern int uv_loop_fork(struct uv_loop_s *loop);

enum { RUNNER = 3, STREAMS = 3 };

static napi_value fail(napi_env env, const char *what) {
  napi_throw_error(env, NULL, what);
  return NULL;
}

/* V8's heap is marked MADV_DONTFORK (v8_enable_private_mapping_fork_optimization). */
static int share_memory(void) {
  FILE *maps = fopen("/proc/self/maps", "re");
  if (maps == NULL) return -1;
  char line[4096];
  unsigned long start, end;
  while (fgets(line, sizeof line, maps) != NULL)
    if (sscanf(line, "%lx-%lx", &start, &end) == 2)
      madvise((void *)start, end - start, MADV_DOFORK); /* refused for [vsyscall] alone */
  fclose(maps);
  return 0;
}

/* The next request: words that end in NUL, and the three standard streams. */
static ssize_t receive(char *words, size_t size, int streams[STREAMS]) {
  char control[CMSG_SPACE(STREAMS * sizeof(int))];
  struct iovec part = {words, size};
  struct msghdr message = {
      .msg_iov = &part,
      .msg_iovlen = 1,
      .msg_control = control,
      .msg_controllen = sizeof control,
  };
  ssize_t length = recvmsg(RUNNER, &message, MSG_CMSG_CLOEXEC);
  struct cmsghdr *passed = length > 0 ? CMSG_FIRSTHDR(&message) : NULL;
  if (passed == NULL || passed->cmsg_len != CMSG_LEN(STREAMS * sizeof(int))) return -1;
  memcpy(streams, CMSG_DATA(passed), STREAMS * sizeof(int));
  return length;
}

/*
 * Forks twice, so that process 1, the runner, becomes the parent. It is told the number before the
 * command begins. The process between has the server's memory, as long as it lives, and changes
 * nothing there: so the tables of some 80 MB of pages are copied once. Returns 1 in the command, 0 in
 * the server.
 */
static int become_command(const int streams[STREAMS]) {
  pid_t between = vfork();
  if (between == 0) {
    pid_t command = fork();
    if (command == 0) {
      setsid();
      for (int i = 0; i < STREAMS; i++) dup2(streams[i], i);
      close(RUNNER);
    } else {
      send(RUNNER, &command, sizeof command, 0);
      _exit(0);
    }
  } else if (between > 0) {
    waitpid(between, NULL, 0);
  } else {
    send(RUNNER, &between, sizeof between, 0);
  }
  for (int i = 0; i < STREAMS; i++) close(streams[i]);
  return between == 0;
}

/* serve(): returns in each command, with its words; never in the server. */
static napi_value serve(napi_env env, napi_callback_info info) {
  static char words[1 << 16];
  (void)info;
  struct uv_loop_s *loop;
  if (napi_get_uv_event_loop(env, &loop) != napi_ok) return fail(env, "no event loop");
  if (share_memory() != 0) return fail(env, "/proc/self/maps cannot be read");
  for (;;) {
    int streams[STREAMS];
    ssize_t length = receive(words, sizeof words, streams);
    if (length < 0) _exit(0); /* the runner has gone */
    if (!become_command(streams)) continue;
    napi_value text;
    if (uv_loop_fork(loop) != 0) return fail(env, "the event loop does not survive fork");
    if (napi_create_string_utf8(env, words, (size_t)length, &text) != napi_ok) return NULL;
    return text;
  }
}

/* leave(code): without Node's own end, which would wait for threads that only the server has. */
static napi_value leave(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value argument;
  int32_t code = 1;
  napi_get_cb_info(env, info, &count, &argument, NULL, NULL);
  napi_get_value_int32(env, argument, &code);
  _exit(code);
}

NAPI_MODULE_INIT() {
  napi_property_descriptor functions[] = {
      {"serve", NULL, serve, NULL, NULL, NULL, napi_enumerable, NULL},
      {"leave", NULL, leave, NULL, NULL, NULL, napi_enumerable, NULL},
  };
  napi_define_properties(env, exports, 2, functions);
  return exports;
}
