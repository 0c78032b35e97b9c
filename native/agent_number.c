#include "agent_number.h"

#include <string.h>

#include "agent_error.h"
#include "agent_text.h"

/* Wide enough to say of a number that does not fit in 64 bits what it is. */
struct wide {
  uint32_t words[8]; /* the lowest first */
  bool more;         /* it has more than 256 bits */
};

static void multiply_add(struct wide *wide, uint64_t factor, unsigned digit) {
  uint64_t carry = digit;
  for (unsigned i = 0; i < 8; i++) {
    uint64_t product = wide->words[i] * factor + carry;
    wide->words[i] = (uint32_t)product;
    carry = product >> 32;
  }
  wide->more = wide->more || carry;
}

static bool is_narrow(const struct wide *wide) {
  for (unsigned i = 2; i < 8; i++)
    if (wide->words[i])
      return false;
  return !wide->more;
}

static uint64_t low_bits(const struct wide *wide) {
  return (uint64_t)wide->words[1] << 32 | wide->words[0];
}

static const char *show_wide(const struct wide *wide) {
  static char bytes[80];
  struct agent_text text = {.bytes = bytes, .room = sizeof bytes, .fd = -1};
  int top = 7;
  while (top > 0 && !wide->words[top])
    top--;
  agent_add(&text, "0x%x", wide->words[top]);
  while (top-- > 0)
    agent_add(&text, "%08x", wide->words[top]);
  return wide->more ? "a number of more than 256 bits" : bytes;
}

bool agent_is_digit(char letter) { return letter >= '0' && letter <= '9'; }

char agent_lower(char letter) {
  return letter >= 'A' && letter <= 'Z' ? (char)(letter + 32) : letter;
}

bool agent_is_hex(char letter) {
  char small = agent_lower(letter);
  return agent_is_digit(small) || (small >= 'a' && small <= 'f');
}

/* How a number is called, and what it may be. */
struct rules {
  const char *what;
  bool suffix;
  bool bounded;
  uint64_t max;
};

/* A number taken apart: what stands before its digits, the digits, and what is behind. */
struct parts {
  unsigned base;
  const char *digits;
  size_t count;
  const char *rest;
};

static bool is_digit_of(char letter, unsigned base) {
  if (letter == '_')
    return true;
  if (base == 16)
    return agent_is_hex(letter);
  return letter >= '0' && letter < (char)('0' + base);
}

static struct parts take_apart(const char *text) {
  char letter = text[0] == '0' ? agent_lower(text[1]) : 0;
  unsigned base = letter == 'x' ? 16 : letter == 'b' ? 2 : letter == 'o' ? 8 : 10;
  struct parts parts = {.base = base, .digits = text + (base == 10 ? 0 : 2)};
  parts.rest = parts.digits;
  while (*parts.rest && is_digit_of(*parts.rest, base))
    parts.rest++;
  parts.count = (size_t)(parts.rest - parts.digits);
  return parts;
}

/* Text that is made for a suggestion; empty where it would be too long. */
static const char *joined(char *bytes, const char *first, const char *second) {
  *bytes = 0;
  if (strlen(first) + strlen(second) < AGENT_WORD_BYTES) {
    struct agent_text text = {.bytes = bytes, .room = AGENT_WORD_BYTES, .fd = -1};
    agent_add(&text, "%s%s", first, second);
  }
  return bytes;
}

static bool is_blank(char letter) { return letter == ' ' || (letter >= '\t' && letter <= '\r'); }

/* Groups of digits with one _ between two. */
static bool is_hex_word(const char *text) {
  for (const char *at = text; *at; at++) {
    bool between = *at == '_' && at > text && at[-1] != '_' && at[1];
    if (!agent_is_hex(*at) && !between)
      return false;
  }
  return *text;
}

static bool refuse_no_digit(const char *text, const struct rules *rules) {
  char bytes[AGENT_WORD_BYTES];
  size_t length = strlen(text);
  if (!length)
    return agent_malformed(text, rules->what, "it is empty");
  if (is_blank(text[0]) || is_blank(text[length - 1]))
    return agent_malformed(text, rules->what, "it has blanks around it");
  if (*text == '+' || *text == '-')
    return agent_malformed(text, rules->what,
                           *text == '+' ? "it takes no plus sign" : "it takes no sign");
  const char *meant = is_hex_word(text) ? agent_accepted(text, joined(bytes, "0x", text)) : NULL;
  if (meant)
    return agent_malformed(text, rules->what, "did you mean %s?", meant);
  return agent_malformed(text, rules->what, "expected a number such as 0x1f, 0b101, 0o17 or %s",
                         rules->suffix ? "4k" : "31");
}

/* `K`, `kB`, `KiB`: the suffix that is meant, or 0. */
static char unit_of(const char *rest) {
  char unit = agent_lower(*rest) == 'k'   ? 'k'
              : agent_lower(*rest) == 'm' ? 'M'
              : agent_lower(*rest) == 'g' ? 'G'
                                          : 0;
  rest += unit != 0;
  rest += agent_lower(*rest) == 'i' && unit;
  rest += agent_lower(*rest) == 'b' && unit;
  return *rest ? 0 : unit;
}

static bool refuse_junk(const char *text, const struct parts *parts, const struct rules *rules) {
  char head[AGENT_WORD_BYTES], bytes[AGENT_WORD_BYTES];
  size_t length = (size_t)(parts->rest - text);
  memcpy(head, text, length);
  head[length] = 0;
  char unit[2] = {unit_of(parts->rest), 0};
  const char *meant = NULL;
  if (*unit && rules->suffix && parts->base == 10)
    meant = agent_accepted(text, joined(bytes, head, unit));
  /* `16b` are 16 bytes to some, and 0x16b to others. */
  bool is_bytes = agent_lower(*parts->rest) == 'b' && !parts->rest[1];
  if (!meant && parts->base == 10 && !is_bytes) {
    size_t count = strlen(text);
    bool suffixed = count > 1 && agent_lower(text[count - 1]) == 'h';
    char digits[AGENT_WORD_BYTES];
    memcpy(digits, text, count + 1);
    if (suffixed)
      digits[count - 1] = 0;
    bool hex = agent_is_digit(*digits);
    for (const char *at = digits; *at; at++)
      hex = hex && (agent_is_hex(*at) || *at == '_');
    meant = hex ? agent_accepted(text, joined(bytes, "0x", digits)) : NULL;
  }
  if (meant)
    return agent_malformed(text, rules->what, "unexpected %s after %s, did you mean %s?",
                           agent_quote(parts->rest), agent_clip(head), meant);
  return agent_malformed(text, rules->what, "unexpected %s after %s", agent_quote(parts->rest),
                         agent_clip(head));
}

static bool refuse_leading_zero(const char *text, const struct parts *parts,
                                const struct rules *rules) {
  char forms[3][AGENT_WORD_BYTES];
  const char *good[3];
  unsigned count = 0;
  const char *bare = text;
  while ((*bare == '0' || *bare == '_') && bare + 1 < parts->rest)
    bare++;
  static const char *const prefixes[] = {"", "0o", "0x"};
  bool zero = bare[0] == '0';
  for (unsigned i = 0; i < (zero ? 1 : 3); i++) {
    const char *meant = agent_accepted(text, joined(forms[i], prefixes[i], bare));
    if (meant)
      good[count++] = meant;
  }
  if (!count)
    return agent_malformed(text, rules->what, "the leading zero is ambiguous");
  if (count == 1)
    return agent_malformed(text, rules->what, "the leading zero is ambiguous, write %s", good[0]);
  if (count == 2)
    return agent_malformed(text, rules->what, "the leading zero is ambiguous, write %s or %s",
                           good[0], good[1]);
  return agent_malformed(text, rules->what, "the leading zero is ambiguous, write %s, %s or %s",
                         good[0], good[1], good[2]);
}

static bool has_wrong_underscore(const struct parts *parts) {
  for (size_t i = 0; i < parts->count; i++)
    if (parts->digits[i] == '_' && (i == 0 || i + 1 == parts->count || parts->digits[i + 1] == '_'))
      return true;
  return false;
}

static uint64_t factor_of(const char *rest) {
  if (!*rest || rest[1])
    return 0;
  return *rest == 'k' || *rest == 'K' ? 1u << 10
         : *rest == 'M'               ? 1u << 20
         : *rest == 'G'               ? 1u << 30
                                      : 0;
}

static bool read_number(const char *text, const struct rules *rules, struct wide *number) {
  struct parts parts = take_apart(text);
  if (parts.base == 10 && !agent_is_digit(*text))
    return refuse_no_digit(text, rules);
  uint64_t factor = factor_of(parts.rest);
  if (*parts.rest && !factor)
    return refuse_junk(text, &parts, rules);
  if (!parts.count)
    return agent_malformed(text, rules->what, "no digits after %.*s", (int)(parts.rest - text),
                           text);
  if (has_wrong_underscore(&parts))
    return agent_malformed(text, rules->what, "\"_\" may only stand between two digits");
  if (parts.base == 10 && *text == '0' && parts.count > 1)
    return refuse_leading_zero(text, &parts, rules);
  *number = (struct wide){0};
  for (size_t i = 0; i < parts.count; i++) {
    char letter = agent_lower(parts.digits[i]);
    if (letter != '_')
      multiply_add(number, parts.base,
                   (unsigned)(letter >= 'a' ? letter - 'a' + 10 : letter - '0'));
  }
  if (factor)
    multiply_add(number, factor, 0);
  if (factor && !rules->suffix) {
    char bytes[AGENT_WORD_BYTES];
    struct agent_text decimal = {.bytes = bytes, .room = sizeof bytes, .fd = -1};
    *bytes = 0;
    if (is_narrow(number))
      agent_add(&decimal, "%llu", (unsigned long long)low_bits(number));
    const char *meant = *bytes ? agent_accepted(text, bytes) : NULL;
    if (meant)
      return agent_malformed(text, rules->what, "%s takes no size suffix, did you mean %s?",
                             rules->what, meant);
    return agent_malformed(text, rules->what, "%s takes no size suffix", rules->what);
  }
  if (rules->bounded && (!is_narrow(number) || low_bits(number) > rules->max))
    return agent_refuse("%s is too large for %s: the largest is 0x%llx", agent_clip(text),
                        rules->what, (unsigned long long)rules->max);
  return true;
}

/* The rules of the number that is being read: what is suggested for it is read by the same. */
static struct rules current;

static bool read_current(const char *text) {
  struct wide number;
  /* A copy: what is tried meanwhile has rules of its own. */
  struct rules rules = current;
  return read_number(text, &rules, &number);
}

static bool parse_number(const char *text, struct rules rules, struct wide *number) {
  current = rules;
  return agent_suggesting(text, read_current) && read_number(text, &rules, number);
}

bool agent_parse_below(const char *text, const char *what, uint64_t max, uint64_t *number) {
  struct wide wide;
  if (!parse_number(text, (struct rules){what, true, true, max}, &wide))
    return false;
  *number = low_bits(&wide);
  return true;
}

bool agent_parse_plain(const char *text, const char *what, uint64_t *number) {
  struct wide wide;
  if (!parse_number(text, (struct rules){.what = what}, &wide))
    return false;
  *number = is_narrow(&wide) ? low_bits(&wide) : UINT64_MAX;
  return true;
}

bool agent_parse_count(const char *text, uint64_t *count) {
  struct wide wide;
  if (!parse_number(text, (struct rules){"a count", false, true, UINT32_MAX}, &wide))
    return false;
  *count = low_bits(&wide);
  return *count || agent_refuse("a count of %s: expected at least 1", text);
}

static bool read_value(const char *text, uint64_t *value) {
  struct wide wide;
  if (!parse_number(text, (struct rules){.what = "a value"}, &wide))
    return false;
  if (!is_narrow(&wide))
    return agent_refuse("%s does not fit in 64 bits (largest: 0xffffffffffffffff)",
                        show_wide(&wide));
  *value = low_bits(&wide);
  return true;
}

static bool try_value(const char *text) {
  uint64_t value;
  return read_value(text, &value);
}

bool agent_parse_value(const char *text, uint64_t *value) {
  return agent_suggesting(text, try_value) && read_value(text, value);
}

/* Why a text is no value, whatever stands behind its start. */
static bool refuse_start(const char *text) {
  if (*text && strchr("-+~", *text) && text[1] && strchr("-+~", text[1]))
    return agent_malformed(text, "a value", "it has more than one sign");
  if (*text == '/')
    return agent_malformed(
        text, "a value",
        "it is a path, which a shell puts for ~0 and its like: quote them, as '~0'");
  return true;
}

static bool try_literal(const char *text) {
  uint64_t value;
  return refuse_start(text) && read_value(text + (*text == '-' || *text == '~'), &value);
}

bool agent_parse_literal(const char *text, struct agent_literal *literal) {
  literal->sign = *text == '-' || *text == '~' ? *text : 0;
  return agent_suggesting(text, try_literal) &&
         read_value(text + (literal->sign != 0), &literal->value);
}

unsigned agent_bits_needed(const struct agent_literal *literal) {
  unsigned count = literal->sign == '-';
  for (uint64_t rest = literal->value; rest; rest >>= 1)
    count++;
  return count;
}

bool agent_check_value(uint64_t value, unsigned bits, const char *where) {
  uint64_t largest = agent_ones(bits);
  return value <= largest ||
         agent_refuse("0x%llx does not fit %s (largest: 0x%llx)", (unsigned long long)value, where,
                      (unsigned long long)largest);
}

void agent_describe_room(char bytes[AGENT_ROOM_TEXT], unsigned width,
                         const struct agent_bits *bits) {
  struct agent_text where = {.bytes = bytes, .room = AGENT_ROOM_TEXT, .fd = -1};
  if (!bits->given)
    agent_add(&where, "in %u bits", width);
  else if (bits->high == bits->low)
    agent_add(&where, "in bit %u", bits->high);
  else
    agent_add(&where, "in bits %u:%u", bits->high, bits->low);
}

bool agent_literal_value(const struct agent_literal *literal, unsigned width,
                         const struct agent_bits *bits, uint64_t *value) {
  char bytes[AGENT_ROOM_TEXT];
  unsigned room = bits->given ? bits->high - bits->low + 1 : width;
  agent_describe_room(bytes, width, bits);
  uint64_t smallest = 1ull << (room - 1);
  if (literal->sign == '-' && literal->value > smallest)
    return agent_refuse("-0x%llx does not fit %s (smallest: -0x%llx)",
                        (unsigned long long)literal->value, bytes, (unsigned long long)smallest);
  if (literal->sign != '-' && !agent_check_value(literal->value, room, bytes))
    return false;
  *value = literal->sign == '-'   ? -literal->value & agent_ones(room)
           : literal->sign == '~' ? ~literal->value & agent_ones(room)
                                  : literal->value;
  return true;
}
