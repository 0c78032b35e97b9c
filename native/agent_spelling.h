/* Places as manuals and other tools write them, in our words: for what is suggested. */
#ifndef PHYSMEM_AGENT_SPELLING_H
#define PHYSMEM_AGENT_SPELLING_H

#include "agent_text.h"

/*
 * `PLACE[7:4]`, as manuals write bits, in our words, into AGENT_WORD_BYTES bytes; NULL where a text
 * is not written so.
 */
const char *agent_without_brackets(const char *text, char *bytes);

/*
 * `START:END`, and `PLACE:OFFSET` in hexadecimal, which no bit is: adds what is meant to `meant`,
 * and returns why; NULL for what is neither.
 */
const char *agent_behind_colon(const char *text, struct agent_text *meant);

#endif
