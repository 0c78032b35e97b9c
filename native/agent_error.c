#include "agent_error.h"

#include <stdarg.h>
#include <string.h>

#include "agent_text.h"

#define MESSAGE_BYTES 2048u
#define WORDS_BYTES 1024u

const char *agent_name = "physmem-agent";

static struct {
  enum agent_exit_code code;
  bool input_empty; /* what it names is an empty part of what was given */
  char message[MESSAGE_BYTES];
  char done[MESSAGE_BYTES];
  char advice[WORDS_BYTES];
} last;

static struct {
  const char *text;
  agent_parse *parse;
  bool trying;
} given;

static struct agent_text begin(char *bytes, size_t room) {
  *bytes = 0;
  return (struct agent_text){.bytes = bytes, .room = room, .fd = -1};
}

static bool keep(enum agent_exit_code code, const char *format, va_list values) {
  if (given.trying)
    return false;
  struct agent_text message = begin(last.message, sizeof last.message);
  agent_add_list(&message, format, values);
  last.code = code;
  last.input_empty = false;
  last.done[0] = last.advice[0] = 0;
  return false;
}

bool agent_refuse(const char *format, ...) {
  va_list values;
  va_start(values, format);
  keep(AGENT_USAGE, format, values);
  va_end(values);
  return false;
}

bool agent_fail(const char *format, ...) {
  va_list values;
  va_start(values, format);
  keep(AGENT_FAILED, format, values);
  va_end(values);
  return false;
}

bool agent_malformed(const char *input, const char *what, const char *why, ...) {
  static char reason[WORDS_BYTES];
  if (given.trying)
    return false;
  struct agent_text text = begin(reason, sizeof reason);
  va_list values;
  va_start(values, why);
  agent_add_list(&text, why, values);
  va_end(values);
  agent_refuse("%s is not %s: %s", agent_quote(input), what, reason);
  last.input_empty = !*input;
  return false;
}

void agent_tell_done(const char *format, ...) {
  if (last.code == AGENT_USAGE)
    return;
  struct agent_text text = begin(last.done, sizeof last.done);
  va_list values;
  va_start(values, format);
  agent_add_list(&text, format, values);
  va_end(values);
}

void agent_advise(const char *format, ...) {
  if (given.trying)
    return;
  struct agent_text text = begin(last.advice, sizeof last.advice);
  va_list values;
  va_start(values, format);
  agent_add_list(&text, format, values);
  va_end(values);
}

/* One write(), so that lines of several processes do not mix. */
static void print(const char *message, const char *more, const char *label, const char *advice) {
  static char bytes[2 * MESSAGE_BYTES + WORDS_BYTES + 256];
  struct agent_text text = begin(bytes, sizeof bytes);
  agent_add(&text, "%s: %s\n", agent_name, message);
  if (*more)
    agent_add(&text, "  done: %s\n", more);
  if (*advice)
    agent_add(&text, "  %s: %s\n", label, advice);
  agent_write_all(2, text.bytes, text.used);
}

int agent_tell_error(void) {
  print(last.message, last.done, last.code == AGENT_USAGE ? "hint" : "cure", last.advice);
  return last.code;
}

void agent_complain(const char *format, ...) {
  char bytes[WORDS_BYTES];
  struct agent_text text = begin(bytes, sizeof bytes);
  va_list values;
  va_start(values, format);
  agent_add_list(&text, format, values);
  va_end(values);
  print(bytes, "", "", "");
}

/* A part that is empty says nothing to who gave more: the message names all that was given. */
static void name_whole(const char *text) {
  static char whole[MESSAGE_BYTES];
  if (given.trying || !last.input_empty || !*text)
    return;
  struct agent_text message = begin(whole, sizeof whole);
  agent_add(&message, "in %s, %s", agent_quote(text), last.message);
  memcpy(last.message, whole, sizeof whole);
  last.input_empty = false;
}

bool agent_fitting(const char *text, agent_parse *parse, agent_parse *fit) {
  if (given.text)
    return parse(text);
  given.text = text;
  given.parse = fit;
  bool good = parse(text);
  given.text = NULL;
  if (!good)
    name_whole(text);
  return good;
}

bool agent_suggesting(const char *text, agent_parse *parse) {
  return agent_fitting(text, parse, parse);
}

bool agent_is_accepted(const char *text, agent_parse *parse) {
  bool before = given.trying;
  given.trying = true;
  bool good = parse(text);
  given.trying = before;
  return good;
}

const char *agent_accepted(const char *part, const char *candidate) {
  static char whole[WORDS_BYTES];
  if (!given.text || given.trying || !candidate || strcmp(agent_clip(candidate), candidate) != 0)
    return NULL;
  const char *at = strstr(given.text, part);
  if (!at || strlen(given.text) + strlen(candidate) >= sizeof whole)
    return NULL;
  struct agent_text text = begin(whole, sizeof whole);
  agent_add_bytes(&text, given.text, (size_t)(at - given.text));
  agent_add(&text, "%s%s", candidate, at + strlen(part));
  return agent_is_accepted(whole, given.parse) ? candidate : NULL;
}
