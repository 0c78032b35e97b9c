/* Numbers, sizes, values and durations, strictly: the grammar of src/text and src/place/value.ts.
 */
#ifndef PHYSMEM_AGENT_NUMBER_H
#define PHYSMEM_AGENT_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

/* The first address that there is not (src/base/limits.ts). */
#define AGENT_ADDRESS_LIMIT (1ull << 52)

/* The longest word of a command line, in bytes; main() refuses longer ones. */
#define AGENT_WORD_BYTES 512u

/*
 * Each tells what is wrong by agent_error.h, and returns false then.
 *
 * A number that may have a size suffix (k, M, G: powers of 1024), at most `max`. `what` names it
 * in messages, with its article: `an address`.
 */
bool agent_parse_below(const char *text, const char *what, uint64_t max, uint64_t *number);

/* The same without a suffix and without an end: what is beyond 64 bits becomes UINT64_MAX. */
bool agent_parse_plain(const char *text, const char *what, uint64_t *number);

/* A value of at most 64 bits, without a suffix. */
bool agent_parse_value(const char *text, uint64_t *value);

/* A number, `-1` or `~1`: `sign` becomes '-', '~' or 0. */
struct agent_literal {
  uint64_t value;
  char sign;
};
bool agent_parse_literal(const char *text, struct agent_literal *literal);

/* How many bits an access must have for it, at most. */
unsigned agent_bits_needed(const struct agent_literal *literal);

/* A run of bits, both ends included; also a whole width, as { width - 1, 0 }. */
struct agent_bits {
  unsigned high, low;
  bool given;
};
bool agent_parse_bits(const char *text, struct agent_bits *bits);

/* Refuses a value that does not fit in so many bits, of which `where` says: `in 8 bits`. */
bool agent_check_value(uint64_t value, unsigned bits, const char *where);

#define AGENT_ROOM_TEXT 32

/* `in 32 bits`, `in bits 7:4`. */
void agent_describe_room(char bytes[AGENT_ROOM_TEXT], unsigned width,
                         const struct agent_bits *bits);

/* What a literal is in bits, or in a whole width: two's complement, or the complement. */
bool agent_literal_value(const struct agent_literal *literal, unsigned width,
                         const struct agent_bits *bits, uint64_t *value);

/* `50ms`, `10us`, `2s`, `1m`, `0`: microseconds. */
bool agent_parse_duration(const char *text, uint64_t *us);

/* The canonical text of a duration, good until the next call. */
const char *agent_show_duration(uint64_t us);

/* How many: a whole number from 1. */
bool agent_parse_count(const char *text, uint64_t *count);

/* `8`, `16`, `32` or `64`. */
bool agent_parse_width(const char *text, unsigned *width);

/* All ones in the lowest `bits` bits, 1 to 64. */
static inline uint64_t agent_ones(unsigned bits) { return UINT64_MAX >> (64 - bits); }

bool agent_is_digit(char letter);
bool agent_is_hex(char letter);
char agent_lower(char letter);

#endif
