/*
 * The runner's side of guest/fork-server.c: asks for a process that runs the command. The server is
 * started at the first request.
 */
#ifndef FORK_CLIENT_H
#define FORK_CLIENT_H

#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>

static int fork_server = -1;

static void start_fork_server(void) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) return;
  pid_t pid = fork();
  if (pid == 0) {
    setsid();
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_DFL);
    /* Not an end itself: then it would keep its close-on-exec flag. */
    int end = fcntl(ends[1], F_DUPFD, 10);
    dup2(end, 3);
    close(end);
    execl("/usr/bin/node", "node", "--single-threaded", "/opt/physmem/build/run/fork-server.cjs",
          (char *)NULL);
    _exit(127);
  }
  close(ends[1]);
  if (pid > 0) fork_server = ends[0];
  else close(ends[0]);
}

/* A process of its own session with these streams, a child of process 1; or -1. */
static pid_t start_forked(const uint8_t *words, size_t length, int in, int out, int err) {
  if (fork_server < 0) start_fork_server();
  int streams[3] = {in, out, err};
  char control[CMSG_SPACE(sizeof streams)] = {0};
  struct iovec part = {(void *)words, length};
  struct msghdr message = {
      .msg_iov = &part,
      .msg_iovlen = 1,
      .msg_control = control,
      .msg_controllen = sizeof control,
  };
  struct cmsghdr *passed = CMSG_FIRSTHDR(&message);
  passed->cmsg_level = SOL_SOCKET;
  passed->cmsg_type = SCM_RIGHTS;
  passed->cmsg_len = CMSG_LEN(sizeof streams);
  memcpy(CMSG_DATA(passed), streams, sizeof streams);
  pid_t pid = -1;
  ssize_t got = -1;
  if (sendmsg(fork_server, &message, 0) == (ssize_t)length)
    do got = recv(fork_server, &pid, sizeof pid, 0);
    while (got < 0 && errno == EINTR);
  if (got == sizeof pid) return pid;
  close(fork_server);
  fork_server = -1; /* the next request starts another one */
  return -1;
}

#endif
