#define _GNU_SOURCE
#include "agent_serial.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent_error.h"
#include "agent_number.h"
#include "agent_relay.h"
#include "agent_serve.h"
#include "agent_stop.h"
#include "agent_text.h"
#include "agent_tty.h"

#define USUAL_BAUD 115200u
#define LEAST_BAUD 300u
#define MOST_BAUD 20000000u

/* 0 where it is no number, or one that is too large. */
static uint32_t parse_baud(const char *text) {
  uint32_t baud = 0;
  if (*text == '0')
    return 0;
  for (; agent_is_digit(*text) && baud <= MOST_BAUD; text++)
    baud = baud * 10 + (uint32_t)(*text - '0');
  return *text || baud > MOST_BAUD ? 0 : baud;
}

bool agent_parse_serial(const char *text, struct agent_serial_line *line) {
  const char *comma = strrchr(text, ',');
  size_t length = comma ? (size_t)(comma - text) : strlen(text);
  if (!length || length >= sizeof line->path)
    return agent_malformed(text, "a serial line", "expected DEVICE or DEVICE,BAUD");
  memcpy(line->path, text, length);
  line->path[length] = 0;
  line->baud = comma ? parse_baud(comma + 1) : USUAL_BAUD;
  if (line->baud < LEAST_BAUD)
    return agent_malformed(text, "a serial line", "expected a baud rate from %u to %u", LEAST_BAUD,
                           MOST_BAUD);
  return true;
}

/* The line that is served. */
struct served {
  struct agent_relay relay; /* the first, so that each leads to the other */
  uint32_t baud;
  uint32_t silence_ms; /* that ends the session */
  pid_t child;         /* that serves the session; 0 for none */
  /* An answer that is owed: a kind of packet, and of which session; 0 for none. */
  enum pm_line_kind answer;
  uint32_t answer_to;
  uint8_t answer_data;
};

static void end_session(struct served *served) {
  if (!served->child)
    return;
  close(served->relay.source);
  close(served->relay.sink);
  served->relay.source = served->relay.sink = -1;
  kill(served->child, SIGKILL);
  while (waitpid(served->child, NULL, 0) < 0 && errno == EINTR)
    ;
  served->child = 0;
}

__attribute__((noreturn)) static void serve_child(const struct served *served, const int *requests,
                                                  const int *answers) {
  close(served->relay.tty);
  close(requests[1]);
  close(answers[0]);
  _exit(agent_serve(requests[0], answers[1]));
}

static bool start_session(struct served *served, uint32_t session, uint64_t now) {
  int requests[2], answers[2];
  if (pipe(requests))
    return false;
  if (pipe(answers)) {
    close(requests[0]);
    close(requests[1]);
    return false;
  }
  pid_t child = fork();
  if (!child)
    serve_child(served, requests, answers);
  close(requests[0]);
  close(answers[1]);
  served->relay.sink = requests[1];
  served->relay.source = answers[0];
  served->relay.source_ended = false;
  served->child = child;
  if (child < 0) {
    close(requests[1]);
    close(answers[0]);
    served->relay.source = served->relay.sink = -1;
    served->child = 0;
    return false;
  }
  agent_line_begin(&served->relay.line, PM_LINE_FROM_AGENT, session, served->baud, now);
  return true;
}

static void owe(struct served *served, enum pm_line_kind answer, uint32_t session, uint8_t data) {
  served->answer = answer;
  served->answer_to = session;
  served->answer_data = data;
}

static bool is_this_version(const struct agent_packet *packet) {
  return packet->bytes == PM_LINE_BEGIN_BYTES && *packet->data == PM_LINE_VERSION;
}

static uint32_t silence_of(const struct agent_packet *packet) {
  uint32_t silence_ms;
  memcpy(&silence_ms, packet->data + 1, sizeof silence_ms);
  return silence_ms < PM_LINE_MOST_SILENCE_MS ? silence_ms : PM_LINE_MOST_SILENCE_MS;
}

static void hear(struct agent_relay *relay, const struct agent_packet *packet, uint64_t now) {
  struct served *served = (struct served *)relay;
  bool is_ours = served->child && packet->session == relay->line.session;
  uint32_t session = packet->session;
  if (packet->kind == PM_LINE_BEGIN && !is_this_version(packet)) {
    owe(served, PM_LINE_END, session, PM_LINE_VERSIONS);
  } else if (packet->kind == PM_LINE_BEGIN) {
    if (!is_ours)
      end_session(served);
    served->silence_ms = silence_of(packet);
    if (is_ours || start_session(served, session, now))
      owe(served, PM_LINE_BEGIN, session, PM_LINE_VERSION);
    else
      owe(served, PM_LINE_END, session, PM_LINE_GONE);
  } else if (packet->kind == PM_LINE_END) {
    if (is_ours)
      end_session(served);
    owe(served, PM_LINE_END, session, PM_LINE_DONE);
  } else if (!is_ours && packet->kind != PM_LINE_ACK) {
    owe(served, PM_LINE_END, session, PM_LINE_UNKNOWN);
  }
}

static bool say(struct agent_relay *relay, uint64_t now, struct agent_packet *packet) {
  struct served *served = (struct served *)relay;
  (void)now;
  if (!served->answer)
    return false;
  *packet = (struct agent_packet){.kind = (uint8_t)(served->answer | PM_LINE_FROM_AGENT),
                                  .session = served->answer_to,
                                  .bytes = 1,
                                  .data = {served->answer_data}};
  served->answer = 0;
  return true;
}

static void serve_line(struct served *served) {
  struct agent_relay *relay = &served->relay;
  while (!relay->line_ended && !agent_stop) {
    uint64_t now = agent_relay_now();
    bool is_silent = now - relay->line.heard_at > served->silence_ms;
    if (served->child && (is_silent || agent_line_is_lost(&relay->line, now)))
      end_session(served);
    if (served->child && relay->source_ended) {
      owe(served, PM_LINE_END, relay->line.session, PM_LINE_GONE);
      end_session(served);
    }
    uint64_t end = relay->line.heard_at + served->silence_ms + 1;
    agent_relay_turn(relay, served->child ? end : UINT64_MAX);
  }
  end_session(served);
}

/* In the words of src/remote/reach/serial-channel.ts. */
static const char *why_not(int error) {
  switch (error) {
  case ENOENT:
    return "there is no such device (ENOENT)";
  case ENOTDIR:
    return "a part of its path is not a directory (ENOTDIR)";
  case EISDIR:
    return "it is a directory (EISDIR)";
  case EACCES:
    return "its permissions do not allow it (EACCES)";
  case EPERM:
    return "its permissions do not allow it (EPERM)";
  case EBUSY:
    return "another program uses it (EBUSY)";
  case ENOTTY:
    return "it is no serial line (ENOTTY)";
  case EINVAL:
    return "it does not have this rate (EINVAL)";
  case EIO:
    return "no hardware answers there (EIO)";
  case ENXIO:
    return "no hardware is there (ENXIO)";
  case ENODEV:
    return "no hardware is there (ENODEV)";
  default:
    return agent_errno_name(error);
  }
}

static const char *what_helps(int error) {
  switch (error) {
  case EACCES:
  case EPERM:
    return "become a member of the group that owns it, usually dialout, or run it as root";
  case EBUSY:
    return "end that program, such as a terminal program, or a getty on the line";
  case EINVAL:
    return "use a rate that the device has, at both ends: often 115200";
  default:
    return "find its name in /dev/ttyS*, /dev/ttyAMA*, /dev/ttyUSB* or /dev/ttyACM*";
  }
}

int agent_serve_serial(const char *text) {
  static struct agent_serial_line line;
  static struct served served;
  struct agent_tty tty;
  struct sigaction nothing = {.sa_handler = SIG_IGN};
  if (!agent_parse_serial(text, &line))
    return agent_tell_error();
  int error = agent_tty_open(&tty, line.path, line.baud);
  if (error) {
    agent_fail("%s at %u baud cannot be used: %s", agent_clip(line.path), line.baud,
               why_not(error));
    agent_advise("%s", what_helps(error));
    return agent_tell_error();
  }
  sigemptyset(&nothing.sa_mask);
  sigaction(SIGPIPE, &nothing, NULL);
  agent_listen();
  served = (struct served){.relay = {.tty = tty.fd,
                                     .source = -1,
                                     .sink = -1,
                                     .hear = hear,
                                     .say = say,
                                     .line = {.from = PM_LINE_FROM_AGENT}},
                           .baud = line.baud};
  serve_line(&served);
  agent_tty_close(&tty);
  agent_die_stopped();
  agent_fail("%s is gone", agent_clip(line.path));
  return agent_tell_error();
}
