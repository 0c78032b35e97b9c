#include "agent_command.h"

#include <string.h>

#include "agent_error.h"
#include "agent_nearest.h"
#include "agent_number.h"
#include "agent_stop.h"
#include "agent_text.h"

struct option {
  char letter; /* 0 when there is none */
  const char *name;
  const char *value; /* what stands behind it in the help; NULL when nothing does */
  unsigned set;      /* which commands have it; 0 for all */
  const char *meaning;
};

enum { MEMORY, WIDTH, QUIET, COUNT, FIXED, VERIFY, TIMEOUT, INTERVAL, OUTPUT, NO_COLLAPSE, HELP };

static const struct option all_options[] = {
    [MEMORY] = {0, "memory", "FILE", AGENT_ACCESSES,
                "what has the addresses: a file instead of /dev/mem"},
    [WIDTH] = {'w', "width", "BITS", AGENT_HAS_WIDTH, "bits of one access: 8, 16, 32 or 64"},
    [QUIET] = {'q', "quiet", NULL, AGENT_HAS_WIDTH, "print values only"},
    [COUNT] = {'n', "count", "NUMBER", AGENT_READS,
               "elements to read from each place, at rising addresses"},
    [FIXED] = {0, "fixed", NULL, AGENT_READS | AGENT_DUMPS,
               "read all elements at the first address, as for a FIFO"},
    [VERIFY] = {0, "verify", NULL, AGENT_WRITES,
                "read everything back and compare; exit 3 when it differs"},
    [TIMEOUT] = {0, "timeout", "DURATION", AGENT_WAITS, "how long to wait: 500us, 50ms, 2s, 1m"},
    [INTERVAL] = {0, "interval", "DURATION", AGENT_WAITS, "pause between two loads; 0 for none"},
    [OUTPUT] = {'o', "output", "FILE", AGENT_DUMPS,
                "write raw bytes to a file, or with - to standard output"},
    [NO_COLLAPSE] = {0, "no-collapse", NULL, AGENT_DUMPS, "print repeated rows instead of a *"},
    [HELP] = {'h', "help", NULL, 0, "print this"},
};

#define OPTIONS (sizeof all_options / sizeof *all_options)

/* The longest that all waits of a program may be together: engine.h. */
#define LONGEST_WAIT_US (86400ull * 1000000)

static bool set_option(struct agent_options *options, size_t which, const char *value) {
  switch (which) {
  case MEMORY:
    options->memory = value;
    return true;
  case WIDTH:
    return agent_parse_width(value, &options->width);
  case QUIET:
    options->quiet = true;
    return true;
  case COUNT:
    return agent_parse_count(value, &options->count);
  case FIXED:
    options->fixed = true;
    return true;
  case VERIFY:
    options->verify = true;
    return true;
  case TIMEOUT:
    if (!agent_parse_duration(value, &options->timeout_us))
      return false;
    return options->timeout_us <= LONGEST_WAIT_US ||
           agent_refuse("%s is too long for a time-out: the longest is 1440m, a day", value);
  case INTERVAL:
    return agent_parse_duration(value, &options->interval_us);
  case OUTPUT:
    options->output = value;
    return true;
  case NO_COLLAPSE:
    options->no_collapse = true;
    return true;
  default:
    return true;
  }
}

/* A command line that is being taken apart. */
struct line {
  const struct agent_command *command;
  const char *called;
  struct agent_options options;
  char *words[AGENT_MOST_WORDS];
  unsigned count;
  bool given[OPTIONS];
  bool help;
};

static bool see_help(const struct line *line) {
  agent_advise("see %s --help", line->called);
  return false;
}

static bool is_named(const struct option *option, const char *name, size_t length) {
  return strlen(option->name) == length && strncmp(option->name, name, length) == 0;
}

/* Which option a word is, and where its value begins if that stands in the same word. */
static size_t find_option(const char *word, const char **value) {
  *value = NULL;
  if (word[1] != '-') {
    for (size_t i = 0; i < OPTIONS; i++) {
      if (all_options[i].letter != word[1] || (word[2] && !all_options[i].value))
        continue;
      *value = word[2] ? word + 2 : NULL;
      return i;
    }
    return OPTIONS;
  }
  const char *sign = strchr(word, '=');
  size_t length = sign ? (size_t)(sign - word) - 2 : strlen(word) - 2;
  for (size_t i = 0; i < OPTIONS; i++) {
    if (!is_named(&all_options[i], word + 2, length))
      continue;
    *value = sign ? sign + 1 : NULL;
    return i;
  }
  return OPTIONS;
}

/* `-count`: a name in full behind one dash. */
static const char *in_full(const char *word, const char *const *names, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (strcmp(names[i], word) == 0)
      return names[i];
  return NULL;
}

static bool refuse_option(const struct line *line, const char *word) {
  const char *names[OPTIONS];
  size_t count = 0;
  for (size_t i = 0; i < HELP; i++)
    if (!all_options[i].set || (all_options[i].set & line->command->options))
      names[count++] = all_options[i].name;
  names[count] = "help"; /* it is like no other, but in full */
  const char *near =
      word[1] == '-' ? agent_nearest(word + 2, names, count) : in_full(word + 1, names, count + 1);
  if (near)
    agent_refuse("%s is not an option of %s, did you mean --%s?", agent_quote(word),
                 line->command->name, near);
  else
    agent_refuse("%s is not an option of %s", agent_quote(word), line->command->name);
  return see_help(line);
}

/* As src/cli/frame/misspelt-option.ts: `-o=FILE`, `-o =FILE` and `-output FILE`. */
static bool refuse_misspelt(const struct option *option, const char *word, const char *value) {
  bool is_one_word = value == word + 2 && word[1] != '-';
  const char *sign = strchr(word, '=');
  size_t length = sign ? (size_t)(sign - word) : strlen(word);
  if (is_one_word && is_named(option, word + 1, length - 1)) {
    agent_refuse("%s is not an option, did you mean --%s?", agent_quote(word), option->name);
    return true;
  }
  if (*value != '=')
    return false;
  if (is_one_word)
    agent_refuse("%s is not an option: no \"=\" stands between a letter and its value",
                 agent_quote(word));
  else
    agent_refuse("%s is not a value of --%s: it begins with \"=\"", agent_quote(value),
                 option->name);
  agent_advise("write -%c %s", option->letter, value[1] ? value + 1 : option->value);
  return true;
}

/* Takes an option, and the next word where that is its value. */
static bool take_option(struct line *line, const char *word, char *const **next, char *const *end) {
  const char *value;
  size_t which = find_option(word, &value);
  const struct agent_command *command = line->command;
  const struct option *option = &all_options[which];
  if (which < OPTIONS && option->set && !(option->set & command->options)) {
    if (option->set == AGENT_HAS_WIDTH)
      return agent_refuse("--%s does not apply to %s: leave it out", option->name, command->name);
    which = OPTIONS;
  }
  if (which == OPTIONS)
    return refuse_option(line, word);
  if (!option->value && value) {
    agent_refuse("--%s takes no value: %s", option->name, agent_quote(word));
    return see_help(line);
  }
  if (option->value && !value) {
    if (*next == end) {
      agent_refuse("--%s needs a value: %s", option->name, option->meaning);
      return see_help(line);
    }
    value = *(*next)++;
  }
  if (option->value && option->letter && refuse_misspelt(option, word, value))
    return false;
  if (option->value && line->given[which])
    return agent_refuse("--%s is given twice, and takes one value: leave out one of them",
                        option->name);
  line->given[which] = true;
  line->help = line->help || which == HELP;
  return set_option(&line->options, which, value);
}

static bool take_words(struct line *line, char *const *next, char *const *end) {
  bool dashes = false;
  while (next < end) {
    char *word = *next++;
    if (strlen(word) >= AGENT_WORD_BYTES)
      return agent_refuse("%s has more than %u bytes", agent_quote(word), AGENT_WORD_BYTES - 1);
    if (!dashes && strcmp(word, "--") == 0) {
      dashes = true;
      if (!(line->command->options & AGENT_HAS_WIDTH))
        return agent_refuse("-- does not apply to %s: leave it out", line->command->name);
    } else if (!dashes && *word == '-' && word[1]) {
      if (!take_option(line, word, &next, end))
        return false;
    } else if (line->count < AGENT_MOST_WORDS) {
      line->words[line->count++] = word;
    } else {
      return agent_refuse("more than %u words", AGENT_MOST_WORDS);
    }
  }
  return true;
}

static bool check_words(const struct line *line) {
  const struct agent_command *command = line->command;
  if (!line->count && command->first) {
    if (command->what)
      agent_refuse("%s needs %s: %s", command->name, command->first, command->what);
    else
      agent_refuse("%s needs %s, such as %s %s", command->name, command->first, line->called,
                   command->example);
    return see_help(line);
  }
  if (line->count > command->most_words) {
    agent_refuse("%s takes %s: %s is too much", command->name, command->shape,
                 agent_quote(line->words[command->most_words]));
    return see_help(line);
  }
  return true;
}

static int print_help(const struct line *line) {
  char bytes[1024];
  struct agent_text out = {.bytes = bytes, .room = sizeof bytes, .fd = 1};
  const struct agent_command *command = line->command;
  agent_add(&out, "Usage: %s [options] %s\n\n%s\n\nOptions:\n", line->called, command->shape,
            command->meaning);
  for (size_t i = 0; i < OPTIONS; i++) {
    const struct option *option = &all_options[i];
    if (option->set && !(option->set & command->options))
      continue;
    char head[40];
    struct agent_text text = {.bytes = head, .room = sizeof head, .fd = -1};
    if (option->letter)
      agent_add(&text, "-%c, ", option->letter);
    agent_add(&text, "--%s", option->name);
    if (option->value)
      agent_add(&text, " %s", option->value);
    agent_add(&out, "  %s", head);
    for (size_t at = text.used; at < 24; at++)
      agent_add(&out, " ");
    agent_add(&out, "%s\n", option->meaning);
  }
  agent_add(&out, "\n%s\n\nExample:\n  %s %s\n", command->notes, line->called, command->example);
  return agent_flush(&out) ? AGENT_DONE : AGENT_FAILED;
}

int agent_run_command(const struct agent_command *command, const char *called, char *const *words,
                      unsigned count) {
  static struct line line;
  line = (struct line){
      .command = command,
      .called = called,
      .options = {.memory = "/dev/mem", .width = 32, .timeout_us = 1000000, .interval_us = 100}};
  int code = AGENT_DONE;
  agent_listen();
  bool parsed = take_words(&line, words, words + count);
  if (parsed && line.help)
    return print_help(&line);
  if (parsed && check_words(&line) && command->run(&line.options, line.words, line.count, &code))
    return code;
  code = agent_tell_error();
  agent_die_stopped();
  /* As that of busybox does, whatever is wrong. */
  return command == &agent_devmem ? AGENT_FAILED : code;
}
