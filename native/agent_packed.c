#include "agent_packed.h"

#include <string.h>

#include "agent_frames.h"
#include "engine.h"

#define STEP_WORDS (sizeof(struct pm_step) / sizeof(uint32_t))

static _Alignas(8) uint8_t unpacked[PM_FRAME_MOST];

/* The next step, as far as it is foreseen: the one before, and as far behind it as that was. */
struct forecast {
  uint32_t words[STEP_WORDS];
  uint64_t stride;
};

static const size_t ADDRESS = offsetof(struct pm_step, address);

static uint64_t address_of(const struct forecast *next) {
  uint64_t address;
  memcpy(&address, (const uint8_t *)next->words + ADDRESS, sizeof address);
  return address;
}

static void go_on(struct forecast *next) {
  uint64_t address = address_of(next) + next->stride;
  memcpy((uint8_t *)next->words + ADDRESS, &address, sizeof address);
}

/* Changes what is not as foreseen. */
static void change(struct forecast *next, uint16_t changes, struct agent_reader *reader) {
  uint64_t before = address_of(next) - next->stride;
  for (size_t word = 0; word < STEP_WORDS; word++)
    if (changes >> word & 1)
      next->words[word] = agent_take32(reader);
  next->stride = address_of(next) - before;
}

static bool unpack_steps(struct agent_reader *reader, uint32_t count, uint8_t *to) {
  struct forecast next = {.stride = 0};
  for (uint32_t made = 0; made < count;) {
    uint32_t head = agent_take32(reader), repeats = head >> 16;
    if (reader->bad || (head & 0xffff) >> STEP_WORDS || repeats >= count - made)
      return false;
    go_on(&next);
    change(&next, (uint16_t)head, reader);
    for (uint32_t i = 0; i <= repeats; i++, made++, to += sizeof next.words) {
      if (i > 0)
        go_on(&next);
      memcpy(to, next.words, sizeof next.words);
    }
  }
  return !reader->bad;
}

const uint8_t *agent_unpack(const uint8_t *bytes, size_t count, size_t *length) {
  struct agent_reader reader = {.at = bytes, .left = count};
  struct pm_header header;
  const uint8_t *head = agent_take_bytes(&reader, sizeof header);
  if (!head)
    return NULL;
  memcpy(&header, head, sizeof header);
  uint64_t steps = (uint64_t)header.step_count * sizeof(struct pm_step);
  uint64_t all = sizeof header + steps + header.input_bytes;
  if (all > sizeof unpacked)
    return NULL;
  memcpy(unpacked, &header, sizeof header);
  if (!unpack_steps(&reader, header.step_count, unpacked + sizeof header))
    return NULL;
  const uint8_t *input = agent_take_bytes(&reader, header.input_bytes);
  if (!input || reader.left)
    return NULL;
  memcpy(unpacked + sizeof header + steps, input, header.input_bytes);
  *length = (size_t)all;
  return unpacked;
}
