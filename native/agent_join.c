#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "agent_error.h"
#include "agent_number.h"
#include "agent_relay.h"
#include "agent_serial.h"
#include "agent_stop.h"
#include "agent_text.h"
#include "agent_tty.h"

#define BEGIN_MS 250u /* until a session is begun again, if nothing answers */
#define END_MS 100u   /* until the end is said again */
#define LAST_MS 1000u /* until nobody waits for its answer any more */
#define ECHOES 12u    /* so often nothing but what is sent comes back: no agent is about to begin */

/* What is shown of text in place of an agent's words. */
#define TEXT_MOST (64u << 10)
#define TEXT_MS 100u /* without more, until it is no packet under way */

/* Why it ended, as src/remote/reach/serial-channel.ts reads it. */
static const char lost[] = "lost", silent[] = "silent", gone[] = "gone", ended[] = "ended",
                  unknown[] = "unknown", versions[] = "versions", echo[] = "echo";

/* The client's end. */
struct joined {
  struct agent_relay relay; /* the first, so that each leads to the other */
  uint32_t silence_ms;      /* of it the line counts as lost */
  uint32_t ask_ms;          /* of it the other side is asked whether it is there */
  bool begun, ends, is_over;
  const char *why; /* NULL where all is well */
  uint64_t said_at, ends_at;
  /* What came since the last flag, and is not shown yet: it may be a packet. */
  char text[PM_LINE_WIRE];
  size_t text_bytes, shown_bytes;
  uint64_t text_at;
};

static const char *why_of(const struct agent_packet *packet) {
  switch (packet->bytes ? *packet->data : PM_LINE_DONE) {
  case PM_LINE_UNKNOWN:
    return unknown;
  case PM_LINE_VERSIONS:
    return versions;
  default:
    return ended;
  }
}

static void hear(struct agent_relay *relay, const struct agent_packet *packet, uint64_t now) {
  struct joined *joined = (struct joined *)relay;
  if (packet->session != relay->line.session)
    return;
  relay->line.heard_at = now;
  if (packet->kind != (PM_LINE_END | PM_LINE_FROM_AGENT)) {
    /* Whatever else comes of this session, the agent has begun it. */
    joined->begun = true;
    return;
  }
  joined->is_over = true;
  joined->why = joined->ends ? NULL : why_of(packet);
}

/* Between two packets that say the same. */
static uint64_t pause_of(const struct joined *joined) {
  return joined->ends ? END_MS : joined->begun ? joined->ask_ms : BEGIN_MS;
}

static bool say(struct agent_relay *relay, uint64_t now, struct agent_packet *packet) {
  struct joined *joined = (struct joined *)relay;
  enum pm_line_kind kind = joined->ends ? PM_LINE_END : joined->begun ? PM_LINE_ASK : PM_LINE_BEGIN;
  bool is_heard = joined->begun && !joined->ends && now - relay->line.heard_at < joined->ask_ms;
  if (is_heard || now - joined->said_at < pause_of(joined))
    return false;
  joined->said_at = now;
  *packet = agent_line_packet(&relay->line, kind);
  if (kind == PM_LINE_ASK)
    return true;
  packet->bytes = 1;
  packet->data[0] = PM_LINE_DONE;
  if (kind == PM_LINE_BEGIN) {
    packet->data[0] = PM_LINE_VERSION;
    memcpy(packet->data + 1, &joined->silence_ms, sizeof joined->silence_ms);
    packet->bytes = PM_LINE_BEGIN_BYTES;
  }
  return true;
}

/* Others read it with the words of the agent: none of it is one of these. */
static void show_text(struct joined *joined) {
  char *text = joined->text;
  for (size_t i = 0; i < joined->text_bytes; i++)
    if (text[i] != '\n' && (text[i] < ' ' || text[i] > '~'))
      text[i] = '.';
  agent_write_all(joined->relay.sink, text, joined->text_bytes);
  joined->shown_bytes += joined->text_bytes;
  joined->text_bytes = 0;
}

static void overhear(struct agent_relay *relay, uint8_t byte, bool is_packet, uint64_t now) {
  struct joined *joined = (struct joined *)relay;
  bool is_full = joined->text_bytes == sizeof joined->text;
  if (joined->begun || joined->shown_bytes >= TEXT_MOST)
    return;
  if (is_packet) {
    joined->text_bytes = 0;
    return;
  }
  if (is_full || byte == PM_LINE_FLAG)
    show_text(joined);
  joined->text_at = now;
  if (byte != PM_LINE_FLAG)
    joined->text[joined->text_bytes++] = (char)byte;
}

static void look_for_end(struct joined *joined, uint64_t now) {
  struct agent_relay *relay = &joined->relay;
  const char *why = NULL;
  if (joined->text_bytes && now - joined->text_at >= TEXT_MS)
    show_text(joined);
  if (relay->line_ended)
    why = gone;
  else if (joined->ends)
    joined->is_over = joined->is_over || now - joined->ends_at >= LAST_MS;
  else if (!joined->begun && relay->echoes >= ECHOES)
    why = echo;
  else if (joined->begun && now - relay->line.heard_at >= joined->silence_ms)
    why = silent;
  else if (joined->begun && agent_line_is_lost(&relay->line, now))
    why = lost;
  if (why && !joined->is_over) {
    joined->is_over = true;
    joined->why = joined->ends ? NULL : why;
  }
  if ((relay->source_ended || agent_stop) && !joined->ends) {
    joined->ends = true;
    joined->ends_at = now;
    joined->said_at = 0;
    relay->source = -1;
    /* Nobody is there that has begun anything. */
    joined->is_over = joined->is_over || (!joined->begun && relay->wire_done == relay->wire_bytes);
  }
}

static int carry(struct joined *joined) {
  for (;;) {
    uint64_t now = agent_relay_now();
    look_for_end(joined, now);
    if (joined->is_over)
      break;
    agent_relay_turn(&joined->relay, now + pause_of(joined) / 2);
  }
  if (joined->why)
    agent_complain("%s", joined->why);
  return joined->why ? AGENT_FAILED : AGENT_DONE;
}

/* One that no other session has, so that what is left of these on the line is none of it. */
static int choose_session(uint32_t *session) {
  int fd = open("/dev/urandom", O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return errno;
  ssize_t count = read(fd, session, sizeof *session);
  close(fd);
  return count == sizeof *session ? 0 : EIO;
}

int agent_join_serial(const char *text, const char *silence) {
  static struct agent_serial_line at;
  static struct joined joined;
  struct agent_tty tty;
  uint32_t session;
  uint64_t silence_ms = 15000;
  struct sigaction nothing = {.sa_handler = SIG_IGN};
  if (!agent_parse_serial(text, &at))
    return agent_tell_error();
  if (silence && !agent_parse_below(silence, "a time in ms", PM_LINE_MOST_SILENCE_MS, &silence_ms))
    return agent_tell_error();
  /* Ctrl-C is for the client, which ends this when it has heard what was done. */
  sigemptyset(&nothing.sa_mask);
  sigaction(SIGINT, &nothing, NULL);
  sigaction(SIGPIPE, &nothing, NULL);
  agent_listen();
  int error = choose_session(&session);
  if (!error)
    error = agent_tty_open(&tty, at.path, at.baud);
  if (error) {
    agent_complain("%s", agent_errno_name(error));
    return AGENT_FAILED;
  }
  /* It is open: whoever waits for that reads a byte. */
  agent_write_all(1, "\n", 1);
  joined = (struct joined){
      .relay =
          {.tty = tty.fd, .source = 0, .sink = 1, .hear = hear, .say = say, .overhear = overhear},
      .silence_ms = (uint32_t)silence_ms,
      .ask_ms = (uint32_t)silence_ms / 15};
  agent_line_begin(&joined.relay.line, 0, session, at.baud, agent_relay_now());
  int code = carry(&joined);
  agent_tty_close(&tty);
  return code;
}
