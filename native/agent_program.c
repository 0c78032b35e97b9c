#include "agent_program.h"

#include <string.h>

#include "agent_packed.h"

/* Of a packed form that is recognized when it comes again. */
#define KEY_BYTES (16u << 10)

/* Shorter ones are checked as fast as recognized, and leave a longer one where it is. */
#define FEWEST_STEPS 32u

/* Longer ones would take more of the agent's memory than they are worth. */
#define MOST_STEPS 1024u

/* The last that is worth it: packed, without data, which would lie where the next one is unpacked.
 */
static struct pm_program *kept;
static uint8_t key[KEY_BYTES];
static size_t key_bytes;

/* Another one. */
static struct pm_program *passing;

static bool is_kept(const struct agent_reader *reader) {
  return kept && reader->left == key_bytes && memcmp(reader->at, key, key_bytes) == 0;
}

static void keep(struct pm_program *program, const struct agent_reader *form) {
  pm_program_free(kept);
  kept = program;
  key_bytes = form->left;
  memcpy(key, form->at, key_bytes);
}

static bool is_worth_keeping(const uint8_t *bytes, const struct agent_reader *form) {
  const struct pm_header *header = (const struct pm_header *)(const void *)bytes;
  return header->step_count >= FEWEST_STEPS && header->step_count <= MOST_STEPS &&
         !header->input_bytes && form->left <= sizeof key;
}

bool agent_take_program(struct agent_reader *reader, uint32_t flags,
                        const struct pm_program **program, struct pm_outcome *outcome) {
  bool is_packed = flags & PM_RUN_PACKED;
  if (is_packed && is_kept(reader)) {
    *outcome = (struct pm_outcome){.status = PM_OK};
    *program = kept;
    return true;
  }
  pm_program_free(passing);
  passing = NULL;
  const uint8_t *bytes = reader->at;
  size_t count = reader->left;
  if (is_packed)
    bytes = agent_unpack(reader->at, reader->left, &count);
  if (!bytes)
    return false;
  struct pm_program *fresh = pm_program_check(bytes, count, outcome);
  if (fresh && is_packed && is_worth_keeping(bytes, reader))
    keep(fresh, reader);
  else
    passing = fresh;
  *program = fresh;
  return true;
}
