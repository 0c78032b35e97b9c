/* `fill RANGE VALUE`: src/cli/commands/fill.ts. */
#include "agent_command.h"

#include <string.h>

#include "agent_error.h"
#include "agent_memory.h"
#include "agent_output.h"
#include "agent_show.h"

/* What one program stores: a multiple of all widths. */
#define CHUNK_BYTES (1u << 24)

static uint32_t chunk_at(const struct agent_place *range, uint64_t offset) {
  uint64_t left = range->length - offset;
  return left < CHUNK_BYTES ? (uint32_t)left : CHUNK_BYTES;
}

/* All of it, in rising order; with `looks` nothing is stored, but what is refused is found. */
static bool fill(struct agent_plan *plan, struct agent_memory *memory,
                 const struct agent_place *range, bool looks) {
  struct pm_step *step = plan->steps;
  for (uint64_t offset = 0; offset < range->length; offset += chunk_at(range, offset)) {
    step->address = range->address + offset;
    step->count = chunk_at(range, offset) / step->width;
    if (looks ? agent_plan_prepare(plan, memory) : agent_plan_run(plan, memory))
      continue;
    uint64_t done = looks ? 0 : offset + (uint64_t)plan->outcome.elements * step->width;
    agent_tell_done("wrote %llu of %llu byte%s", (unsigned long long)done,
                    (unsigned long long)range->length, range->length == 1 ? "" : "s");
    return false;
  }
  return true;
}

/* What is filled with elements of this width. */
static struct agent_place range;
static struct agent_literal literal;
static unsigned asked_width;

static bool parse_range(const char *text) { return agent_parse_range(text, &range); }

static bool fit_range(const char *text) {
  return parse_range(text) && agent_check_aligned(range.address, asked_width, 0, "use --width") &&
         agent_check_whole(range.length, asked_width, text);
}

static bool parse_literal(const char *text) { return agent_parse_literal(text, &literal); }

static bool to_value(uint64_t *value) {
  return agent_literal_value(&literal, asked_width, &(struct agent_bits){0}, value);
}

static bool fit_literal(const char *text) {
  uint64_t value;
  return parse_literal(text) && to_value(&value);
}

/* Whether a shell takes a path as it is. */
static bool is_plain(const char *path) {
  for (; *path; path++) {
    char letter = *path;
    bool is_word = (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
                   (letter >= '0' && letter <= '9');
    if (!is_word && !strchr("/._-", letter))
      return false;
  }
  return true;
}

/* The example is the line that was given, with a value. */
static bool refuse_without_value(const struct agent_options *options, const char *text) {
  if (is_plain(options->memory) && agent_is_accepted(text, fit_range)) {
    bool is_file = strcmp(options->memory, "/dev/mem") != 0;
    char width[16] = "";
    if (options->width != 32)
      agent_add(&(struct agent_text){.bytes = width, .room = sizeof width, .fd = -1}, " --width %u",
                options->width);
    agent_refuse("fill needs a VALUE, such as physmem-agent fill%s%s %s 0%s",
                 is_file ? " --memory " : "", is_file ? options->memory : "", text, width);
  } else {
    agent_refuse("fill needs a VALUE: the value of each element");
  }
  agent_advise("see physmem-agent fill --help");
  return false;
}

static bool run(const struct agent_options *options, char *const *words, unsigned count,
                int *code) {
  struct agent_memory memory;
  struct agent_plan plan;
  uint64_t value;
  *code = AGENT_DONE;
  asked_width = options->width;
  if (count < 2)
    return refuse_without_value(options, words[0]);
  if (!agent_fitting(words[0], parse_range, fit_range) ||
      !agent_fitting(words[1], parse_literal, fit_literal) || !to_value(&value) ||
      !agent_check_aligned(range.address, options->width, agent_bits_needed(&literal),
                           "use --width") ||
      !agent_refuse_open_range(&range, words[0]) ||
      !agent_check_whole(range.length, options->width, words[0]) ||
      !agent_open(&memory, options->memory, true) || !agent_plan_begin(&plan, 1, 0))
    return false;
  if (!agent_check_inside(&memory, range.address, range.length))
    return false;
  agent_plan_add(&plan, PM_FILL, range.address, options->width)->value = value;
  if (!fill(&plan, &memory, &range, true) || !fill(&plan, &memory, &range, false))
    return false;
  if (options->quiet)
    return true;
  char bytes[80];
  struct agent_text out = {.bytes = bytes, .room = sizeof bytes, .fd = 1};
  agent_add(&out, "%llu byte%s from 0x%08llx %s written\n", (unsigned long long)range.length,
            range.length == 1 ? "" : "s", (unsigned long long)range.address,
            range.length == 1 ? "is" : "are");
  if (agent_end_output(&out))
    return true;
  agent_tell_done("wrote %llu of %llu byte%s", (unsigned long long)range.length,
                  (unsigned long long)range.length, range.length == 1 ? "" : "s");
  return false;
}

const struct agent_command agent_fill = {
    .name = "fill",
    .options = AGENT_ACCESSES | AGENT_HAS_WIDTH,
    .shape = "RANGE VALUE",
    .first = "a RANGE",
    .what = "A..B, A..+LENGTH or A..",
    .example = "0x40000000..+1M 0",
    .most_words = 2,
    .run = run,
    .meaning = "Stores a value in every element of a range (A..B, A..+LENGTH), in rising order.",
    .notes = "Nothing is read. All of it is mapped before the first store.",
};
