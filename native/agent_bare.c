/* Bare numbers behind a place, as other tools have them: src/operate/bare-number.ts. */
#include <string.h>

#include "agent_error.h"
#include "agent_show.h"

/* Below it an address is hardly named beside others: it is the first page. */
#define FIRST_PAGE 0x1000u

/* From it on a number is hardly a length; below it a power of two often is: 16 MiB. */
#define SIZES_END 0x1000000u

/* How many times as high an address is than what is taken for a size after it. */
#define HIGHER 16u

/* The number that a word begins with. */
struct low {
  bool found;    /* it is in the first page or written as a count */
  bool is_count; /* decimal, perhaps with k, M or G */
  bool is_size;  /* with one of these, or a power of two from a page on */
  uint64_t value;
  const char *rest;
};

static size_t number_length(const char *word, bool *decimal, bool *suffixed) {
  char letter = word[0] == '0' ? agent_lower(word[1]) : 0;
  size_t count = letter == 'x' || letter == 'b' || letter == 'o' ? 2 : 0;
  size_t start = count;
  *decimal = !count;
  while (word[count] == '_' || (letter == 'x'   ? agent_is_hex(word[count])
                                : letter == 'b' ? word[count] == '0' || word[count] == '1'
                                : letter == 'o' ? word[count] >= '0' && word[count] <= '7'
                                                : agent_is_digit(word[count])))
    count++;
  *suffixed = *decimal && count && word[count] && strchr("kmgKMG", word[count]);
  return count == start ? 0 : count + *suffixed;
}

/* Without zeros in front, and with nothing behind: `0x1000`. */
static bool is_written_as_size(const char *word, uint64_t value) {
  if (word[0] != '0' || agent_lower(word[1]) != 'x' || word[2] == '0')
    return false;
  for (const char *digit = word + 2; *digit; digit++)
    if (!agent_is_hex(*digit))
      return false;
  return value >= FIRST_PAGE && value < SIZES_END && (value & (value - 1)) == 0;
}

static struct low read_low(const char *word) {
  struct low low = {0};
  char number[AGENT_WORD_BYTES];
  bool decimal;
  size_t length = number_length(word, &decimal, &low.is_size);
  memcpy(number, word, length);
  number[length] = 0;
  low.rest = word + length;
  /* `+0`, that an address is meant. */
  bool meant = low.rest[0] == '+' && low.rest[1] == '0' && !agent_is_hex(low.rest[2]) &&
               low.rest[2] != '_' && agent_lower(low.rest[2]) != 'x';
  if (!length || !agent_parse_below(number, "an address", AGENT_ADDRESS_LIMIT - 1, &low.value) ||
      meant)
    return low;
  low.is_size = low.is_size || is_written_as_size(word, low.value);
  low.is_count = decimal && !strchr(number, '_') && (*number != '0' || length == 1);
  low.found = low.value < FIRST_PAGE || low.is_count;
  return low;
}

static bool is_width(const char *word) {
  return strcmp(word, "8") == 0 || strcmp(word, "16") == 0 || strcmp(word, "32") == 0 ||
         strcmp(word, "64") == 0;
}

/* `8:4`, perhaps with what it is compared with. */
static bool is_bits(const char *word) {
  for (unsigned i = 0; i < 2; i++) {
    size_t digits = 0;
    while (agent_is_digit(word[digits]))
      digits++;
    if (digits < 1 || digits > 2 || (i == 0 && word[digits] != ':'))
      return false;
    word += digits + (i == 0);
  }
  return !*word || strchr("!=<>", *word);
}

static void add_meaning(struct agent_text *what, const char *word, const struct low *low,
                        const struct agent_place *before, bool reads) {
  if (*low->rest) {
    char bytes[48];
    struct agent_text place = {.bytes = bytes, .room = sizeof bytes, .fd = -1};
    agent_add_place(&place, before, 1);
    if (is_bits(word))
      agent_add(what, "bits (%s:%s)", bytes, word);
    else if (!strstr(word, ".."))
      agent_add(what, "an offset (%s+%s)", bytes, word);
    else
      agent_add(what, "an offset from %s", bytes);
  } else if (!reads) {
    agent_add(what, "a value");
  } else if (low->is_size) {
    agent_add(what, "a length (A..+LENGTH)");
  } else {
    if (is_width(word))
      agent_add(what, "a width (--width %s), ", word);
    agent_add(what, "a count (--count %s)", word);
  }
}

/* `8 0x40`, in the order of a tool that takes the width first. */
static bool refuse_width_first(const char *word, bool reads) {
  char bytes[AGENT_WORD_BYTES];
  struct agent_text what = {.bytes = bytes, .room = sizeof bytes, .fd = -1};
  struct low low = read_low(word);
  add_meaning(&what, word, &low, NULL, reads);
  return agent_malformed(word, "a place before another", "it may be %s or an address (0x%llx)",
                         bytes, (unsigned long long)low.value);
}

bool agent_refuse_bare(char *const *words, unsigned count, const struct agent_place *places,
                       bool reads) {
  bool others = false;  /* a word before that has no such number */
  uint64_t highest = 0; /* that a word before begins with */
  for (unsigned i = 0; i < count; i++) {
    struct low low = read_low(words[i]);
    bool is_small =
        low.found ? low.is_count || others : low.is_size && highest / HIGHER >= low.value;
    if (i > 0 && is_small) {
      char bytes[AGENT_WORD_BYTES];
      struct agent_text what = {.bytes = bytes, .room = sizeof bytes, .fd = -1};
      struct agent_place before = {.address = places[i - 1].address};
      add_meaning(&what, words[i], &low, &before, reads);
      return agent_malformed(words[i], "a place after another",
                             "it may be %s or an address (0x%llx+0%s)", bytes,
                             (unsigned long long)low.value, low.rest);
    }
    others = others || !low.found;
    highest = low.value > highest ? low.value : highest;
  }
  return count < 2 || !is_width(words[0]) || is_width(words[1]) ||
         refuse_width_first(words[0], reads);
}
