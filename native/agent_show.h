/* How places and values are printed, and what is asked of all commands with places. */
#ifndef PHYSMEM_AGENT_SHOW_H
#define PHYSMEM_AGENT_SHOW_H

#include "agent_place.h"
#include "agent_text.h"

/* `0x09000018:7:4`; the address has at least `digits` digits. */
void agent_add_place(struct agent_text *text, const struct agent_place *place, unsigned digits);

/* `0x0041`: hexadecimal, with all digits of so many bits. */
void agent_add_value(struct agent_text *text, uint64_t value, unsigned bits);

/* How many digits the addresses of a column have: at least eight. */
unsigned agent_address_digits(uint64_t largest);

/* Bits of the value that is shown for a place: of its field, or of the whole access. */
unsigned agent_shown_bits(const struct agent_place *place, unsigned width);

/* The field of a whole value that a place names, or all of it. */
uint64_t agent_field(const struct agent_place *place, uint64_t whole);

/* The bits of a place in a whole value. */
uint64_t agent_mask(const struct agent_place *place, unsigned width);

/* Refuses bits that an access of this width does not have, and what is misaligned. Its value needs
 * `least` bits. */
bool agent_check_place(const struct agent_place *place, unsigned width, unsigned least);

/* Refuses a place or a value that does not go with the width, and gives the value of its bits. */
bool agent_check_condition(const struct agent_condition *condition, unsigned width,
                           uint64_t *value);

/* What one of the parsers of conditions reads; what is suggested goes with the width. */
typedef bool agent_condition_parser(const char *text, struct agent_condition *condition);
bool agent_parse_fitting(const char *text, agent_condition_parser *parser, unsigned width,
                         struct agent_condition *condition);

/* Refuses a range that is no whole number of elements. `text` names it. */
bool agent_check_whole(uint64_t length, unsigned width, const char *text);

/*
 * Refuses a word behind a place which begins with a bare number that is a count, a width or bits
 * to other tools (src/operate/bare-number.ts). `reads`: it may be a width or a count here.
 */
bool agent_refuse_bare(char *const *words, unsigned count, const struct agent_place *places,
                       bool reads);

#endif
