#include "agent_packet.h"

#include <string.h>

#define ESCAPE 0x7du
#define TURNED 0x20u
#define XON 0x11u
#define XOFF 0x13u

static uint32_t add_to_crc(uint32_t crc, uint8_t byte) {
  crc ^= byte;
  for (unsigned bit = 0; bit < 8; bit++)
    crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
  return crc;
}

static uint32_t crc_of(const uint8_t *bytes, size_t count) {
  uint32_t crc = UINT32_MAX;
  for (size_t i = 0; i < count; i++)
    crc = add_to_crc(crc, bytes[i]);
  return ~crc;
}

static uint8_t *put(uint8_t *to, uint32_t value, unsigned bytes) {
  for (; bytes; bytes--, value >>= 8)
    *to++ = (uint8_t)value;
  return to;
}

static uint32_t get(const uint8_t *from, unsigned bytes) {
  uint32_t value = 0;
  while (bytes--)
    value = value << 8 | from[bytes];
  return value;
}

static bool is_bare(uint8_t byte, bool is_text_safe) {
  if (byte == PM_LINE_FLAG || byte == ESCAPE || byte == XON || byte == XOFF)
    return false;
  return !is_text_safe || byte >= TURNED;
}

size_t agent_encode_packet(const struct agent_packet *packet, uint8_t *wire) {
  uint8_t bytes[PM_LINE_BARE], *end = bytes, *to = wire;
  unsigned kind = packet->kind & ~PM_LINE_FROM_AGENT;
  bool is_text_safe = kind == PM_LINE_BEGIN || kind == PM_LINE_END;
  end = put(end, packet->kind, 1);
  end = put(end, packet->sequence, 2);
  end = put(end, packet->next, 2);
  end = put(end, packet->seen, 2);
  end = put(end, packet->session, 4);
  memcpy(end, packet->data, packet->bytes);
  end += packet->bytes;
  end = put(end, crc_of(bytes, (size_t)(end - bytes)), PM_LINE_CRC);
  *to++ = PM_LINE_FLAG;
  for (const uint8_t *at = bytes; at < end; at++) {
    if (!is_bare(*at, is_text_safe))
      *to++ = ESCAPE;
    *to++ = is_bare(*at, is_text_safe) ? *at : *at ^ TURNED;
  }
  *to++ = PM_LINE_FLAG;
  return (size_t)(to - wire);
}

static bool read_packet(const uint8_t *bytes, size_t count, struct agent_packet *packet) {
  if (count < PM_LINE_HEAD + PM_LINE_CRC)
    return false;
  count -= PM_LINE_CRC;
  if (crc_of(bytes, count) != get(bytes + count, PM_LINE_CRC))
    return false;
  packet->kind = bytes[0];
  packet->sequence = (uint16_t)get(bytes + 1, 2);
  packet->next = (uint16_t)get(bytes + 3, 2);
  packet->seen = (uint16_t)get(bytes + 5, 2);
  packet->session = get(bytes + 7, 4);
  packet->bytes = (uint16_t)(count - PM_LINE_HEAD);
  memcpy(packet->data, bytes + PM_LINE_HEAD, packet->bytes);
  return true;
}

bool agent_decode_byte(struct agent_decoder *decoder, uint8_t byte, struct agent_packet *packet) {
  if (byte == PM_LINE_FLAG) {
    bool is_whole = decoder->inside && !decoder->escaped;
    size_t count = decoder->count;
    decoder->inside = true;
    decoder->escaped = false;
    decoder->count = 0;
    return is_whole && read_packet(decoder->bytes, count, packet);
  }
  if (!decoder->inside || byte == XON || byte == XOFF)
    return false;
  if (!decoder->escaped && byte == ESCAPE) {
    decoder->escaped = true;
  } else if (decoder->count == sizeof decoder->bytes) {
    decoder->inside = false;
  } else {
    decoder->bytes[decoder->count++] = decoder->escaped ? byte ^ TURNED : byte;
    decoder->escaped = false;
  }
  return false;
}
