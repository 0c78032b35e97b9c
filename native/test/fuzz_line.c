/*
 * Hostile bytes on a serial line, and hostile packets, which random bytes hardly become: the input
 * is a row of turns, of which the first byte says what it is. Whatever comes, what is given on was
 * in a packet, no more is under way than may be, and what is sent can be read.
 */
#include <string.h>

#include "../agent_line.h"
#include "fuzz.h"

struct input {
  const uint8_t *at;
  size_t left;
};

static unsigned take(struct input *input, unsigned bytes) {
  unsigned value = 0;
  for (; bytes && input->left; bytes--, input->left--)
    value = value << 8 | *input->at++;
  return value;
}

static void check_packet(const struct agent_packet *packet) {
  struct agent_decoder decoder = {0};
  struct agent_packet again;
  uint8_t wire[PM_LINE_WIRE];
  size_t bytes = agent_encode_packet(packet, wire);
  must(bytes <= sizeof wire, "a packet that is too long");
  for (size_t i = 0; i < bytes; i++)
    must(agent_decode_byte(&decoder, wire[i], &again) == (i + 1 == bytes), "no packet");
  must(again.sequence == packet->sequence && again.bytes == packet->bytes &&
           !memcmp(again.data, packet->data, packet->bytes),
       "another packet");
}

static void hear(struct agent_line *line, struct input *input, uint64_t now) {
  struct agent_packet packet = {.kind = (uint8_t)take(input, 1), .session = line->session};
  packet.sequence = (uint16_t)(line->next + take(input, 2));
  packet.next = (uint16_t)(line->first + take(input, 2));
  packet.seen = (uint16_t)take(input, 2);
  packet.bytes = (uint16_t)(take(input, 2) % (PM_LINE_DATA + 1));
  for (unsigned i = 0; i < packet.bytes; i++)
    packet.data[i] = (uint8_t)take(input, 1);
  check_packet(&packet);
  agent_line_hear(line, &packet, now);
}

static void add(struct agent_line *line, unsigned count) {
  uint8_t *room = agent_line_room(line);
  if (!room)
    return;
  memset(room, (int)count, PM_LINE_DATA);
  agent_line_add(line, 1 + count % PM_LINE_DATA);
}

static void give(struct agent_line *line, unsigned count) {
  size_t bytes;
  const uint8_t *ready = agent_line_ready(line, &bytes);
  if (!ready)
    return;
  must(bytes >= 1 && bytes <= PM_LINE_DATA, "nothing that is ready");
  agent_line_taken(line, 1 + count % bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
  static struct agent_line line;
  struct agent_decoder decoder = {0};
  struct agent_packet packet;
  struct input input = {bytes, size};
  uint64_t now = 1;
  agent_line_begin(&line, take(&input, 1) % 2 ? PM_LINE_FROM_AGENT : 0, 9, 300 + take(&input, 2),
                   now);
  while (input.left) {
    switch (take(&input, 1) % 6) {
    case 0:
      if (agent_decode_byte(&decoder, (uint8_t)take(&input, 1), &packet))
        agent_line_hear(&line, &packet, now);
      break;
    case 1:
      hear(&line, &input, now);
      break;
    case 2:
      add(&line, take(&input, 1));
      break;
    case 3:
      give(&line, take(&input, 1));
      break;
    case 4:
      now += take(&input, 2);
      break;
    default:
      if (agent_line_next(&line, now, &packet))
        check_packet(&packet);
    }
    must((uint16_t)(line.end - line.first) <= line.window && line.window <= AGENT_LINE_WINDOW,
         "more is under way than may be");
    agent_line_due(&line);
    agent_line_is_lost(&line, now);
  }
  return 0;
}
