/*
 * The packets of a serial line (agent_packet.h), and that what goes over it arrives once and in
 * order (agent_line.h), whatever the line does to it: two ends, a line with noise between them, and
 * a clock of its own.
 */
#include <string.h>

#include "../agent_line.h"
#include "fuzz.h"

static uint64_t noise;

static uint32_t any(uint32_t below) {
  noise = noise * 6364136223846793005ull + 1442695040888963407ull;
  return (uint32_t)(noise >> 33) % below;
}

static const char *hex_of(const uint8_t *bytes, size_t count) {
  static char text[2 * PM_LINE_WIRE + 1];
  for (size_t i = 0; i < count; i++)
    snprintf(text + 2 * i, 3, "%02x", bytes[i]);
  return text;
}

/* Computed with binascii.crc32 of Python. */
static void check_known(void) {
  struct agent_packet begin = {
      .kind = PM_LINE_BEGIN, .session = 0x0d7e4142, .bytes = 5, .data = {1, 0x98, 0x3a, 0, 0}};
  struct agent_packet data = {.kind = PM_LINE_CARRY | PM_LINE_FROM_AGENT,
                              .sequence = 0x1234,
                              .next = 0xfffe,
                              .seen = 0x8001,
                              .session = 0x11223344,
                              .bytes = 6,
                              .data = {0x7e, 0x7d, 0x11, 0x13, 0x00, 0x0a}};
  uint8_t wire[PM_LINE_WIRE];
  const char *got = hex_of(wire, agent_encode_packet(&begin, wire));
  must(!strcmp(got, "7e7d217d207d207d207d207d207d2042417d5e7d2d7d21983a7d207d20237d2b213b7e"), got);
  got = hex_of(wire, agent_encode_packet(&data, wire));
  must(!strcmp(got, "7e823412feff01804433227d317d5e7d5d7d317d33000ac754d2c17e"), got);
}

static struct agent_packet any_packet(void) {
  struct agent_packet packet = {.kind = (uint8_t)(any(5) + 1),
                                .sequence = (uint16_t)any(65536),
                                .next = (uint16_t)any(65536),
                                .seen = (uint16_t)any(65536),
                                .session = any(UINT32_MAX),
                                .bytes = (uint16_t)any(PM_LINE_DATA + 1)};
  for (unsigned i = 0; i < packet.bytes; i++)
    packet.data[i] = (uint8_t)any(any(2) ? 256 : 0x20);
  return packet;
}

static bool is_same(const struct agent_packet *one, const struct agent_packet *other) {
  return one->kind == other->kind && one->sequence == other->sequence && one->next == other->next &&
         one->seen == other->seen && one->session == other->session && one->bytes == other->bytes &&
         !memcmp(one->data, other->data, one->bytes);
}

/* Behind whatever came before, with a flag of its own; and no byte that is changed is passed. */
static void check_packets(void) {
  for (unsigned round = 0; round < 3000; round++) {
    struct agent_decoder decoder = {0};
    struct agent_packet sent = any_packet(), got;
    uint8_t wire[PM_LINE_WIRE];
    size_t bytes = agent_encode_packet(&sent, wire);
    bool is_whole = false, is_begin = sent.kind == PM_LINE_BEGIN || sent.kind == PM_LINE_END;
    for (uint32_t junk = any(600); junk; junk--)
      must(!agent_decode_byte(&decoder, (uint8_t)any(256), &got), "a packet of nothing");
    for (size_t i = 0; i < bytes; i++) {
      must(wire[i] != 0x11 && wire[i] != 0x13 && (!is_begin || wire[i] >= 0x20), "a bare byte");
      must(!is_whole, "a packet that is whole before its end");
      is_whole = agent_decode_byte(&decoder, wire[i], &got);
    }
    must(is_whole && is_same(&sent, &got), "another packet");
    wire[1 + any((uint32_t)bytes - 2)] ^= (uint8_t)(1u << any(8));
    for (size_t i = 0; i < bytes; i++)
      must(!agent_decode_byte(&decoder, wire[i], &got), "a packet that was changed");
  }
}

/* 0x7d 0x7e drops a packet; 0x11 and 0x13 may come anywhere. */
static void check_flow(void) {
  struct agent_decoder decoder = {0};
  struct agent_packet sent = any_packet(), got;
  uint8_t wire[PM_LINE_WIRE];
  size_t bytes = agent_encode_packet(&sent, wire);
  for (size_t i = 0; i + 1 < bytes; i++)
    must(!agent_decode_byte(&decoder, wire[i], &got), "a packet without its end");
  must(!agent_decode_byte(&decoder, 0x7d, &got), "a packet without its end");
  must(!agent_decode_byte(&decoder, 0x7e, &got), "a packet that was dropped");
  for (size_t i = 0; i < bytes; i++) {
    must(agent_decode_byte(&decoder, wire[i], &got) == (i + 1 == bytes), "no packet");
    agent_decode_byte(&decoder, i % 2 ? 0x11 : 0x13, &got);
  }
  must(is_same(&sent, &got), "another packet");
}

/* One end, and what is on the line to it. */
struct end {
  struct agent_line line;
  struct agent_decoder decoder;
  uint8_t coming[16 * PM_LINE_WIRE];
  size_t bytes;
  uint32_t put, got, most; /* of a known row of bytes */
  unsigned taken_least;
};

static uint8_t byte_at(uint32_t index) { return (uint8_t)(index * 7 + (index >> 8)); }

static void offer(struct end *end) {
  uint8_t *room = end->put < end->most && any(2) ? agent_line_room(&end->line) : NULL;
  if (!room)
    return;
  uint32_t count = 1 + any(PM_LINE_DATA);
  if (count > end->most - end->put)
    count = end->most - end->put;
  for (uint32_t i = 0; i < count; i++)
    room[i] = byte_at(end->put++);
  agent_line_add(&end->line, count);
}

static void take(struct end *end) {
  size_t bytes;
  const uint8_t *ready = any(2) ? agent_line_ready(&end->line, &bytes) : NULL;
  if (!ready)
    return;
  size_t count = 1 + any((uint32_t)bytes);
  for (size_t i = 0; i < count; i++)
    must(ready[i] == byte_at(end->got++), "a byte that was not sent in its turn");
  agent_line_taken(&end->line, count);
}

static void send(struct end *from, struct end *to, uint64_t now, uint32_t rate) {
  struct agent_packet packet;
  uint8_t wire[PM_LINE_WIRE];
  if (sizeof to->coming - to->bytes < 2 * sizeof wire)
    return;
  if (!any(20))
    packet = agent_line_packet(&from->line, PM_LINE_ASK);
  else if (!agent_line_next(&from->line, now, &packet))
    return;
  size_t bytes = agent_encode_packet(&packet, wire);
  for (size_t i = 0; i < bytes; i++) {
    uint8_t byte = any(1000000) < rate ? wire[i] ^ (uint8_t)(1u << any(8)) : wire[i];
    if (any(1000000) >= rate)
      to->coming[to->bytes++] = byte;
  }
}

static void hear(struct end *end, uint64_t now) {
  struct agent_packet packet;
  size_t count = any((uint32_t)end->bytes + 1);
  for (size_t i = 0; i < count; i++)
    if (agent_decode_byte(&end->decoder, end->coming[i], &packet))
      agent_line_hear(&end->line, &packet, now);
  end->bytes -= count;
  memmove(end->coming, end->coming + count, end->bytes);
}

static void check_line(uint64_t seed, uint32_t rate) {
  static struct end ends[2];
  uint64_t now = 1;
  noise = seed;
  for (unsigned i = 0; i < 2; i++) {
    ends[i] = (struct end){.most = any(20000)};
    agent_line_begin(&ends[i].line, i ? PM_LINE_FROM_AGENT : 0, 5, 300 + any(500000), now);
    /* The numbers of packets begin anew behind the last one. */
    ends[i].line.first = ends[i].line.end = (uint16_t)(0xfff0 * (seed % 2));
    ends[i].line.next = (uint16_t)(0xfff0 * (seed % 2));
  }
  while (ends[0].got < ends[1].most || ends[1].got < ends[0].most) {
    must(now < 100000000, "it does not end");
    now += any(10);
    for (unsigned i = 0; i < 2; i++) {
      offer(&ends[i]);
      send(&ends[i], &ends[!i], now, rate);
      hear(&ends[i], now);
      take(&ends[i]);
      must(!agent_line_is_lost(&ends[i].line, now), "a line that is lost");
    }
  }
  must(ends[0].put == ends[1].got && ends[1].put == ends[0].got, "more than was sent");
}

/* A packet that never arrives is sent so many times, each later than the last. */
static void check_lost(void) {
  static struct agent_line line;
  struct agent_packet packet;
  uint64_t now = 10, before = 0, wait = 0;
  unsigned count = 0;
  agent_line_begin(&line, 0, 1, 115200, now);
  *agent_line_room(&line) = 1;
  agent_line_add(&line, 1);
  for (; !agent_line_is_lost(&line, now); now = agent_line_due(&line)) {
    must(agent_line_next(&line, now, &packet), "a packet that is not sent when it is due");
    must(!agent_line_next(&line, now, &packet), "a packet that is sent twice at once");
    must(count == 0 || now - before >= wait, "a packet that is sent sooner than before");
    wait = count ? now - before : 0;
    before = now;
    count++;
  }
  must(count == AGENT_LINE_TRIES && now < 90000, "another number of tries");
}

int main(void) {
  check_known();
  check_packets();
  check_flow();
  for (uint64_t seed = 1; seed <= 150; seed++)
    check_line(seed, seed % 3 ? (uint32_t)(seed % 10) * 100 : 0);
  check_lost();
  printf("ok\n");
  return 0;
}
