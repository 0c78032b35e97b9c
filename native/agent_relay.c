#define _GNU_SOURCE
#include "agent_relay.h"

#include <errno.h>
#include <poll.h>
#include <time.h>
#include <unistd.h>

/* A signal that comes between a look at what it asked for and the wait is seen after this. */
#define MOST_WAIT_MS 1000u

uint64_t agent_relay_now(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static bool carries(const struct agent_relay *relay) { return relay->source >= 0; }

static bool is_of_line(const struct agent_relay *relay, const struct agent_packet *packet) {
  unsigned kind = packet->kind & ~PM_LINE_FROM_AGENT;
  return carries(relay) && packet->session == relay->line.session &&
         (kind == PM_LINE_CARRY || kind == PM_LINE_ACK || kind == PM_LINE_ASK);
}

static void take_bytes(struct agent_relay *relay, const uint8_t *bytes, size_t count) {
  struct agent_packet packet;
  uint64_t now = agent_relay_now();
  for (size_t i = 0; i < count; i++) {
    bool is_packet = agent_decode_byte(&relay->decoder, bytes[i], &packet);
    if (relay->overhear)
      relay->overhear(relay, bytes[i], is_packet, now);
    if (!is_packet)
      continue;
    if ((packet.kind & PM_LINE_FROM_AGENT) == relay->line.from) {
      relay->echoes++;
      continue;
    }
    relay->hear(relay, &packet, now);
    if (is_of_line(relay, &packet))
      agent_line_hear(&relay->line, &packet, now);
  }
}

static bool must_try_again(void) { return errno == EAGAIN || errno == EINTR; }

static void read_line(struct agent_relay *relay) {
  uint8_t bytes[1024];
  ssize_t count = read(relay->tty, bytes, sizeof bytes);
  if (count > 0)
    take_bytes(relay, bytes, (size_t)count);
  else if (count == 0 || !must_try_again())
    relay->line_ended = true;
}

static void fill_wire(struct agent_relay *relay) {
  struct agent_packet packet;
  uint64_t now = agent_relay_now();
  if (relay->wire_done < relay->wire_bytes)
    return;
  relay->wire_bytes = relay->wire_done = 0;
  if (relay->say(relay, now, &packet) ||
      (carries(relay) && agent_line_next(&relay->line, now, &packet)))
    relay->wire_bytes = agent_encode_packet(&packet, relay->wire);
}

static void write_line(struct agent_relay *relay) {
  size_t left = relay->wire_bytes - relay->wire_done;
  ssize_t count = write(relay->tty, relay->wire + relay->wire_done, left);
  if (count >= 0)
    relay->wire_done += (size_t)count;
  else if (!must_try_again())
    relay->line_ended = true;
}

static void read_source(struct agent_relay *relay, uint8_t *room) {
  ssize_t count = read(relay->source, room, PM_LINE_DATA);
  if (count > 0)
    agent_line_add(&relay->line, (size_t)count);
  else if (count == 0 || !must_try_again())
    relay->source_ended = true;
}

static void write_sink(struct agent_relay *relay) {
  size_t bytes;
  const uint8_t *ready = agent_line_ready(&relay->line, &bytes);
  ssize_t count = write(relay->sink, ready, bytes);
  if (count > 0)
    agent_line_taken(&relay->line, (size_t)count);
  else if (count < 0 && !must_try_again())
    relay->source_ended = true;
}

static int until(const struct agent_relay *relay, uint64_t due) {
  uint64_t now = agent_relay_now();
  if (carries(relay) && agent_line_due(&relay->line) < due)
    due = agent_line_due(&relay->line);
  if (due <= now)
    return 0;
  return (int)(due - now < MOST_WAIT_MS ? due - now : MOST_WAIT_MS);
}

void agent_relay_turn(struct agent_relay *relay, uint64_t due) {
  size_t bytes;
  fill_wire(relay);
  bool waits_for_line = relay->wire_done < relay->wire_bytes;
  uint8_t *room = carries(relay) ? agent_line_room(&relay->line) : NULL;
  bool is_ready = carries(relay) && agent_line_ready(&relay->line, &bytes);
  struct pollfd all[] = {
      {.fd = relay->tty, .events = (short)(POLLIN | (waits_for_line ? POLLOUT : 0))},
      {.fd = relay->source, .events = (short)(room ? POLLIN : 0)},
      {.fd = is_ready ? relay->sink : -1, .events = POLLOUT},
  };
  /* What is on its way has to go first. */
  if (poll(all, 3, waits_for_line ? (int)MOST_WAIT_MS : until(relay, due)) <= 0)
    return;
  if (all[1].revents & POLLIN)
    read_source(relay, room);
  else if (all[1].revents)
    relay->source_ended = true;
  if (all[2].revents)
    write_sink(relay);
  if (all[0].revents & POLLOUT)
    write_line(relay);
  if (all[0].revents & ~POLLOUT)
    read_line(relay);
}
