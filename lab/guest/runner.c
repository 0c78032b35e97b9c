/*
 * The lab's guest side: runs the host's commands and sends back what they print.
 *
 * One virtio-serial port carries frames both ways: a 12-byte header (type, id, payload length, each
 * a little-endian 32-bit number) and the payload. Many commands may run at once, each with its own
 * id. Static C rather than a script because starting Node costs seconds under emulation, and a
 * shell cannot keep standard output and standard error apart and byte-exact.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fork-client.h"

enum { EXEC = 1, STDIN = 2, STDIN_END = 3, KILL = 4, RUN = 5 };
enum { READY = 16, STDOUT = 17, STDERR = 18, EXITED = 19 };
enum { MAX_COMMANDS = 32, CHUNK = 32768 };

struct header {
  uint32_t type;
  uint32_t id;
  uint32_t length;
};

struct command {
  uint32_t id;
  pid_t pid; /* 0: the slot is free */
  int in, out, err;
  int exited, status;
  int input_ended;
  uint8_t *input;
  size_t input_length;
};

static struct command commands[MAX_COMMANDS];
static int port;

static void die(const char *what) {
  fprintf(stderr, "lab runner: %s: %s\n", what, strerror(errno));
  exit(1);
}

static void write_all(const void *data, size_t length) {
  const uint8_t *at = data;
  while (length > 0) {
    ssize_t n = write(port, at, length);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) die("write to the host");
    at += n;
    length -= (size_t)n;
  }
}

/* 0 when the host has closed its end. */
static int read_all(void *data, size_t length) {
  uint8_t *at = data;
  while (length > 0) {
    ssize_t n = read(port, at, length);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return 0;
    at += n;
    length -= (size_t)n;
  }
  return 1;
}

static void send_frame(uint32_t type, uint32_t id, const void *payload, uint32_t length) {
  struct header header = {type, id, length};
  write_all(&header, sizeof header);
  write_all(payload, length);
}

static struct command *find(uint32_t id) {
  for (int i = 0; i < MAX_COMMANDS; i++)
    if (commands[i].pid != 0 && commands[i].id == id) return &commands[i];
  return NULL;
}

static void close_end(int *fd) {
  if (*fd >= 0) close(*fd);
  *fd = -1;
}

static void child(const char *line, int in, int out, int err) {
  setsid();
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  signal(SIGPIPE, SIG_DFL);
  dup2(in, 0);
  dup2(out, 1);
  dup2(err, 2);
  execl("/bin/sh", "sh", "-c", line, (char *)NULL);
  _exit(127);
}

static pid_t start_shell(const char *line, int in, int out, int err) {
  pid_t pid = fork();
  if (pid < 0) die("fork");
  if (pid == 0) child(line, in, out, err);
  return pid;
}

/* EXEC has a command line for the shell, RUN words for the product's command, each with a NUL. */
static void start(const struct header *header, const uint8_t *payload) {
  uint32_t id = header->id;
  int in[2], out[2], err[2], code = 126;
  struct command *slot = NULL;
  for (int i = 0; i < MAX_COMMANDS && slot == NULL; i++)
    if (commands[i].pid == 0) slot = &commands[i];
  if (slot == NULL) {
    send_frame(EXITED, id, &code, sizeof code);
    return;
  }
  if (pipe2(in, O_CLOEXEC) || pipe2(out, O_CLOEXEC) || pipe2(err, O_CLOEXEC)) die("pipe");
  pid_t pid = header->type == RUN ? start_forked(payload, header->length, in[0], out[1], err[1])
                                  : start_shell((const char *)payload, in[0], out[1], err[1]);
  close(in[0]);
  close(out[1]);
  close(err[1]);
  if (pid < 0) { /* the server is gone */
    static const char told[] = "lab runner: no process could be had of the fork server\n";
    send_frame(STDERR, id, told, sizeof told - 1);
    send_frame(EXITED, id, &code, sizeof code);
    close(in[1]);
    close(out[0]);
    close(err[0]);
    return;
  }
  fcntl(in[1], F_SETFL, O_NONBLOCK);
  *slot = (struct command){.id = id, .pid = pid, .in = in[1], .out = out[0], .err = err[0]};
}

static void drop_input(struct command *c) {
  free(c->input);
  c->input = NULL;
  c->input_length = 0;
  close_end(&c->in);
}

static void queue_input(struct command *c, const uint8_t *data, size_t length) {
  if (c->in < 0 || length == 0) return;
  uint8_t *grown = realloc(c->input, c->input_length + length);
  if (grown == NULL) die("memory for standard input");
  memcpy(grown + c->input_length, data, length);
  c->input = grown;
  c->input_length += length;
}

static void feed_input(struct command *c) {
  ssize_t n = write(c->in, c->input, c->input_length);
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (n < 0) { /* the command does not read any further */
    drop_input(c);
    return;
  }
  c->input_length -= (size_t)n;
  memmove(c->input, c->input + n, c->input_length);
}

static void forward(struct command *c, int *fd, uint32_t type) {
  static uint8_t buffer[CHUNK];
  ssize_t n = read(*fd, buffer, sizeof buffer);
  if (n < 0 && errno == EINTR) return;
  if (n <= 0) {
    close_end(fd);
    return;
  }
  send_frame(type, c->id, buffer, (uint32_t)n);
}

static void take_frame(void) {
  struct header header;
  if (!read_all(&header, sizeof header)) die("the host has gone");
  uint8_t *payload = malloc((size_t)header.length + 1);
  if (payload == NULL) die("memory for a request");
  if (!read_all(payload, header.length)) die("the host has gone");
  payload[header.length] = 0;
  struct command *c = find(header.id);
  if (header.type == EXEC || header.type == RUN) start(&header, payload);
  if (header.type == STDIN && c != NULL) queue_input(c, payload, header.length);
  if (header.type == STDIN_END && c != NULL) c->input_ended = 1;
  if (header.type == KILL && c != NULL && !c->exited) kill(-c->pid, SIGKILL);
  free(payload);
}

/* Also collects orphans: this is process 1. */
static void reap(void) {
  int status;
  pid_t pid;
  while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
    for (int i = 0; i < MAX_COMMANDS; i++)
      if (commands[i].pid == pid) {
        commands[i].exited = 1;
        commands[i].status = status;
      }
}

/*
 * A command is over when it has exited and its pipes are empty. A background process that it
 * left behind keeps the pipes open, so what is there is read and no end of file is waited for.
 */
static void finish(struct command *c) {
  int *ends[2] = {&c->out, &c->err};
  for (int i = 0; i < 2; i++) {
    if (*ends[i] < 0) continue;
    fcntl(*ends[i], F_SETFL, O_NONBLOCK);
    struct pollfd ready = {*ends[i], POLLIN, 0};
    while (*ends[i] >= 0 && poll(&ready, 1, 0) > 0 && (ready.revents & POLLIN))
      forward(c, ends[i], i == 0 ? STDOUT : STDERR);
    close_end(ends[i]);
  }
  drop_input(c);
  int32_t code = WIFSIGNALED(c->status) ? 128 + WTERMSIG(c->status) : WEXITSTATUS(c->status);
  send_frame(EXITED, c->id, &code, sizeof code);
  c->pid = 0;
}

static void on_child(int signal) {
  (void)signal; /* only interrupts ppoll */
}

static void serve(const sigset_t *waiting) {
  struct pollfd fds[1 + 3 * MAX_COMMANDS];
  fds[0] = (struct pollfd){port, POLLIN, 0};
  for (int i = 0; i < MAX_COMMANDS; i++) {
    struct command *c = &commands[i];
    int used = c->pid != 0;
    if (used && c->input_ended && c->input_length == 0) close_end(&c->in);
    fds[1 + 3 * i] = (struct pollfd){used && c->input_length > 0 ? c->in : -1, POLLOUT, 0};
    fds[2 + 3 * i] = (struct pollfd){used ? c->out : -1, POLLIN, 0};
    fds[3 + 3 * i] = (struct pollfd){used ? c->err : -1, POLLIN, 0};
  }
  int ready = ppoll(fds, sizeof fds / sizeof fds[0], NULL, waiting);
  if (ready < 0 && errno != EINTR) die("poll");
  reap();
  if (ready > 0 && (fds[0].revents & (POLLIN | POLLHUP))) take_frame();
  for (int i = 0; i < MAX_COMMANDS; i++) {
    struct command *c = &commands[i];
    if (c->pid == 0) continue;
    if (ready > 0 && c->in >= 0 && fds[1 + 3 * i].revents && c->input_length > 0) feed_input(c);
    if (ready > 0 && c->out >= 0 && fds[2 + 3 * i].revents) forward(c, &c->out, STDOUT);
    if (ready > 0 && c->err >= 0 && fds[3 + 3 * i].revents) forward(c, &c->err, STDERR);
    if (c->exited) finish(c);
  }
}

int main(int count, char **arguments) {
  if (count != 2) return 2;
  port = open(arguments[1], O_RDWR | O_CLOEXEC);
  if (port < 0) die(arguments[1]);
  signal(SIGPIPE, SIG_IGN);
  struct sigaction action = {.sa_handler = on_child};
  sigaction(SIGCHLD, &action, NULL);
  sigset_t blocked, waiting;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGCHLD);
  sigprocmask(SIG_BLOCK, &blocked, &waiting);
  send_frame(READY, 0, "", 0);
  for (;;) serve(&waiting);
}
