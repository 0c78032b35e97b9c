/* Programs as they are sent: what steps have in common is said once. */
#ifndef PHYSMEM_AGENT_PACKED_H
#define PHYSMEM_AGENT_PACKED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Makes a program of engine.h of a packed one (see agent_protocol.h), of which nothing is trusted.
 * NULL for bytes that are none, or whose program is longer than a frame. What is returned is good
 * until the next call, 8-byte aligned, and not checked.
 */
const uint8_t *agent_unpack(const uint8_t *bytes, size_t count, size_t *length);

#endif
