/* What was meant by a mistyped name: as nearest() of src/text/suggest.ts finds it. */
#ifndef PHYSMEM_AGENT_NEAREST_H
#define PHYSMEM_AGENT_NEAREST_H

#include <stddef.h>

/* One of the names, or NULL where none is near. */
const char *agent_nearest(const char *word, const char *const *names, size_t count);

/* The fewest changes of one letter (added, left out, replaced, two swapped) between two words. */
size_t agent_edit_distance(const char *word, const char *name);

#endif
