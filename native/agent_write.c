/* `write PLACE=VALUE…`: src/cli/commands/write.ts. */
#include "agent_command.h"
#include "agent_error.h"
#include "agent_memory.h"
#include "agent_output.h"
#include "agent_show.h"

/* One assignment, and its steps in the plan. */
struct assignment {
  struct agent_condition said;
  uint64_t value; /* of the bits, or the whole */
  uint32_t step;
};

static struct assignment all[AGENT_MOST_WORDS];
static struct agent_place places[AGENT_MOST_WORDS];

static bool parse(const struct agent_options *options, char *const *words, unsigned count) {
  for (unsigned i = 0; i < count; i++) {
    if (!agent_parse_fitting(words[i], agent_parse_assignment, options->width, &all[i].said))
      return false;
    places[i] = all[i].said.place;
  }
  if (!agent_refuse_bare(words, count, places, false))
    return false;
  for (unsigned i = 0; i < count; i++)
    if (!agent_check_condition(&all[i].said, options->width, &all[i].value))
      return false;
  return true;
}

static bool plan_writes(struct agent_plan *plan, const struct agent_options *options,
                        unsigned count) {
  unsigned width = options->width;
  if (!agent_plan_begin(plan, 2 * count, 0))
    return false;
  for (unsigned i = 0; i < count; i++) {
    const struct agent_place *place = &places[i];
    struct pm_step *step =
        agent_plan_add(plan, place->bits.given ? PM_UPDATE : PM_WRITE, place->address, width);
    all[i].step = plan->header->step_count - 1;
    step->value = all[i].value << (place->bits.given ? place->bits.low : 0);
    step->mask = place->bits.given ? agent_mask(place, width) : 0;
    if (options->verify)
      agent_plan_add(plan, PM_READ, place->address, width);
  }
  return true;
}

static void add_assignment(struct agent_text *text, unsigned index, unsigned width) {
  agent_add_place(text, &places[index], 8);
  agent_add(text, "=");
  agent_add_value(text, all[index].value, agent_shown_bits(&places[index], width));
}

static bool is_done(const struct agent_plan *plan, unsigned index) {
  return plan->outcome.done > all[index].step;
}

static void tell_done(const struct agent_plan *plan, unsigned count, unsigned width) {
  static char made_room[1024], left_room[1024];
  struct agent_text made = {.bytes = made_room, .room = sizeof made_room, .fd = -1};
  struct agent_text left = {.bytes = left_room, .room = sizeof left_room, .fd = -1};
  unsigned done = 0;
  for (unsigned i = 0; i < count; i++) {
    struct agent_text *text = is_done(plan, i) ? &made : &left;
    agent_add(text, "%s", text->used ? ", " : "");
    add_assignment(text, i, width);
    done += is_done(plan, i);
  }
  if (count > 1 && done)
    agent_tell_done("made %u of %u assignments (%s); not made: %s", done, count, made_room,
                    left_room);
  else if (count > 1)
    agent_tell_done("made 0 of %u assignments; not made: %s", count, left_room);
}

/* When what was read for it cannot be printed. */
static void tell_all_done(unsigned count, unsigned width) {
  static char room[1024];
  struct agent_text made = {.bytes = room, .room = sizeof room, .fd = -1};
  for (unsigned i = 0; i < count; i++) {
    agent_add(&made, "%s", i ? ", " : "");
    add_assignment(&made, i, width);
  }
  if (count == 1)
    agent_tell_done("made the assignment %s", room);
  else
    agent_tell_done("made all %u assignments (%s)", count, room);
}

/* One line an assignment to bits, which was a load and a store. */
static bool print_changes(const struct agent_plan *plan, unsigned count, unsigned width) {
  static char room[1024];
  struct agent_text out = {.bytes = room, .room = sizeof room, .fd = 1};
  uint64_t largest = 0;
  size_t place_width = 0, field_width = 0;
  char place_bytes[40], field_bytes[64];
  for (int round = 0; round < 3; round++) {
    for (unsigned i = 0; i < count; i++) {
      const struct agent_place *place = &places[i];
      if (!place->bits.given || !is_done(plan, i))
        continue;
      struct agent_text name = {.bytes = place_bytes, .room = sizeof place_bytes, .fd = -1};
      struct agent_text field = {.bytes = field_bytes, .room = sizeof field_bytes, .fd = -1};
      unsigned bits = agent_shown_bits(place, width);
      const uint64_t *cell = &plan->cells[2 * all[i].step];
      largest = place->address > largest ? place->address : largest;
      agent_add_place(&name, place, agent_address_digits(largest));
      agent_add(&field, "read ");
      agent_add_value(&field, agent_field(place, cell[0]), bits);
      agent_add(&field, ", wrote ");
      agent_add_value(&field, agent_field(place, cell[1]), bits);
      place_width = name.used > place_width ? name.used : place_width;
      field_width = field.used > field_width ? field.used : field_width;
      if (round < 2)
        continue;
      agent_add_padded(&out, &name, place_width + 2);
      agent_add_padded(&out, &field, field_width);
      agent_add(&out, "  in ");
      agent_add_value(&out, cell[0], width);
      agent_add(&out, ", ");
      agent_add_value(&out, cell[1], width);
      agent_add(&out, "\n");
    }
  }
  return agent_end_output(&out);
}

static int verify(const struct agent_plan *plan, unsigned count, unsigned width) {
  int code = AGENT_DONE;
  for (unsigned i = 0; i < count; i++) {
    uint64_t back = agent_field(&places[i], plan->cells[2 * (all[i].step + 1)]);
    if (back == all[i].value)
      continue;
    char made[64], read[32];
    struct agent_text text = {.bytes = made, .room = sizeof made, .fd = -1};
    struct agent_text value = {.bytes = read, .room = sizeof read, .fd = -1};
    add_assignment(&text, i, width);
    agent_add_value(&value, back, agent_shown_bits(&places[i], width));
    agent_complain("%s was written, but reads back as %s", made, read);
    code = AGENT_NOT_MET;
  }
  return code;
}

static bool run(const struct agent_options *options, char *const *words, unsigned count,
                int *code) {
  struct agent_memory memory;
  struct agent_plan plan;
  *code = AGENT_DONE;
  if (!parse(options, words, count) || !agent_open(&memory, options->memory, true) ||
      !plan_writes(&plan, options, count))
    return false;
  bool good = agent_plan_run(&plan, &memory);
  if (!good)
    tell_done(&plan, count, options->width);
  if (!options->quiet && !print_changes(&plan, count, options->width)) {
    if (good)
      tell_all_done(count, options->width);
    return false;
  }
  if (good && options->verify)
    *code = verify(&plan, count, options->width);
  return good;
}

const struct agent_command agent_write = {
    .name = "write",
    .options = AGENT_ACCESSES | AGENT_HAS_WIDTH | AGENT_WRITES,
    .shape = "ASSIGNMENT...",
    .first = "an ASSIGNMENT",
    .what = "PLACE=VALUE, or PLACE:BITS=VALUE, which changes only these bits",
    .example = "0x09000000=0x41 --width 8",
    .most_words = AGENT_MOST_WORDS,
    .run = run,
    .meaning = "Writes values (A=VALUE), or bits (A:7:4=VALUE), in the order given.",
    .notes =
        "Everything is parsed first: when any assignment is wrong, none is made. A whole value\n"
        "is written with one store and is not read, before or after, unless --verify asks for\n"
        "it. An assignment to bits is one load and one store; both are printed.",
};
