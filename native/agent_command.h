/* A command of the agent: its words and options, what it does, and what its help says. */
#ifndef PHYSMEM_AGENT_COMMAND_H
#define PHYSMEM_AGENT_COMMAND_H

#include <stdbool.h>
#include <stdint.h>

/* The most words that one command line may have, and most elements that one program may. */
#define AGENT_MOST_WORDS 256u

/* What options say; those that were not given have their defaults. */
struct agent_options {
  const char *memory; /* the path of what is accessed */
  unsigned width;     /* bits */
  bool quiet;
  uint64_t count; /* 0 when it was not given */
  bool fixed;
  bool verify;
  uint64_t timeout_us;
  uint64_t interval_us;
  const char *output; /* NULL, `-` or a path */
  bool no_collapse;
};

/* Which options there are, beside those of all commands; bits. */
enum agent_option_set {
  AGENT_ACCESSES = 1, /* --memory */
  AGENT_HAS_WIDTH = 2,
  AGENT_READS = 4,
  AGENT_WRITES = 8,
  AGENT_WAITS = 16,
  AGENT_DUMPS = 32,
};

struct agent_command {
  const char *name;
  unsigned options;  /* of enum agent_option_set */
  const char *shape; /* of its words: `ADDRESS [WIDTH] [VALUE]` */
  const char *first; /* the first of them, with its article; NULL where none is needed */
  const char *example;
  const char *what; /* the first in words, where the example would store elsewhere; else NULL */
  unsigned most_words;
  /* Returns an exit code; what it has told by agent_error.h is printed by the caller. */
  bool (*run)(const struct agent_options *options, char *const *words, unsigned count, int *code);
  const char *meaning;
  const char *notes;
};

extern const struct agent_command agent_devmem, agent_read, agent_write, agent_wait, agent_dump,
    agent_fill;

/*
 * Parses what stands behind a command's name, prints its help where that is asked for, and runs it.
 * `called` is how the command is called: `devmem`, or `physmem-agent devmem`. Returns the exit
 * code.
 */
int agent_run_command(const struct agent_command *command, const char *called, char *const *words,
                      unsigned count);

#endif
