/*
 * Packets on a serial line. A line loses bytes, turns bits and carries the words of others (a
 * kernel's messages, a login prompt, an echo): a packet is taken whole, as it was sent, or not at
 * all.
 *
 * The framing is that of HDLC in bytes (RFC 1662): a packet stands between two flags, 0x7e. In it
 * 0x7e, 0x7d, and 0x11 and 0x13 (XON, XOFF), are sent as 0x7d and the byte with its bit 0x20
 * turned; in PM_LINE_BEGIN and PM_LINE_END all below 0x20 are, so that a shell or a boot loader at
 * the other end gets no control character, and so no end of a line, before an agent has answered. A
 * bare 0x11 or 0x13 is passed over; 0x7d 0x7e drops the packet.
 *
 * Between the flags, little-endian: kind (8 bits), sequence, next, seen (16 bits each), session (32
 * bits), up to PM_LINE_DATA bytes of data, and the CRC-32 of all these (ISO 3309, as of Ethernet
 * and zip: polynomial 0xedb88320 reflected, beginning with and inverted by 0xffffffff).
 */
#ifndef PHYSMEM_AGENT_PACKET_H
#define PHYSMEM_AGENT_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PM_LINE_DATA 256u
#define PM_LINE_FLAG 0x7eu
#define PM_LINE_HEAD 11u
#define PM_LINE_CRC 4u
#define PM_LINE_BARE (PM_LINE_HEAD + PM_LINE_DATA + PM_LINE_CRC)
/* Of a packet on the line: all bytes escaped, and the flags. */
#define PM_LINE_WIRE (2 * PM_LINE_BARE + 2)

/* What comes from the agent has this bit, too: an echo of what was sent is none of its words. */
#define PM_LINE_FROM_AGENT 0x80u

enum pm_line_kind {
  /* uint8 PM_LINE_VERSION, uint32 silence in ms: so long after the client was heard last the agent
   * ends the session. The agent answers with one of the same session. */
  PM_LINE_BEGIN = 1,
  PM_LINE_CARRY = 2, /* the data of `sequence` */
  PM_LINE_ACK = 3,   /* has only next and seen */
  PM_LINE_ASK = 4,   /* the same, and is answered by one of these */
  /* uint8 enum pm_line_end. The agent answers with one of the same session. */
  PM_LINE_END = 5,
};

#define PM_LINE_VERSION 1u
#define PM_LINE_BEGIN_BYTES 5u
#define PM_LINE_MOST_SILENCE_MS 60000u

enum pm_line_end {
  PM_LINE_DONE = 0,
  PM_LINE_UNKNOWN = 1,  /* the agent has no such session */
  PM_LINE_VERSIONS = 2, /* it speaks another version of this */
  PM_LINE_GONE = 3,     /* what served the session has ended */
};

struct agent_packet {
  uint8_t kind; /* enum pm_line_kind, and PM_LINE_FROM_AGENT */
  uint16_t sequence;
  uint16_t next; /* all data before it were taken */
  uint16_t seen; /* bit n: next + n is here, but not taken yet */
  uint32_t session;
  uint16_t bytes;
  uint8_t data[PM_LINE_DATA];
};

/* Makes at most PM_LINE_WIRE bytes for the line. Returns how many. */
size_t agent_encode_packet(const struct agent_packet *packet, uint8_t *wire);

/* What came since the last flag; all zeros at first. */
struct agent_decoder {
  uint8_t bytes[PM_LINE_BARE];
  size_t count;
  bool inside;  /* behind a flag, and nothing was wrong since */
  bool escaped; /* the byte before was 0x7d */
};

/* Takes the next byte from the line. True when it completes a packet. */
bool agent_decode_byte(struct agent_decoder *decoder, uint8_t byte, struct agent_packet *packet);

#endif
