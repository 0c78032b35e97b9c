/*
 * Addresses with bits, ranges, assignments and conditions: the grammar of src/place for plain
 * addresses, in the same words. Each tells what is wrong by agent_error.h, and returns false then.
 */
#ifndef PHYSMEM_AGENT_PLACE_H
#define PHYSMEM_AGENT_PLACE_H

#include "agent_number.h"

/* An address, and what of it is meant: bits, or a stretch of bytes from it on. */
struct agent_place {
  uint64_t address; /* below AGENT_ADDRESS_LIMIT */
  struct agent_bits bits;
  uint64_t length; /* of a range, not 0; 0 for a place alone */
  bool open;       /* `A..`, whose end nobody knows: see agent_refuse_open_range */
};

/* `0xfed00000`, or a sum such as `0xfed00000+0x10`. */
bool agent_parse_place(const char *text, struct agent_place *place);

/* The same with bits: `0x10:5`, `0x10:7:4`. */
bool agent_parse_operand(const char *text, struct agent_place *place);

/* A range `A..B` or `A..+LENGTH`. */
bool agent_parse_range(const char *text, struct agent_place *place);

/*
 * Refuses `A..`, which physmem takes of what has an end; `text` names it, NULL for its shortest
 * form. Returns true for all others.
 */
bool agent_refuse_open_range(const struct agent_place *place, const char *text);

/* What `read` takes, an operand or a range; and what `dump` takes, a range or a place. */
bool agent_parse_operand_or_range(const char *text, struct agent_place *place);
bool agent_parse_range_or_place(const char *text, struct agent_place *place);

/* How what is read is compared; values have no sign. */
enum agent_relation { AGENT_IS, AGENT_IS_NOT, AGENT_LESS, AGENT_MOST, AGENT_MORE, AGENT_LEAST };

struct agent_condition {
  struct agent_place place;
  struct agent_literal literal;
  enum agent_relation relation;
};

/* `PLACE=VALUE`, `PLACE:BITS=VALUE`; the relation is AGENT_IS. */
bool agent_parse_assignment(const char *text, struct agent_condition *assignment);

/* The same with `==`, `!=`, `<`, `<=`, `>` and `>=`, too. */
bool agent_parse_condition(const char *text, struct agent_condition *condition);

/* `=`, `!=`, … */
const char *agent_relation_name(enum agent_relation relation);

/*
 * Refuses an address that is not a multiple of the width, in bits. `advice` is what helps, before
 * the widest access that is possible there: `use --width`. Less than `least` bits would not do.
 */
bool agent_check_aligned(uint64_t address, unsigned width, unsigned least, const char *advice);

#endif
