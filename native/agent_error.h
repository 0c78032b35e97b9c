/* What went wrong, in words, and as the exit code that it stands for. */
#ifndef PHYSMEM_AGENT_ERROR_H
#define PHYSMEM_AGENT_ERROR_H

#include <stdbool.h>

enum agent_exit_code {
  AGENT_DONE = 0,
  AGENT_FAILED = 1,  /* the access failed, or was refused */
  AGENT_USAGE = 2,   /* the command line is wrong: nothing was touched */
  AGENT_NOT_MET = 3, /* the condition was not met */
};

/*
 * Keep what went wrong, the last one that is told; both return false, so that whoever finds out
 * can end with `return agent_refuse(…)`. The texts are those of src/, word by word.
 */
__attribute__((format(printf, 1, 2))) bool agent_refuse(const char *format, ...); /* AGENT_USAGE */
__attribute__((format(printf, 1, 2))) bool agent_fail(const char *format, ...);   /* AGENT_FAILED */

/* `"input" is not WHAT: WHY`, in which every malformed text is refused. */
__attribute__((format(printf, 3, 4))) bool agent_malformed(const char *input, const char *what,
                                                           const char *why, ...);

/*
 * Adds to the last one what was done before it, and what helps. Of a request that is wrong nothing
 * is done, and nothing is said.
 */
__attribute__((format(printf, 1, 2))) void agent_tell_done(const char *format, ...);
__attribute__((format(printf, 1, 2))) void agent_advise(const char *format, ...);

/* Prints it on stderr, behind the name by which the program was called. Returns the exit code. */
int agent_tell_error(void);

/* Prints a line on stderr, behind that name. */
__attribute__((format(printf, 1, 2))) void agent_complain(const char *format, ...);

/* By which name the program was called, for messages. */
extern const char *agent_name;

/*
 * Suggestions are tried before they are made (src/text/suggest.ts). `suggesting` runs `parse`,
 * which is given what a person wrote; of nested calls the outermost counts. `accepted` gives the
 * candidate that can stand in the place of `part` there, so that all of it is parsed, or NULL.
 */
typedef bool agent_parse(const char *text);
bool agent_suggesting(const char *text, agent_parse *parse);

/* The same, where what is suggested for a word has to go with the rest of the line: `fit` tells. */
bool agent_fitting(const char *text, agent_parse *parse, agent_parse *fit);
const char *agent_accepted(const char *part, const char *candidate);

/* Whether a text is parsed; nothing is told of it. */
bool agent_is_accepted(const char *text, agent_parse *parse);

#endif
