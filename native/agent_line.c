#include "agent_line.h"

#include <string.h>

/* Of a packet, and what answers it, without its data. */
#define PACKET_BITS (10u * (PM_LINE_BARE + 8))

#define LEAST_WAIT_MS 30u
#define FIRST_WAIT_MS 200u
#define MOST_WAIT_MS 2000u

static struct agent_line_sent *sent_at(struct agent_line *line, uint16_t sequence) {
  return &line->sent[sequence % AGENT_LINE_WINDOW];
}

static struct agent_line_come *come_at(struct agent_line *line, uint16_t sequence) {
  return &line->come[sequence % AGENT_LINE_WINDOW];
}

void agent_line_begin(struct agent_line *line, uint8_t from, uint32_t session, unsigned baud,
                      uint64_t now) {
  unsigned window = baud / 2 / PACKET_BITS;
  *line = (struct agent_line){.from = from, .session = session, .heard_at = now};
  line->window = window < 2 ? 2 : window > AGENT_LINE_WINDOW ? AGENT_LINE_WINDOW : window;
  line->wait_ms = FIRST_WAIT_MS + 2000u * PACKET_BITS / baud;
}

uint8_t *agent_line_room(struct agent_line *line) {
  if ((uint16_t)(line->end - line->first) >= line->window)
    return NULL;
  return sent_at(line, line->end)->data;
}

void agent_line_add(struct agent_line *line, size_t bytes) {
  struct agent_line_sent *sent = sent_at(line, line->end++);
  sent->bytes = (uint16_t)bytes;
  sent->tries = 0;
  sent->arrived = sent->missing = false;
}

const uint8_t *agent_line_ready(struct agent_line *line, size_t *bytes) {
  struct agent_line_come *come = come_at(line, line->next);
  *bytes = come->here ? come->bytes - come->taken : 0;
  return come->here ? come->data + come->taken : NULL;
}

void agent_line_taken(struct agent_line *line, size_t bytes) {
  struct agent_line_come *come = come_at(line, line->next);
  come->taken += (uint16_t)bytes;
  if (come->taken < come->bytes)
    return;
  come->here = false;
  line->next++;
  line->owes = true;
}

static void learn_time(struct agent_line *line, uint64_t took_ms) {
  uint64_t smooth = line->smooth_ms8 / 8;
  uint64_t off = took_ms > smooth ? took_ms - smooth : smooth - took_ms;
  if (!line->smooth_ms8) {
    line->smooth_ms8 = took_ms * 8 + 1;
    line->spread_ms4 = took_ms * 2;
  } else {
    line->spread_ms4 += off - line->spread_ms4 / 4;
    line->smooth_ms8 += took_ms - smooth;
  }
  line->wait_ms = line->smooth_ms8 / 8 + line->spread_ms4;
  if (line->wait_ms < LEAST_WAIT_MS)
    line->wait_ms = LEAST_WAIT_MS;
}

static void note_arrived(struct agent_line *line, uint16_t sequence, uint64_t now,
                         uint64_t *latest) {
  struct agent_line_sent *sent = sent_at(line, sequence);
  if (sent->arrived || !sent->tries)
    return;
  sent->arrived = true;
  uint64_t took_ms = now - sent->at;
  /* Of one that was sent again it is not known which of them arrived: that teaches no time, and
   * where it was only just sent, it was the one before. */
  if (sent->tries == 1)
    learn_time(line, took_ms);
  else if (took_ms < line->smooth_ms8 / 16)
    return;
  if (sent->order > *latest)
    *latest = sent->order;
}

static void hear_arrived(struct agent_line *line, uint16_t next, uint16_t seen, uint64_t now) {
  uint64_t latest = 0;
  uint16_t under_way = (uint16_t)(line->end - line->first);
  uint16_t before = (uint16_t)(next - line->first);
  /* Older than what is known, or of data that were never sent. */
  if (before > under_way)
    return;
  for (uint16_t i = 0; i < under_way; i++)
    if (i < before || seen >> (i - before) & 1)
      note_arrived(line, (uint16_t)(line->first + i), now, &latest);
  line->first = next;
  for (uint16_t sequence = line->first; sequence != line->end; sequence++) {
    struct agent_line_sent *sent = sent_at(line, sequence);
    if (sent->tries && !sent->arrived && sent->order < latest)
      sent->missing = true;
  }
}

static void keep_data(struct agent_line *line, const struct agent_packet *packet) {
  struct agent_line_come *come = come_at(line, packet->sequence);
  uint16_t ahead = (uint16_t)(packet->sequence - line->next);
  line->owes = true;
  /* What is here or behind came before; nobody sends what is further ahead. */
  if (ahead >= AGENT_LINE_WINDOW || come->here || !packet->bytes)
    return;
  come->here = true;
  come->taken = 0;
  come->bytes = packet->bytes;
  memcpy(come->data, packet->data, packet->bytes);
}

void agent_line_hear(struct agent_line *line, const struct agent_packet *packet, uint64_t now) {
  unsigned kind = packet->kind & ~PM_LINE_FROM_AGENT;
  line->heard_at = now;
  if (kind != PM_LINE_CARRY && kind != PM_LINE_ACK && kind != PM_LINE_ASK)
    return;
  hear_arrived(line, packet->next, packet->seen, now);
  if (kind == PM_LINE_CARRY)
    keep_data(line, packet);
  if (kind == PM_LINE_ASK)
    line->owes = true;
}

struct agent_packet agent_line_packet(struct agent_line *line, enum pm_line_kind kind) {
  struct agent_packet packet = {
      .kind = (uint8_t)(kind | line->from), .next = line->next, .session = line->session};
  for (uint16_t i = 0; i < AGENT_LINE_WINDOW; i++)
    packet.seen |= (uint16_t)(come_at(line, (uint16_t)(line->next + i))->here << i);
  line->owes = false;
  return packet;
}

/* When it is sent again, if nothing is heard. */
static uint64_t due_at(const struct agent_line *line, const struct agent_line_sent *sent) {
  uint64_t most = line->wait_ms > MOST_WAIT_MS ? line->wait_ms : MOST_WAIT_MS;
  unsigned doublings = sent->tries > 7 ? 7 : sent->tries ? sent->tries - 1u : 0;
  uint64_t wait = line->wait_ms << doublings;
  if (!sent->tries || sent->missing)
    return 0;
  return sent->at + (wait < most ? wait : most);
}

bool agent_line_next(struct agent_line *line, uint64_t now, struct agent_packet *packet) {
  for (uint16_t sequence = line->first; sequence != line->end; sequence++) {
    struct agent_line_sent *sent = sent_at(line, sequence);
    if (sent->arrived || due_at(line, sent) > now || sent->tries >= AGENT_LINE_TRIES)
      continue;
    *packet = agent_line_packet(line, PM_LINE_CARRY);
    packet->sequence = sequence;
    packet->bytes = sent->bytes;
    memcpy(packet->data, sent->data, sent->bytes);
    sent->tries++;
    sent->missing = false;
    sent->at = now;
    sent->order = ++line->sendings;
    return true;
  }
  if (!line->owes)
    return false;
  *packet = agent_line_packet(line, PM_LINE_ACK);
  return true;
}

uint64_t agent_line_due(const struct agent_line *line) {
  uint64_t due = UINT64_MAX;
  for (uint16_t sequence = line->first; sequence != line->end; sequence++) {
    const struct agent_line_sent *sent = &line->sent[sequence % AGENT_LINE_WINDOW];
    if (!sent->arrived && due_at(line, sent) < due)
      due = due_at(line, sent);
  }
  return due;
}

bool agent_line_is_lost(const struct agent_line *line, uint64_t now) {
  for (uint16_t sequence = line->first; sequence != line->end; sequence++) {
    const struct agent_line_sent *sent = &line->sent[sequence % AGENT_LINE_WINDOW];
    if (!sent->arrived && sent->tries >= AGENT_LINE_TRIES && due_at(line, sent) <= now)
      return true;
  }
  return false;
}
