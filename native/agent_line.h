/*
 * A stream of bytes each way over a line that loses packets: each byte arrives once and in order,
 * or the line counts as lost. What runs on a board is asked for by these bytes, so none of it runs
 * twice because a packet was sent again.
 *
 * Up to AGENT_LINE_WINDOW packets are under way; the receiver keeps those that came before their
 * turn. Each packet says what its sender has received (`next`, `seen`). What is missing is sent
 * again: at once where something that was sent after it has arrived, since a line keeps its order;
 * otherwise when it should have been acknowledged for long, by the times that others took (RFC
 * 6298); each time later. After AGENT_LINE_TRIES times the line is lost.
 *
 * All of it is memory of a fixed size, and asks no clock: `now` is in milliseconds.
 */
#ifndef PHYSMEM_AGENT_LINE_H
#define PHYSMEM_AGENT_LINE_H

#include "agent_packet.h"

#define AGENT_LINE_WINDOW 16u /* no more: `seen` has as many bits */
#define AGENT_LINE_TRIES 32u

struct agent_line_sent {
  uint16_t bytes;
  uint8_t tries;
  bool arrived;
  bool missing;   /* something that was sent after it has arrived */
  uint64_t order; /* of its last sending, among all */
  uint64_t at;
  uint8_t data[PM_LINE_DATA];
};

struct agent_line_come {
  bool here;
  uint16_t bytes, taken;
  uint8_t data[PM_LINE_DATA];
};

struct agent_line {
  uint8_t from; /* PM_LINE_FROM_AGENT of what is sent here, or 0 */
  uint32_t session;
  /* What is sent: the sequences from `first` on, before `end`. */
  struct agent_line_sent sent[AGENT_LINE_WINDOW];
  uint16_t first, end;
  unsigned window; /* packets that are under way at most */
  uint64_t sendings;
  uint64_t wait_ms, smooth_ms8, spread_ms4; /* `wait_ms` until a packet is sent again */
  /* What comes: `next` is given on next. */
  struct agent_line_come come[AGENT_LINE_WINDOW];
  uint16_t next;
  bool owes; /* an acknowledgement */
  uint64_t heard_at;
};

/*
 * Begins: nothing is under way. `baud` bounds what is, to half a second of the line where that is
 * two packets or more.
 */
void agent_line_begin(struct agent_line *line, uint8_t from, uint32_t session, unsigned baud,
                      uint64_t now);

/* Room for PM_LINE_DATA bytes that are to be sent, or NULL until some have arrived. */
uint8_t *agent_line_room(struct agent_line *line);
/* So many are there, at least one. */
void agent_line_add(struct agent_line *line, size_t bytes);

/* What came and is in its turn; NULL where nothing is. Some or all of it is then taken. */
const uint8_t *agent_line_ready(struct agent_line *line, size_t *bytes);
void agent_line_taken(struct agent_line *line, size_t bytes);

/* A packet of this session, from the other side. */
void agent_line_hear(struct agent_line *line, const struct agent_packet *packet, uint64_t now);

/* The next packet that is to be sent now, if any: data, or an acknowledgement that is owed. */
bool agent_line_next(struct agent_line *line, uint64_t now, struct agent_packet *packet);

/* A packet of another kind, with what was received. */
struct agent_packet agent_line_packet(struct agent_line *line, enum pm_line_kind kind);

/* When there may be a packet that there is not now, without hearing anything; UINT64_MAX: never. */
uint64_t agent_line_due(const struct agent_line *line);

/* A packet did not arrive, however often it was sent. */
bool agent_line_is_lost(const struct agent_line *line, uint64_t now);

#endif
