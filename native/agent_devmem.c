/* `devmem ADDRESS [WIDTH [VALUE]]`, as that of busybox, but strict: src/cli/commands/devmem.ts. */
#include <string.h>

#include "agent_command.h"
#include "agent_error.h"
#include "agent_memory.h"
#include "agent_output.h"
#include "agent_place.h"
#include "agent_text.h"

/* A number, or a sum of numbers, as C has them: a leading zero is octal. */
static bool parse_as_c(const char *text, const char *what, bool (*parse)(const char *text)) {
  char octal[2 * AGENT_WORD_BYTES];
  struct agent_text to = {.bytes = octal, .room = sizeof octal, .fd = -1};
  bool plain = true;
  if (!agent_is_digit(*text))
    return agent_malformed(text, what, "expected a number such as 0x1f, 017 or 31");
  for (const char *term = text;;) {
    const char *end = strchr(term, '+');
    size_t count = end ? (size_t)(end - term) : strlen(term);
    bool hex = count > 2 && term[0] == '0' && agent_lower(term[1]) == 'x';
    bool digits = count != 0;
    char wrong = 0;
    for (size_t i = hex ? 2 : 0; i < count; i++) {
      digits = digits && (hex ? agent_is_hex(term[i]) : agent_is_digit(term[i]));
      if (!wrong && term[i] >= '8')
        wrong = term[i];
    }
    bool leading = digits && !hex && count > 1 && *term == '0';
    if (leading && wrong)
      return agent_malformed(text, what, "a leading zero means octal, which has no digit %c",
                             wrong);
    plain = plain && digits;
    agent_add(&to, "%s%.*s", leading ? "0o" : "", (int)count - leading, term + leading);
    if (!end)
      break;
    agent_add(&to, "+");
    term = end + 1;
  }
  if (strlen(octal) >= AGENT_WORD_BYTES)
    return agent_malformed(text, what, "it is too long");
  if (!parse(octal))
    return false;
  return plain ||
         agent_malformed(text, what, "devmem takes numbers as C does, such as 0x1f, 017 or 31");
}

static struct agent_place parsed_place;
static uint64_t parsed_value;

static bool parse_place(const char *text) { return agent_parse_place(text, &parsed_place); }

static bool parse_value(const char *text) { return agent_parse_value(text, &parsed_value); }

/* busybox, miscutils/devmem.c: the letters stand for char, short, int and long. */
static bool parse_width(const char *text, unsigned *width) {
  static const char letters[] = "bhwl";
  const char *letter = *text && !text[1] ? strchr(letters, agent_lower(*text)) : NULL;
  if (letter) {
    *width = *letter == 'l' ? 8 * sizeof(long) : 8u << (letter - letters);
    return true;
  }
  /* Decimal, also with leading zeros. */
  uint64_t number = 0;
  bool digits = *text;
  for (const char *at = text; *at; at++) {
    digits = digits && agent_is_digit(*at);
    number = number < 1000 ? number * 10 + (uint64_t)(*at - '0') : number;
  }
  *width = digits ? (unsigned)number : 0;
  if (*width == 8 || *width == 16 || *width == 32 || *width == 64)
    return true;
  /* toybox counts bytes; its 8 is not told from the 8 bits of busybox. */
  if (*width == 1 || *width == 2 || *width == 4)
    return agent_refuse("%s is not a width: expected 8, 16, 32 or 64, or b, h, w or l (%u byte%s, "
                        "as in toybox, %s %u)",
                        agent_quote(text), *width, *width == 1 ? "" : "s",
                        *width == 1 ? "is" : "are", *width * 8);
  return agent_refuse("%s is not a width: expected 8, 16, 32 or 64, or b, h, w or l",
                      agent_quote(text));
}

/* `0x` and upper-case digits, as many as the width has. */
static bool print_as_busybox(uint64_t value, unsigned width) {
  char bytes[24];
  struct agent_text out = {.bytes = bytes, .room = sizeof bytes, .fd = 1};
  agent_add(&out, "0x");
  for (unsigned left = width; left; left -= 4)
    agent_add(&out, "%c", "0123456789ABCDEF"[value >> (left - 4) & 15]);
  agent_add(&out, "\n");
  return agent_end_output(&out);
}

static bool run(const struct agent_options *options, char *const *words, unsigned count,
                int *code) {
  bool writes = count > 2;
  unsigned width = 32;
  struct agent_memory memory;
  struct agent_plan plan;
  *code = AGENT_DONE;
  if (agent_is_digit(*words[0]) ? !parse_as_c(words[0], "an address", parse_place)
                                : !parse_place(words[0]))
    return false;
  if (count > 1 && !parse_width(words[1], &width))
    return false;
  if (writes && (!parse_as_c(words[2], "a value", parse_value) ||
                 !agent_literal_value(&(struct agent_literal){.value = parsed_value}, width,
                                      &(struct agent_bits){0}, &parsed_value)))
    return false;
  if (!agent_check_aligned(
          parsed_place.address, width,
          writes ? agent_bits_needed(&(struct agent_literal){.value = parsed_value}) : 0,
          "use the width") ||
      !agent_open(&memory, options->memory, writes) || !agent_plan_begin(&plan, 1, 0))
    return false;
  struct pm_step *step =
      agent_plan_add(&plan, writes ? PM_WRITE : PM_READ, parsed_place.address, width);
  step->value = writes ? parsed_value : 0;
  if (!agent_plan_run(&plan, &memory))
    return false;
  return writes || print_as_busybox(plan.cells[0], width);
}

const struct agent_command agent_devmem = {
    .name = "devmem",
    .options = AGENT_ACCESSES,
    .shape = "ADDRESS [WIDTH] [VALUE]",
    .first = "an ADDRESS",
    .example = "0xfed00000",
    .most_words = 3,
    .run = run,
    .meaning =
        "Reads an address, or writes a VALUE to it. WIDTH is 8, 16, 32 or 64, or one of the\n"
        "letters b, h, w, l; 32 when left out.",
    .notes =
        "Takes, prints and returns what the devmem of busybox does: upper-case digits, as many\n"
        "as the width has; exit 0, or 1 for any mistake. Unlike that one it refuses what it\n"
        "does not understand: letters after a number, a value that does not fit the width, a\n"
        "misaligned address, more than three arguments.",
};
