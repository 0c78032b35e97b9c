#include "agent_place.h"

#include <string.h>

#include "agent_error.h"
#include "agent_spelling.h"
#include "agent_text.h"

/* How a range ends. */
enum end_kind { NO_END, AT_END, AFTER_LENGTH, OPEN_END };

/* A text taken apart. */
struct parts {
  struct agent_place place;
  enum end_kind end;
  uint64_t end_value;
  const char *suffix; /* the bits or the end, in the text, with their `:` or `..` */
};

static bool is_word(char letter) {
  return agent_is_digit(letter) || (agent_lower(letter) >= 'a' && agent_lower(letter) <= 'z') ||
         letter == '_';
}

static const char *copy_part(char *bytes, const char *from, size_t count) {
  memcpy(bytes, from, count);
  bytes[count] = 0;
  return bytes;
}

/* Where up to three `:5` stand at the end of a text; its end when none does. */
static const char *find_bits(const char *text) {
  const char *found = text + strlen(text);
  for (unsigned groups = 0; groups < 3; groups++) {
    const char *at = found;
    while (at > text && is_word(at[-1]))
      at--;
    if (at == text || at[-1] != ':' || !agent_is_digit(*at))
      break;
    found = at - 1;
  }
  return found;
}

/* Up to 13 hexadecimal digits, perhaps behind 0x, as /proc/iomem and manuals print them. */
static const char *read_bare(const char *text, uint64_t *number, unsigned *digits) {
  const char *at = text + (text[0] == '0' && agent_lower(text[1]) == 'x' ? 2 : 0);
  *number = 0;
  for (*digits = 0; *digits < 13 && agent_is_hex(at[*digits]); ++*digits) {
    char letter = agent_lower(at[*digits]);
    *number = *number << 4 | (uint64_t)(letter >= 'a' ? letter - 'a' + 10 : letter - '0');
  }
  return at + *digits;
}

/*
 * What others write: digits without 0x, and ranges with their last byte. Of a range in a few digits
 * nobody knows whether they are decimal; an end that no element of 32 bits has is none.
 */
static const char *guess(const char *text, char *bytes) {
  struct agent_text to = {.bytes = bytes, .room = AGENT_WORD_BYTES, .fd = -1};
  uint64_t start, last;
  unsigned first, second;
  const char *behind = read_bare(text, &start, &first);
  if (!*behind && first >= 2 && !agent_is_digit(*text)) {
    agent_add(&to, "0x%s", text);
    return bytes;
  }
  if (*behind != '-' || !first || *read_bare(behind + 1, &last, &second) || !second)
    return NULL;
  bool decimal = strlen(text) == first + second + 1 && first <= 4 && second <= 4;
  for (const char *at = text; *at; at++)
    decimal = decimal && (agent_is_digit(*at) || *at == '-');
  uint64_t end = (last + 1) % 4 == 0 ? last + 1 : last;
  if (decimal || end % 4 || end <= start)
    return NULL;
  agent_add(&to, "0x%0*llx..0x%0*llx", (int)first, (unsigned long long)start, (int)second,
            (unsigned long long)end);
  return bytes;
}

static bool refuse_no_address(const char *text) {
  size_t name = 0;
  while (is_word(text[name]) || text[name] == '-')
    name++;
  if (agent_lower(*text) >= 'a' && agent_lower(*text) <= 'z' && text[name] == ':') {
    char bytes[AGENT_WORD_BYTES];
    copy_part(bytes, text, name + 1);
    return agent_refuse("%s is not a kind of place of the agent: expected an address",
                        agent_quote(bytes));
  }
  if (!*text)
    return agent_malformed(text, "a place", "it is empty, expected an address such as 0xfed00000");
  size_t last = strlen(text) - 1;
  if (*text == ' ' || text[last] == ' ' || *text == '\t' || text[last] == '\t')
    return agent_malformed(text, "a place", "it has blanks around it");
  return agent_malformed(text, "a place", "expected an address such as 0xfed00000");
}

static bool parse_sum(const char *text, const char *what, uint64_t max, uint64_t *sum) {
  char term[AGENT_WORD_BYTES];
  const char *from = text;
  *sum = 0;
  for (;;) {
    const char *end = strchr(from, '+');
    size_t count = end ? (size_t)(end - from) : strlen(from);
    uint64_t number;
    copy_part(term, from, count);
    if (!agent_parse_below(term, from == text ? what : "an offset",
                           from == text ? max : AGENT_ADDRESS_LIMIT - 1, &number))
      return false;
    *sum += number;
    if (*sum > max)
      return agent_refuse("%s is too large for %s: the largest is 0x%llx", agent_clip(text), what,
                          (unsigned long long)max);
    if (!end)
      return true;
    from = end + 1;
  }
}

static bool parse_address(const char *text, uint64_t *address) {
  if (!agent_is_digit(*text))
    return refuse_no_address(text);
  const char *colon = strchr(text, ':');
  struct agent_bits bits;
  /* Well-formed bits were split off before. */
  if (colon && !agent_parse_bits(colon + 1, &bits))
    return false;
  return parse_sum(text, "an address", AGENT_ADDRESS_LIMIT - 1, address);
}

static bool parse_end(const char *text, struct parts *parts) {
  parts->end = *text == '+' ? AFTER_LENGTH : *text ? AT_END : OPEN_END;
  if (parts->end == AFTER_LENGTH)
    return agent_parse_below(text + 1, "a length", AGENT_ADDRESS_LIMIT, &parts->end_value);
  return parts->end == OPEN_END ||
         parse_sum(text, "the end of a range", AGENT_ADDRESS_LIMIT, &parts->end_value);
}

static bool refuse_bits(const char *text, const char *bits) {
  return agent_malformed(text, "a range", "a range covers whole bytes, leave out %s",
                         agent_quote(bits));
}

static bool dissect_bare(const char *text, struct parts *parts) {
  char bytes[AGENT_WORD_BYTES], start[AGENT_WORD_BYTES];
  *parts = (struct parts){.suffix = text + strlen(text)};
  const char *guessed = guess(text, bytes);
  const char *meant = guessed ? agent_accepted(text, guessed) : NULL;
  if (meant)
    return agent_malformed(text, "a place", "did you mean %s?", meant);
  const char *bits = find_bits(text);
  copy_part(bytes, text, (size_t)(bits - text));
  const char *dots = strstr(bytes, "..");
  if (!dots) {
    parts->suffix = bits;
    return parse_address(bytes, &parts->place.address) &&
           (!*bits || agent_parse_bits(bits + 1, &parts->place.bits));
  }
  if (*bits)
    return refuse_bits(text, bits);
  copy_part(start, bytes, (size_t)(dots - bytes));
  bits = find_bits(start);
  if (*bits)
    return refuse_bits(text, bits);
  parts->suffix = text + (dots - bytes);
  return parse_address(start, &parts->place.address) && parse_end(dots + 2, parts);
}

/*
 * Takes `PLACE`, `PLACE:BITS`, `PLACE..`, `PLACE..END` or `PLACE..+LENGTH` apart. The same text
 * means the same wherever it is given: those who want only a place refuse what is found besides.
 */
static bool dissect(const char *text, struct parts *parts) {
  char bytes[AGENT_WORD_BYTES];
  if (dissect_bare(text, parts))
    return true;
  const char *plain = agent_without_brackets(text, bytes);
  const char *meant = plain ? agent_accepted(text, plain) : NULL;
  if (meant)
    return agent_malformed(text, "a place", "bits follow a colon, did you mean %s?", meant);
  struct agent_text other = {.bytes = bytes, .room = sizeof bytes, .fd = -1};
  const char *why = agent_behind_colon(text, &other);
  meant = why ? agent_accepted(text, bytes) : NULL;
  if (meant)
    agent_malformed(text, "a place", "%s, did you mean %s?", why, meant);
  return false;
}

static bool read_place(const char *text, struct agent_place *place) {
  struct parts parts;
  if (!dissect(text, &parts))
    return false;
  *place = parts.place;
  if (!place->bits.given && parts.end == NO_END)
    return true;
  return agent_malformed(text, "a place", "no %s taken here, leave out %s",
                         place->bits.given ? "bits are" : "range is", agent_quote(parts.suffix));
}

static bool read_operand(const char *text, struct agent_place *place) {
  struct parts parts;
  if (!dissect(text, &parts))
    return false;
  *place = parts.place;
  return parts.end == NO_END ||
         agent_malformed(text, "one place", "no range is taken here, leave out %s",
                         agent_quote(parts.suffix));
}

/* Of a length that is suggested for a number without 0x. */
#define MOST_LENGTH_DIGITS 5u

/* Whether the last number before the end of a range is written with 0x. */
static bool starts_in_hex(const char *text, const char *end) {
  const char *last = end;
  while (last > text && last[-1] != '+')
    last--;
  return last[0] == '0' && agent_lower(last[1]) == 'x';
}

/*
 * What a range meant that ends before it starts; nothing where nobody knows. An end with fewer
 * digits than the start is a length; one of as many without 0x is hexadecimal, as the start is.
 */
static void order(struct agent_text *turned, const char *text, const struct parts *parts) {
  char start[24], end[24];
  struct agent_text first = {.bytes = start, .room = sizeof start, .fd = -1};
  struct agent_text second = {.bytes = end, .room = sizeof end, .fd = -1};
  const char *last = parts->suffix + 2;
  int before = (int)(parts->suffix - text);
  size_t digits = 0;
  while (agent_is_digit(last[digits]))
    digits++;
  bool bare = !last[digits];
  agent_add(&first, "0x%llx", (unsigned long long)parts->place.address);
  agent_add(&second, "0x%llx", (unsigned long long)parts->end_value);
  if (bare && starts_in_hex(text, parts->suffix) && digits + 2 == first.used) {
    if (strcmp(last, start + 2) > 0)
      agent_add(turned, "%.*s..0x%s", before, text, last);
  } else if (first.used == second.used) {
    agent_add(turned, "%s..%s", end, start);
  } else if (!bare || digits <= MOST_LENGTH_DIGITS) {
    agent_add(turned, "%.*s..+%s", before, text, last);
  }
}

static bool refuse_reversed(const char *text, const struct parts *parts) {
  char bytes[AGENT_WORD_BYTES];
  struct agent_text turned = {.bytes = bytes, .room = sizeof bytes, .fd = -1};
  *bytes = 0;
  order(&turned, text, parts);
  const char *meant = *bytes ? agent_accepted(text, bytes) : NULL;
  if (meant)
    return agent_refuse("%s is reversed: it ends before it starts, did you mean %s?",
                        agent_quote(text), meant);
  return agent_refuse("%s is reversed: it ends before it starts", agent_quote(text));
}

static bool refuse_no_range(const char *text, uint64_t address, const char *why) {
  return agent_malformed(text, "a range", "%sexpected A..B or A..+LENGTH, such as 0x%llx..+0x100",
                         why, (unsigned long long)address);
}

bool agent_refuse_open_range(const struct agent_place *place, const char *text) {
  char bytes[24];
  struct agent_text shortest = {.bytes = bytes, .room = sizeof bytes, .fd = -1};
  agent_add(&shortest, "0x%llx..", (unsigned long long)place->address);
  return !place->open ||
         refuse_no_range(text ? text : bytes, place->address, "its end is not known, ");
}

static bool to_range(const char *text, const struct parts *parts, struct agent_place *place) {
  uint64_t start = parts->place.address;
  *place = parts->place;
  place->open = parts->end == OPEN_END;
  if (place->open)
    return true;
  if (parts->end == AT_END && parts->end_value < start)
    return refuse_reversed(text, parts);
  place->length = parts->end_value - (parts->end == AT_END ? start : 0);
  if (!place->length) {
    char bytes[48];
    struct agent_text one = {.bytes = bytes, .room = sizeof bytes, .fd = -1};
    agent_add(&one, "0x%llx..+0x1", (unsigned long long)start);
    const char *meant = agent_accepted(text, bytes);
    return agent_refuse("%s is empty: one byte would be %s", agent_quote(text),
                        meant ? meant : "A..+1");
  }
  if (place->length > AGENT_ADDRESS_LIMIT - start)
    return agent_refuse("%s ends too high: the largest end is 0x10000000000000", agent_quote(text));
  return true;
}

static bool read_range(const char *text, struct agent_place *place) {
  struct parts parts;
  if (!dissect(text, &parts))
    return false;
  if (parts.place.bits.given || parts.end == NO_END)
    return refuse_no_range(text, parts.place.address, "");
  return to_range(text, &parts, place);
}

static bool read_operand_or_range(const char *text, struct agent_place *place) {
  struct parts parts;
  if (!dissect(text, &parts))
    return false;
  *place = parts.place;
  return parts.end == NO_END || to_range(text, &parts, place);
}

static bool read_range_or_place(const char *text, struct agent_place *place) {
  struct parts parts;
  if (!dissect(text, &parts))
    return false;
  return parts.end == NO_END ? read_place(text, place) : to_range(text, &parts, place);
}

/* Each parser as one that suggestions are tried with, and as one that gives what it read. */
#define PARSER(name, read)                                                                         \
  static bool try_##name(const char *text) {                                                       \
    struct agent_place place;                                                                      \
    return read(text, &place);                                                                     \
  }                                                                                                \
  bool agent_parse_##name(const char *text, struct agent_place *place) {                           \
    return agent_suggesting(text, try_##name) && read(text, place);                                \
  }

PARSER(place, read_place)
PARSER(operand, read_operand)
PARSER(range, read_range)
PARSER(operand_or_range, read_operand_or_range)
PARSER(range_or_place, read_range_or_place)

bool agent_check_aligned(uint64_t address, unsigned width, unsigned least, const char *advice) {
  unsigned size = width / 8, possible = 32;
  uint64_t below = address & ~(uint64_t)(size - 1);
  if (below == address)
    return true;
  char bytes[64];
  struct agent_text needs = {.bytes = bytes, .room = sizeof bytes, .fd = -1};
  agent_add(&needs, "0x%08llx", (unsigned long long)below);
  if (below + size < AGENT_ADDRESS_LIMIT)
    agent_add(&needs, " or 0x%08llx", (unsigned long long)(below + size));
  while (address % (possible / 8))
    possible /= 2;
  agent_refuse("0x%08llx is not a multiple of %u: %s %u-bit access needs %s",
               (unsigned long long)address, size, width == 8 ? "an" : "a", width, bytes);
  if (possible >= least)
    agent_advise("%s %u", advice, possible);
  return false;
}
