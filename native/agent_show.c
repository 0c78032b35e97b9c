#include "agent_show.h"

#include "agent_error.h"

void agent_add_place(struct agent_text *text, const struct agent_place *place, unsigned digits) {
  agent_add(text, "0x%0*llx", (int)digits, (unsigned long long)place->address);
  if (place->bits.given)
    agent_add(text, ":%u", place->bits.high);
  if (place->bits.given && place->bits.low != place->bits.high)
    agent_add(text, ":%u", place->bits.low);
}

void agent_add_value(struct agent_text *text, uint64_t value, unsigned bits) {
  agent_add(text, "0x%0*llx", (int)(bits + 3) / 4, (unsigned long long)value);
}

unsigned agent_address_digits(uint64_t largest) {
  unsigned digits = 8;
  while (digits < 16 && largest >> (4 * digits))
    digits++;
  return digits;
}

unsigned agent_shown_bits(const struct agent_place *place, unsigned width) {
  return place->bits.given ? place->bits.high - place->bits.low + 1 : width;
}

uint64_t agent_field(const struct agent_place *place, uint64_t whole) {
  if (!place->bits.given)
    return whole;
  return whole >> place->bits.low & agent_ones(place->bits.high - place->bits.low + 1);
}

uint64_t agent_mask(const struct agent_place *place, unsigned width) {
  return agent_ones(agent_shown_bits(place, width)) << (place->bits.given ? place->bits.low : 0);
}

bool agent_check_place(const struct agent_place *place, unsigned width, unsigned least) {
  unsigned high = place->bits.given ? place->bits.high : 0;
  if (high >= width) {
    char bytes[24] = "";
    struct agent_text cure = {.bytes = bytes, .room = sizeof bytes, .fd = -1};
    unsigned wider = high < 16 ? 16 : high < 32 ? 32 : 64;
    if (place->address % (wider / 8) == 0)
      agent_add(&cure, " (or --width %u)", wider);
    return agent_refuse("bit %u does not exist: %s %u-bit access has bits 0 to %u%s", high,
                        width == 8 ? "an" : "a", width, width - 1, bytes);
  }
  least = place->bits.given ? high + 1 : least;
  return agent_check_aligned(place->address, width, least, "use --width");
}

bool agent_check_whole(uint64_t length, unsigned width, const char *text) {
  unsigned fitting = 32;
  if (length % (width / 8) == 0)
    return true;
  while (length % (fitting / 8))
    fitting /= 2;
  agent_refuse("%s: %llu byte%s not a whole number of %u-bit elements", text,
               (unsigned long long)length, length == 1 ? " is" : "s are", width);
  agent_advise("use --width %u", fitting);
  return false;
}

/* As checkReachable() of src/place/relation.ts. */
static bool check_reachable(const struct agent_condition *condition, unsigned width,
                            uint64_t value) {
  const struct agent_bits *bits = &condition->place.bits;
  uint64_t largest = agent_ones(bits->given ? bits->high - bits->low + 1 : width);
  char where[AGENT_ROOM_TEXT];
  if (!(condition->relation == AGENT_LESS && value == 0) &&
      !(condition->relation == AGENT_MORE && value == largest))
    return true;
  agent_describe_room(where, width, bits);
  return agent_refuse("no value %s is %s 0x%llx: the condition would never be true", where,
                      agent_relation_name(condition->relation), (unsigned long long)value);
}

bool agent_check_condition(const struct agent_condition *condition, unsigned width,
                           uint64_t *value) {
  const struct agent_place *place = &condition->place;
  return agent_literal_value(&condition->literal, width, &place->bits, value) &&
         agent_check_place(place, width, agent_bits_needed(&condition->literal)) &&
         check_reachable(condition, width, *value);
}

/* The word that is being parsed. */
static struct {
  agent_condition_parser *parser;
  unsigned width;
  struct agent_condition condition;
} word;

static bool parse_word(const char *text) { return word.parser(text, &word.condition); }

static bool fit_word(const char *text) {
  uint64_t value;
  return parse_word(text) && agent_check_condition(&word.condition, word.width, &value);
}

bool agent_parse_fitting(const char *text, agent_condition_parser *parser, unsigned width,
                         struct agent_condition *condition) {
  word.parser = parser;
  word.width = width;
  bool good = agent_fitting(text, parse_word, fit_word);
  *condition = word.condition;
  return good;
}
