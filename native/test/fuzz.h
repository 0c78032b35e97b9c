/* What the fuzzes have in common. */
#ifndef PHYSMEM_FUZZ_H
#define PHYSMEM_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* One input, by libFuzzer or by replay.c. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static inline void must(int condition, const char *what) {
  if (condition)
    return;
  fprintf(stderr, "broken promise: %s\n", what);
  abort();
}

#endif
