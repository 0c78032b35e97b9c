/* Assignments and conditions: the grammar of src/place/assignment.ts. */
#include <string.h>

#include "agent_error.h"
#include "agent_place.h"
#include "agent_spelling.h"
#include "agent_text.h"

static const char *const relations[] = {"=", "!=", "<", "<=", ">", ">="};

const char *agent_relation_name(enum agent_relation relation) { return relations[relation]; }

static bool try_operand(const char *text) {
  struct agent_place place;
  return agent_parse_operand(text, &place);
}

/* `A[7:4]=1`: says how bits are written, where that would do. True when it has refused. */
static bool refuse_brackets(const char *text, const char *what, const char *target,
                            const char *divider, const char *value) {
  char plain[AGENT_WORD_BYTES], bytes[AGENT_WORD_BYTES];
  if (!agent_without_brackets(target, plain) || !agent_is_accepted(plain, try_operand))
    return false;
  struct agent_text to = {.bytes = bytes, .room = sizeof bytes, .fd = -1};
  agent_add(&to, "%s%s%s", plain, divider, value);
  const char *meant = agent_accepted(text, bytes);
  if (meant)
    agent_malformed(text, what, "bits follow a colon, did you mean %s?", meant);
  else
    agent_malformed(text, what, "bits follow a colon");
  return true;
}

/* Says of `A=1=2` that it has two values. `target` is `A=1`. */
static void refuse_second(const char *text, const char *what, const char *target,
                          const char *value) {
  char values[AGENT_WORD_BYTES];
  struct agent_text to = {.bytes = values, .room = sizeof values, .fd = -1};
  const char *divider = "";
  for (const char *at = strchr(target, '='); at; at = strchr(at + 1, '=')) {
    const char *end = strchr(at + 1, '=');
    size_t length = end ? (size_t)(end - at - 1) : strlen(at + 1);
    if (at == target || !length)
      return;
    agent_add(&to, "%s%.*s", divider, (int)length, at + 1);
    divider = ", ";
  }
  if (*divider)
    agent_malformed(text, what, "expected one value, not %s and %s", values, value);
}

/* The two sides of a text, which is divided at `at` by `length` bytes. */
static bool parse_sides(const char *text, const char *what, size_t at, size_t length,
                        struct agent_condition *condition) {
  char target[AGENT_WORD_BYTES], divider[4];
  const char *value = text + at + length;
  memcpy(target, text, at);
  target[at] = 0;
  memcpy(divider, text + at, length);
  divider[length] = 0;
  if (!at)
    return agent_malformed(text, what, "no place before %s", agent_quote(divider));
  if (!*value)
    return agent_malformed(text, what, "no value after %s", agent_quote(divider));
  if (refuse_brackets(text, what, target, divider, value))
    return false;
  uint64_t whole;
  bool parsed = agent_parse_operand(target, &condition->place) &&
                agent_parse_literal(value, &condition->literal) &&
                (!condition->place.bits.given ||
                 agent_literal_value(&condition->literal, 64, &condition->place.bits, &whole));
  if (!parsed)
    refuse_second(text, what, target, value);
  return parsed;
}

/* The operator before the `=` at `at`: `|` of `A|=1`; its length, 0 for a plain assignment. */
static size_t operator_before(const char *text, size_t at) {
  if (at >= 2 && (text[at - 1] == '<' || text[at - 1] == '>') && text[at - 2] == text[at - 1])
    return 2;
  return at && strchr("-!=<>+|&^", text[at - 1]) ? 1 : 0;
}

static struct agent_literal tried;

static bool try_literal(const char *text) { return agent_parse_literal(text, &tried); }

static bool try_place(const char *text) {
  struct agent_place place;
  return agent_parse_place(text, &place);
}

/*
 * `A|=0x30` as `A:5:4=0x3`, and `A&=~0x30` as `A:5:4=0`, where the mask is one run of bits; NULL
 * where it is not, or the target has bits already. `count` is how long the target is.
 */
static const char *name_bits(const char *text, size_t count, char sign, const char *value,
                             char *bytes) {
  char target[AGENT_WORD_BYTES];
  memcpy(target, text, count);
  target[count] = 0;
  if (!agent_is_accepted(target, try_place) || !agent_is_accepted(value, try_literal))
    return NULL;
  bool clears = sign == '&' && tried.sign == '~';
  uint64_t ones = tried.value;
  unsigned low = 0;
  if (!ones || !(clears || (sign == '|' && !tried.sign)))
    return NULL;
  for (; !(ones & 1); ones >>= 1)
    low++;
  if (ones & (ones + 1))
    return NULL;
  unsigned high = low;
  while (high < 63 && ones >> (high - low + 1))
    high++;
  struct agent_text to = {.bytes = bytes, .room = AGENT_WORD_BYTES, .fd = -1};
  agent_add(&to, "%s:%u", target, high);
  if (high != low)
    agent_add(&to, ":%u", low);
  if (clears)
    agent_add(&to, "=0");
  else
    agent_add(&to, "=0x%llx", (unsigned long long)ones);
  return bytes;
}

/* Why `A|=B` and its like are none: no device reads, changes and writes in one access. */
static bool refuse_combined(const char *text, size_t at, size_t length) {
  char bytes[AGENT_WORD_BYTES];
  struct agent_text to = {.bytes = bytes, .room = sizeof bytes, .fd = -1};
  char sign = text[at - 1];
  if (sign == '=' || sign == '!') {
    agent_add(&to, "%.*s%s", (int)(at - 1), text, text + at);
    const char *meant = agent_accepted(text, bytes);
    if (meant)
      return agent_malformed(text, "an assignment", "expected one \"=\", did you mean %s?", meant);
    return agent_malformed(text, "an assignment", "expected one \"=\"");
  }
  char quoted[8];
  struct agent_text combined = {.bytes = quoted, .room = sizeof quoted, .fd = -1};
  agent_add(&combined, "\"%.*s\"", (int)length + 1, text + at - length);
  const char *named = name_bits(text, at - length, sign, text + at + 1, bytes);
  const char *meant = named ? agent_accepted(text, named) : NULL;
  if (meant)
    return agent_malformed(text, "an assignment",
                           "%s is not supported, bits are named, did you mean %s?", quoted, meant);
  return agent_malformed(text, "an assignment", "%s is not supported: %s", quoted,
                         strchr("|&^", sign)
                             ? "name the bits, as in PLACE:7:4=VALUE, or read the value first"
                             : "read the value first, and write what it is to be");
}

static bool read_assignment(const char *text, struct agent_condition *assignment) {
  const char *last = strrchr(text, '=');
  if (!last)
    return agent_malformed(text, "an assignment", "expected PLACE=VALUE, such as 0xfed00000=0x1");
  size_t at = (size_t)(last - text);
  size_t combined = operator_before(text, at);
  if (combined)
    return refuse_combined(text, at, combined);
  assignment->relation = AGENT_IS;
  return parse_sides(text, "an assignment", at, 1, assignment);
}

static bool is_sign(char letter) { return letter == '=' || letter == '<' || letter == '>'; }

static bool read_condition(const char *text, struct agent_condition *condition) {
  size_t at = strlen(text);
  while (at && !is_sign(text[at]))
    at--;
  if (!is_sign(text[at]))
    return agent_malformed(text, "a condition",
                           "expected PLACE=VALUE, or !=, <, <=, >, >= (in quotes), such as "
                           "0x10:7=0");
  size_t length = at && text[at] == '=' && (is_sign(text[at - 1]) || text[at - 1] == '!') ? 2 : 1;
  at -= length - 1;
  bool equal = length == 2;
  condition->relation = text[at] == '='   ? AGENT_IS
                        : text[at] == '!' ? AGENT_IS_NOT
                        : text[at] == '<' ? (equal ? AGENT_MOST : AGENT_LESS)
                                          : (equal ? AGENT_LEAST : AGENT_MORE);
  if (!parse_sides(text, "a condition", at, length, condition))
    return false;
  if (condition->literal.sign == '-' && condition->relation >= AGENT_LESS) {
    const char *name = agent_relation_name(condition->relation);
    return agent_malformed(text, "a condition", "%s compares without a sign, but %s has one",
                           agent_quote(name), text + at + length);
  }
  return true;
}

static bool try_assignment(const char *text) {
  struct agent_condition assignment;
  return read_assignment(text, &assignment);
}

bool agent_parse_assignment(const char *text, struct agent_condition *assignment) {
  return agent_suggesting(text, try_assignment) && read_assignment(text, assignment);
}

static bool try_condition(const char *text) {
  struct agent_condition condition;
  return read_condition(text, &condition);
}

bool agent_parse_condition(const char *text, struct agent_condition *condition) {
  return agent_suggesting(text, try_condition) && read_condition(text, condition);
}
