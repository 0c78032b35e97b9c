#include "agent_spelling.h"

#include <string.h>

#include "agent_number.h"

/* How long what is before the bracket is, without the sign or the word between: `A:`, `A.bits`. */
static int before_bits(const char *text, size_t count) {
  size_t end = count && text[count - 1] == ' ' ? count - 1 : count;
  if (end && text[end - 1] == 's')
    end--;
  if (end >= 3 && memcmp(text + end - 3, "bit", 3) == 0) {
    end -= 3;
    return (int)(end && strchr(":. ", text[end - 1]) ? end - 1 : end);
  }
  return (int)(count && text[count - 1] == ':' ? count - 1 : count);
}

/* The last of these letters in a text; NULL where there is none. */
static const char *last_of(const char *text, const char *letters) {
  const char *found = NULL;
  for (; *text; text++)
    if (strchr(letters, *text))
      found = text;
  return found;
}

const char *agent_without_brackets(const char *text, char *bytes) {
  const char *open = last_of(text, "[<{");
  size_t count = strlen(text);
  if (!open || !strchr("]>}", text[count - 1]))
    return NULL;
  const char *at = open + 1;
  unsigned first = 0, second = 0;
  if (!agent_is_digit(*at))
    return NULL;
  for (; agent_is_digit(*at) && first < 1000; at++)
    first = first * 10 + (unsigned)(*at - '0');
  size_t divider = *at == ':' || *at == '-' ? 1 : at[0] == '.' && at[1] == '.' ? 2 : 0;
  at += divider;
  if (divider && !agent_is_digit(*at))
    return NULL;
  for (; agent_is_digit(*at) && second < 1000; at++)
    second = second * 10 + (unsigned)(*at - '0');
  if (at != text + count - 1)
    return NULL;
  if (!divider)
    second = first;
  struct agent_text to = {.bytes = bytes, .room = AGENT_WORD_BYTES, .fd = -1};
  agent_add(&to, "%.*s:%u", before_bits(text, (size_t)(open - text)), text,
            first > second ? first : second);
  if (first != second)
    agent_add(&to, ":%u", first > second ? second : first);
  return bytes;
}

/* Whether these characters are a number in hexadecimal; what is too large for 64 bits is not. */
static bool read_hex(const char *text, size_t count, uint64_t *value) {
  *value = 0;
  if (count < 3 || text[0] != '0' || agent_lower(text[1]) != 'x')
    return false;
  for (size_t i = 2; i < count; i++) {
    char digit = agent_lower(text[i]);
    if (!agent_is_hex(digit) || *value >> 60)
      return false;
    *value = *value << 4 | (uint64_t)(digit <= '9' ? digit - '0' : digit - 'a' + 10);
  }
  return true;
}

const char *agent_behind_colon(const char *text, struct agent_text *meant) {
  uint64_t start, number;
  const char *colon = strrchr(text, ':');
  if (!colon || colon == text || !read_hex(colon + 1, strlen(colon + 1), &number))
    return NULL;
  int before = (int)(colon - text);
  const char *dots = strstr(text, "..");
  if (dots && dots < colon)
    return NULL;
  bool is_address = read_hex(text, (size_t)before, &start);
  if (is_address && number > start) {
    agent_add(meant, "%.*s..%s", before, text, colon + 1);
    return "dots stand between the ends of a range";
  }
  /* Of an address it may be a bit; what stands behind another number may be of a process. */
  if (is_address ? number < 64 : agent_is_digit(*text))
    return NULL;
  agent_add(meant, "%.*s+%s", before, text, colon + 1);
  return "an offset follows a plus sign";
}
