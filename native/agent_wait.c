/* `wait CONDITION…`: src/cli/commands/wait.ts. */
#define _GNU_SOURCE
#include <time.h>

#include "agent_command.h"
#include "agent_error.h"
#include "agent_memory.h"
#include "agent_output.h"
#include "agent_show.h"

static struct agent_condition conditions[AGENT_MOST_WORDS];
static struct agent_place places[AGENT_MOST_WORDS];
static uint64_t wanted[AGENT_MOST_WORDS]; /* of the bits, or the whole */
static uint64_t seen[AGENT_MOST_WORDS];   /* whole values of the last look */

static bool parse(const struct agent_options *options, char *const *words, unsigned count) {
  for (unsigned i = 0; i < count; i++) {
    if (!agent_parse_fitting(words[i], agent_parse_condition, options->width, &conditions[i]))
      return false;
    places[i] = conditions[i].place;
  }
  if (!agent_refuse_bare(words, count, places, false))
    return false;
  for (unsigned i = 0; i < count; i++)
    if (!agent_check_condition(&conditions[i], options->width, &wanted[i]))
      return false;
  return true;
}

static bool is_met(unsigned index) {
  uint64_t value = agent_field(&places[index], seen[index]), other = wanted[index];
  switch (conditions[index].relation) {
  case AGENT_IS:
    return value == other;
  case AGENT_IS_NOT:
    return value != other;
  case AGENT_LESS:
    return value < other;
  case AGENT_MOST:
    return value <= other;
  case AGENT_MORE:
    return value > other;
  default:
    return value >= other;
  }
}

static bool are_met(unsigned count) {
  for (unsigned i = 0; i < count; i++)
    if (!is_met(i))
      return false;
  return true;
}

static uint64_t now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static void pause_ns(uint64_t ns) {
  struct timespec left = {(time_t)(ns / 1000000000u), (long)(ns % 1000000000u)};
  nanosleep(&left, NULL);
}

/* One equality: the engine looks, with no more between two loads than the pause. */
static bool wait_in_engine(const struct agent_options *options, struct agent_memory *memory,
                           uint64_t *elapsed_ns) {
  struct agent_plan plan;
  if (!agent_plan_begin(&plan, 1, 0))
    return false;
  struct pm_step *step = agent_plan_add(&plan, PM_WAIT, places[0].address, options->width);
  step->mask = agent_mask(&places[0], options->width);
  step->value = wanted[0] << (places[0].bits.given ? places[0].bits.low : 0);
  step->flags = conditions[0].relation == AGENT_IS_NOT ? PM_FLAG_NEGATE : 0;
  step->timeout_ns = options->timeout_us * 1000;
  step->interval_us =
      options->interval_us > UINT32_MAX ? UINT32_MAX : (uint32_t)options->interval_us;
  bool good = agent_plan_run(&plan, memory);
  seen[0] = plan.cells[0];
  *elapsed_ns = plan.cells[1];
  return good || plan.outcome.status == PM_TIMED_OUT;
}

/* The step that loads the element of a condition: one for all that look at the same address. */
static unsigned step_of(unsigned index) {
  unsigned step = 0;
  for (unsigned i = 0; i < index; i++) {
    if (places[i].address == places[index].address)
      return step_of(i);
    unsigned first = 0;
    while (places[first].address != places[i].address)
      first++;
    step += first == i;
  }
  return step;
}

static bool wait_by_looks(const struct agent_options *options, struct agent_memory *memory,
                          unsigned count, uint64_t *elapsed_ns) {
  struct agent_plan plan;
  if (!agent_plan_begin(&plan, count, 0))
    return false;
  for (unsigned i = 0; i < count; i++)
    if (step_of(i) == plan.header->step_count)
      agent_plan_add(&plan, PM_READ, places[i].address, options->width);
  uint64_t timeout = options->timeout_us * 1000, start = now_ns();
  for (;;) {
    uint64_t before = now_ns() - start;
    if (!agent_plan_run(&plan, memory))
      return false;
    for (unsigned i = 0; i < count; i++)
      seen[i] = plan.cells[2 * step_of(i)];
    *elapsed_ns = now_ns() - start;
    if (are_met(count) || before >= timeout)
      return true;
    uint64_t left = timeout - before, pause = options->interval_us * 1000;
    if (pause)
      pause_ns(pause < left ? pause : left);
  }
}

/* With three digits: `38 us`, `1.24 ms`, `2.5 s`. */
static void add_elapsed(struct agent_text *text, uint64_t ns) {
  uint64_t us = (ns + 500) / 1000;
  if (us < 1000) {
    agent_add(text, "%llu us", (unsigned long long)us);
    return;
  }
  bool seconds = us >= 1000000;
  uint64_t unit = seconds ? 1000000 : 1000;
  unsigned digits = us < 10 * unit ? 2 : us < 100 * unit ? 1 : 0;
  uint64_t scale = digits == 2 ? 100 : digits == 1 ? 10 : 1;
  uint64_t scaled = (us * scale + unit / 2) / unit;
  uint64_t fraction = scaled % scale;
  while (digits && fraction % 10 == 0) {
    fraction /= 10;
    digits--;
  }
  agent_add(text, "%llu", (unsigned long long)(scaled / scale));
  if (digits)
    agent_add(text, ".%0*llu", (int)digits, (unsigned long long)fraction);
  agent_add(text, seconds ? " s" : " ms");
}

static void add_seen(struct agent_text *text, unsigned index, unsigned width) {
  const struct agent_place *place = &places[index];
  agent_add_value(text, agent_field(place, seen[index]), agent_shown_bits(place, width));
}

static bool print_met(const struct agent_options *options, unsigned count, uint64_t elapsed_ns) {
  static char room[1024];
  struct agent_text out = {.bytes = room, .room = sizeof room, .fd = 1};
  size_t place_width = 0, value_width = 0;
  uint64_t largest = 0;
  for (unsigned i = 0; i < count; i++)
    largest = places[i].address > largest ? places[i].address : largest;
  for (unsigned i = 0; i < count; i++) {
    char bytes[64];
    struct agent_text text = {.bytes = bytes, .room = sizeof bytes, .fd = -1};
    agent_add_place(&text, &places[i], agent_address_digits(largest));
    place_width = text.used > place_width ? text.used : place_width;
    text.used = 0;
    add_seen(&text, i, options->width);
    value_width = text.used > value_width ? text.used : value_width;
  }
  for (unsigned i = 0; i < count; i++) {
    char bytes[64];
    struct agent_text text = {.bytes = bytes, .room = sizeof bytes, .fd = -1};
    if (!options->quiet) {
      agent_add_place(&text, &places[i], agent_address_digits(largest));
      agent_add_padded(&out, &text, place_width + 2);
      text.used = 0;
    }
    add_seen(&text, i, options->width);
    agent_add_padded(&out, &text, options->quiet ? 0 : value_width);
    if (!options->quiet && places[i].bits.given) {
      agent_add(&out, "  in ");
      agent_add_value(&out, seen[i], options->width);
    }
    if (!options->quiet) {
      agent_add(&out, "  after ");
      add_elapsed(&out, elapsed_ns);
    }
    agent_add(&out, "\n");
  }
  return agent_end_output(&out);
}

static void complain(const struct agent_options *options, unsigned index) {
  char bytes[256];
  struct agent_text text = {.bytes = bytes, .room = sizeof bytes, .fd = -1};
  enum agent_relation relation = conditions[index].relation;
  agent_add_place(&text, &places[index], 8);
  agent_add(&text, relation == AGENT_IS_NOT ? " is still " : " is ");
  add_seen(&text, index, options->width);
  if (places[index].bits.given) {
    agent_add(&text, " in ");
    agent_add_value(&text, seen[index], options->width);
  }
  if (relation != AGENT_IS_NOT) {
    agent_add(&text, ", expected ");
    if (relation != AGENT_IS)
      agent_add(&text, "%s ", agent_relation_name(relation));
    agent_add_value(&text, wanted[index], agent_shown_bits(&places[index], options->width));
  }
  if (options->timeout_us)
    agent_add(&text, ": waited %s", agent_show_duration(options->timeout_us));
  else
    agent_add(&text, ": looked once");
  agent_complain("%s", bytes);
}

static bool run(const struct agent_options *options, char *const *words, unsigned count,
                int *code) {
  struct agent_memory memory;
  uint64_t elapsed_ns = 0;
  *code = AGENT_DONE;
  if (!parse(options, words, count) || !agent_open(&memory, options->memory, false))
    return false;
  if (!(count == 1 && conditions[0].relation <= AGENT_IS_NOT
            ? wait_in_engine(options, &memory, &elapsed_ns)
            : wait_by_looks(options, &memory, count, &elapsed_ns)))
    return false;
  if (are_met(count))
    return print_met(options, count, elapsed_ns);
  for (unsigned i = 0; i < count; i++)
    if (!is_met(i))
      complain(options, i);
  *code = AGENT_NOT_MET;
  return true;
}

const struct agent_command agent_wait = {
    .name = "wait",
    .options = AGENT_ACCESSES | AGENT_HAS_WIDTH | AGENT_WAITS,
    .shape = "CONDITION...",
    .first = "a CONDITION",
    .example = "0x10000020:7=0 --timeout 50ms",
    .most_words = AGENT_MOST_WORDS,
    .run = run,
    .meaning = "Waits until an element has a value (A=VALUE, A:BITS=VALUE), or does not (!=), or\n"
               "compares so: < <= > >= (quote these from the shell). At most 1s, unless --timeout\n"
               "says otherwise, with a pause of 100us between two loads.",
    .notes = "The place is read at least once. Exit 3 when the time is up, with the last value on\n"
             "stderr. Of several conditions all have to be true in the same look.",
};
