#include "agent_packed.h"

#include <string.h>

#include "agent_frames.h"
#include "engine.h"

#define STEP_WORDS (sizeof(struct pm_step) / sizeof(uint32_t))
#define STEP_LONGS (sizeof(struct pm_step) / sizeof(uint64_t))

static uint64_t unpacked[PM_FRAME_MOST / sizeof(uint64_t)];

/* The next step, as far as it is foreseen: the one before, and as far behind it as that was. */
struct forecast {
  union {
    uint32_t words[STEP_WORDS];
    uint64_t longs[STEP_LONGS];
  };
  uint64_t stride;
};

/* Which of the longs: a frame has its numbers as this CPU has them. */
#define ADDRESS (offsetof(struct pm_step, address) / sizeof(uint64_t))

static void go_on(struct forecast *next) { next->longs[ADDRESS] += next->stride; }

/* Changes what is not as foreseen. */
static void change(struct forecast *next, uint16_t changes, struct agent_reader *reader) {
  uint64_t before = next->longs[ADDRESS] - next->stride;
  for (size_t word = 0; word < STEP_WORDS; word++)
    if (changes >> word & 1)
      next->words[word] = agent_take32(reader);
  next->stride = next->longs[ADDRESS] - before;
}

static bool unpack_steps(struct agent_reader *reader, uint32_t count, uint64_t *to) {
  struct forecast next = {.stride = 0};
  for (uint32_t made = 0; made < count;) {
    uint32_t head = agent_take32(reader), repeats = head >> 16;
    if (reader->bad || (head & 0xffff) >> STEP_WORDS || repeats >= count - made)
      return false;
    go_on(&next);
    change(&next, (uint16_t)head, reader);
    for (uint32_t i = 0; i <= repeats; i++, made++, to += STEP_LONGS) {
      if (i > 0)
        go_on(&next);
      for (size_t at = 0; at < STEP_LONGS; at++)
        to[at] = next.longs[at];
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
  if (!unpack_steps(&reader, header.step_count, unpacked + sizeof header / sizeof *unpacked))
    return NULL;
  const uint8_t *input = agent_take_bytes(&reader, header.input_bytes);
  if (!input || reader.left)
    return NULL;
  memcpy((uint8_t *)unpacked + sizeof header + steps, input, header.input_bytes);
  *length = (size_t)all;
  return (const uint8_t *)unpacked;
}
