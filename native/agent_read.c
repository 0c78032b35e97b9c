/* `read PLACE…`: src/cli/commands/read.ts. */
#include <string.h>

#include "agent_command.h"
#include "agent_error.h"
#include "agent_memory.h"
#include "agent_output.h"
#include "agent_show.h"

/* Most bytes that one operand reads. */
#define MOST_BYTES (1u << 20)

static struct agent_place places[AGENT_MOST_WORDS];

static uint64_t count_of(const struct agent_place *place, const struct agent_options *options) {
  if (place->length)
    return place->length / (options->width / 8);
  return options->count ? options->count : 1;
}

static bool check_place(const struct agent_place *place, const struct agent_options *options) {
  unsigned size = options->width / 8;
  char bytes[64];
  struct agent_text range = {.bytes = bytes, .room = sizeof bytes, .fd = -1};
  agent_add(&range, "0x%llx..+0x%llx", (unsigned long long)place->address,
            (unsigned long long)place->length);
  if (place->length && options->count)
    return agent_refuse("%s has its own length: leave out --count", bytes);
  if (place->length && !agent_check_whole(place->length, options->width, bytes))
    return false;
  uint64_t all = count_of(place, options) * size;
  if (all > MOST_BYTES) {
    agent_refuse("%llu bytes from 0x%08llx: one operand is at most 1 MiB", (unsigned long long)all,
                 (unsigned long long)place->address);
    agent_advise("use dump, which takes any length");
    return false;
  }
  return agent_check_place(place, options->width, 0);
}

/* Where an operand's block has its data: its count, in whole pieces of 8 bytes. */
static uint32_t data_bytes(const struct pm_step *step) {
  return step->op == PM_READ_BLOCK ? (step->count * step->width + 7) & ~7u : 0;
}

static bool plan_reads(struct agent_plan *plan, const struct agent_options *options,
                       unsigned count) {
  uint64_t all = 0;
  for (unsigned i = 0; i < count; i++)
    all += count_of(&places[i], options) * (options->width / 8) + 8;
  if (!agent_plan_begin(plan, count, (uint32_t)all))
    return false;
  uint32_t offset = 0;
  for (unsigned i = 0; i < count; i++) {
    uint32_t elements = (uint32_t)count_of(&places[i], options);
    struct pm_step *step = agent_plan_add(plan, elements > 1 ? PM_READ_BLOCK : PM_READ,
                                          places[i].address, options->width);
    if (elements == 1)
      continue;
    step->count = elements;
    step->flags = options->fixed ? PM_FLAG_FIXED : 0;
    step->data_offset = offset;
    offset += data_bytes(step);
  }
  return true;
}

/* Elements that were read of an operand, also when the program stopped in it. */
static uint32_t elements_of(const struct agent_plan *plan, unsigned index) {
  const struct pm_step *step = &plan->steps[index];
  if (index < plan->outcome.done)
    return step->op == PM_READ ? 1 : step->count;
  return index == plan->outcome.done && step->op == PM_READ_BLOCK ? plan->outcome.elements : 0;
}

static uint64_t value_of(const struct agent_plan *plan, unsigned index, uint32_t element) {
  const struct pm_step *step = &plan->steps[index];
  if (step->op == PM_READ)
    return plan->cells[2 * index];
  uint64_t value = 0;
  memcpy(&value, plan->data + step->data_offset + (size_t)element * step->width, step->width);
  return value;
}

static struct agent_place place_of(const struct agent_plan *plan, unsigned index,
                                   uint32_t element) {
  struct agent_place place = places[index];
  if (!(plan->steps[index].flags & PM_FLAG_FIXED))
    place.address += (uint64_t)element * plan->steps[index].width;
  return place;
}

/* How wide the columns are. */
struct columns {
  unsigned digits;
  size_t place, value;
};

static struct columns measure(const struct agent_plan *plan, unsigned width) {
  struct columns columns = {0};
  uint64_t largest = 0;
  unsigned count = plan->header->step_count;
  for (unsigned i = 0; i < count; i++) {
    uint32_t elements = elements_of(plan, i);
    if (!elements)
      continue;
    uint64_t last = place_of(plan, i, elements - 1).address;
    largest = last > largest ? last : largest;
    size_t value = 2 + (agent_shown_bits(&places[i], width) + 3) / 4;
    columns.value = value > columns.value ? value : columns.value;
  }
  columns.digits = agent_address_digits(largest);
  for (unsigned i = 0; i < count; i++) {
    char bytes[40];
    struct agent_text text = {.bytes = bytes, .room = sizeof bytes, .fd = -1};
    agent_add_place(&text, &places[i], columns.digits);
    if (elements_of(plan, i) && text.used > columns.place)
      columns.place = text.used;
  }
  return columns;
}

static void add_padded(struct agent_text *out, const struct agent_text *text, size_t width) {
  agent_add_bytes(out, text->bytes, text->used);
  for (size_t at = text->used; at < width; at++)
    agent_add(out, " ");
}

static bool print_reads(const struct agent_plan *plan, const struct agent_options *options) {
  static char room[4096];
  struct agent_text out = {.bytes = room, .room = sizeof room, .fd = 1};
  struct columns columns = measure(plan, options->width);
  for (unsigned i = 0; i < plan->header->step_count; i++) {
    for (uint32_t element = 0; element < elements_of(plan, i); element++) {
      char name[40], shown[24];
      struct agent_text place = {.bytes = name, .room = sizeof name, .fd = -1};
      struct agent_text text = {.bytes = shown, .room = sizeof shown, .fd = -1};
      struct agent_place at = place_of(plan, i, element);
      uint64_t value = value_of(plan, i, element);
      agent_add_place(&place, &at, columns.digits);
      agent_add_value(&text, agent_field(&at, value), agent_shown_bits(&at, options->width));
      if (!options->quiet) {
        add_padded(&out, &place, columns.place);
        agent_add(&out, "  ");
      }
      add_padded(&out, &text, at.bits.given && !options->quiet ? columns.value : 0);
      if (at.bits.given && !options->quiet) {
        agent_add(&out, "  in ");
        agent_add_value(&out, value, options->width);
      }
      agent_add(&out, "\n");
    }
  }
  return agent_end_output(&out);
}

/* The line whose words are read. */
static const struct agent_options *asked;

static struct agent_place parsed;

static bool parse(const char *text) { return agent_parse_operand_or_range(text, &parsed); }

static bool fit(const char *text) {
  return parse(text) && (parsed.open || check_place(&parsed, asked));
}

static bool run(const struct agent_options *options, char *const *words, unsigned count,
                int *code) {
  struct agent_memory memory;
  struct agent_plan plan;
  bool ranges = false;
  *code = AGENT_DONE;
  asked = options;
  for (unsigned i = 0; i < count; i++) {
    if (!agent_fitting(words[i], parse, fit))
      return false;
    places[i] = parsed;
    ranges = ranges || places[i].length || places[i].open;
  }
  if (!agent_refuse_bare(words, count, places, true))
    return false;
  if (options->fixed && !options->count && !ranges)
    return agent_refuse("--fixed needs --count, or a range");
  for (unsigned i = 0; i < count; i++)
    if (!places[i].open && !check_place(&places[i], options))
      return false;
  for (unsigned i = 0; i < count; i++)
    if (!agent_refuse_open_range(&places[i], NULL))
      return false;
  if (!agent_open(&memory, options->memory, false) || !plan_reads(&plan, options, count))
    return false;
  bool good = agent_plan_run(&plan, &memory);
  uint64_t all = 0, done = 0;
  for (unsigned i = 0; i < count; i++) {
    all += count_of(&places[i], options);
    done += elements_of(&plan, i);
  }
  if (!good && all > 1)
    agent_tell_done("read %llu of %llu elements", (unsigned long long)done,
                    (unsigned long long)all);
  return print_reads(&plan, options) && good;
}

const struct agent_command agent_read = {
    .name = "read",
    .options = AGENT_ACCESSES | AGENT_HAS_WIDTH | AGENT_READS,
    .shape = "PLACE...",
    .first = "a PLACE",
    .example = "0xfed00000",
    .most_words = AGENT_MOST_WORDS,
    .run = run,
    .meaning = "Reads addresses, bits of them (A:5, A:7:4) and ranges (A..B, A..+LENGTH).",
    .notes = "Everything is parsed first, then read in the order given, each element with exactly\n"
             "one load. When a load fails, what was read before it is printed.",
};
