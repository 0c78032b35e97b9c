/* Bits, durations and widths. */
#include <string.h>

#include "agent_error.h"
#include "agent_number.h"
#include "agent_text.h"

/* Decimal digits without a leading zero; false, silently, for anything else. */
static bool read_bit(const char *text, size_t count, unsigned *bit) {
  bool good = count && (count == 1 || *text != '0');
  unsigned value = 0;
  for (size_t i = 0; i < count; i++) {
    good = good && agent_is_digit(text[i]);
    value = value < 1000 ? value * 10 + (unsigned)(text[i] - '0') : value;
  }
  *bit = value;
  return good;
}

static bool parse_bit(const char *text, size_t count, unsigned *bit) {
  char word[AGENT_WORD_BYTES];
  memcpy(word, text, count);
  word[count] = 0;
  if (!read_bit(text, count, bit))
    return agent_malformed(word, "a bit", "expected a decimal number from 0 to 63");
  return *bit <= 63 ||
         agent_refuse("bit %s does not exist: bits are numbered from 0 to 63", agent_clip(word));
}

/* `7-4` and `4..7`, as others write them. */
static bool refuse_run(const char *text, const char *divider, size_t length) {
  char bytes[AGENT_WORD_BYTES];
  unsigned first, second;
  size_t before = (size_t)(divider - text);
  read_bit(text, before, &first);
  read_bit(divider + length, strlen(divider + length), &second);
  struct agent_text run = {.bytes = bytes, .room = sizeof bytes, .fd = -1};
  agent_add(&run, "%u:%u", first > second ? first : second, first > second ? second : first);
  const char *meant = agent_accepted(text, bytes);
  if (meant)
    return agent_malformed(text, "a bit or bits", "did you mean %s?", meant);
  return agent_malformed(text, "a bit or bits", "expected high:low such as 7:4");
}

static bool all_digits(const char *text, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (!agent_is_digit(text[i]))
      return false;
  return count != 0;
}

static bool read_bits(const char *text, struct agent_bits *bits) {
  const char *colon = strchr(text, ':');
  if (colon && strchr(colon + 1, ':'))
    return agent_malformed(text, "a bit or bits",
                           "expected one bit such as 5, or high:low such as 7:4");
  static const char *const dividers[] = {"-", ".."};
  for (unsigned i = 0; i < 2; i++) {
    const char *at = strstr(text, dividers[i]);
    size_t length = strlen(dividers[i]);
    if (at && all_digits(text, (size_t)(at - text)) && all_digits(at + length, strlen(at + length)))
      return refuse_run(text, at, length);
  }
  size_t first = colon ? (size_t)(colon - text) : strlen(text);
  if (!parse_bit(text, first, &bits->high))
    return false;
  bits->low = bits->high;
  if (colon && !parse_bit(colon + 1, strlen(colon + 1), &bits->low))
    return false;
  bits->given = true;
  if (bits->low <= bits->high)
    return true;
  char bytes[16];
  struct agent_text turned = {.bytes = bytes, .room = sizeof bytes, .fd = -1};
  agent_add(&turned, "%u:%u", bits->low, bits->high);
  const char *meant = agent_accepted(text, bytes);
  if (meant)
    return agent_refuse("%s is reversed: bits are given from high to low, did you mean %s?", text,
                        meant);
  return agent_refuse("%s is reversed: bits are given from high to low", text);
}

static bool try_bits(const char *text) {
  struct agent_bits bits;
  return read_bits(text, &bits);
}

bool agent_parse_bits(const char *text, struct agent_bits *bits) {
  return agent_suggesting(text, try_bits) && read_bits(text, bits);
}

static const struct {
  const char *name;
  uint64_t us;
} units[] = {{"m", 60000000}, {"s", 1000000}, {"ms", 1000}, {"us", 1}};

#define LONGEST_US (365ull * 24 * 60 * 60 * 1000000)

const char *agent_show_duration(uint64_t us) {
  static char bytes[32];
  struct agent_text text = {.bytes = bytes, .room = sizeof bytes, .fd = -1};
  unsigned unit = 0;
  while (us % units[unit].us)
    unit++;
  agent_add(&text, "%llu%s", (unsigned long long)(us / units[unit].us), us ? units[unit].name : "");
  return bytes;
}

static bool refuse_no_unit(const char *text, size_t count) {
  const char *unit = text + count;
  char bytes[AGENT_WORD_BYTES], small[8] = "";
  for (size_t i = 0; i < sizeof small - 1 && unit[i]; i++)
    small[i] = agent_lower(unit[i]);
  const char *name = !*unit                          ? "ms"
                     : strncmp(small, "min", 3) == 0 ? "m"
                     : strncmp(small, "sec", 3) == 0 ? "s"
                                                     : small;
  struct agent_text whole = {.bytes = bytes, .room = sizeof bytes, .fd = -1};
  agent_add(&whole, "%.*s%s", (int)count, text, name);
  const char *meant = agent_accepted(text, bytes);
  const char *quoted = *unit ? agent_quote(unit) : "";
  const char *wrong = *unit ? " is not a unit" : "it has no unit";
  if (meant)
    return agent_malformed(text, "a duration", "%s%s, did you mean %s? (units: us, ms, s, m)",
                           quoted, wrong, meant);
  return agent_malformed(text, "a duration", "%s%s (units: us, ms, s, m)", quoted, wrong);
}

static bool refuse_leading_zero(const char *text) {
  const char *bare = text;
  while (*bare == '0' && agent_is_digit(bare[1]))
    bare++;
  const char *meant = agent_accepted(text, bare);
  if (meant)
    return agent_malformed(text, "a duration", "it has a leading zero, did you mean %s?", meant);
  return agent_malformed(text, "a duration", "it has a leading zero");
}

static bool read_duration(const char *text, uint64_t *us) {
  size_t count = 0;
  while (agent_is_digit(text[count]) || text[count] == '_' || text[count] == '.')
    count++;
  *us = 0;
  if (strcmp(text, "0") == 0)
    return true;
  if (!agent_is_digit(*text))
    return agent_malformed(text, "a duration",
                           "expected a number and a unit, such as 50ms, 10us, 2s or 1m");
  unsigned unit = 0;
  while (unit < 4 && strcmp(units[unit].name, text + count) != 0)
    unit++;
  if (unit == 4)
    return refuse_no_unit(text, count);
  char digits[AGENT_WORD_BYTES];
  memcpy(digits, text, count);
  digits[count] = 0;
  if (strchr(digits, '.'))
    return agent_malformed(text, "a duration", "expected a whole number");
  if (*digits == '0' && count > 1)
    return refuse_leading_zero(text);
  uint64_t number;
  if (!agent_parse_plain(digits, "a whole number", &number))
    return false;
  *us = number > LONGEST_US ? number : number * units[unit].us;
  if (*us > LONGEST_US)
    return agent_refuse("%s is too long for a duration: the longest is %s, a year",
                        agent_clip(text), agent_show_duration(LONGEST_US));
  return true;
}

static bool try_duration(const char *text) {
  uint64_t us;
  return read_duration(text, &us);
}

bool agent_parse_duration(const char *text, uint64_t *us) {
  return agent_suggesting(text, try_duration) && read_duration(text, us);
}

bool agent_parse_width(const char *text, unsigned *width) {
  static const char *const names[] = {"8", "16", "32", "64"};
  for (unsigned i = 0; i < 4; i++) {
    if (strcmp(text, names[i]) == 0) {
      *width = 8u << i;
      return true;
    }
  }
  /* As those name them who count bytes. */
  static const char *const elsewhere[] = {"1", "2", "4", "b"};
  for (unsigned i = 0; i < 4; i++) {
    if (strcmp(text, elsewhere[i]) == 0)
      return agent_malformed(text, "a width", "expected 8, 16, 32 or 64, did you mean %s?",
                             names[i == 3 ? 0 : i]);
  }
  return agent_malformed(text, "a width", "expected 8, 16, 32 or 64");
}
