/* What the files of the engine's own test share. */
#ifndef PHYSMEM_TEST_H
#define PHYSMEM_TEST_H

#include "../engine.h"

#include <stdio.h>
#include <stdlib.h>

extern int checks;
extern size_t page;

#define CHECK(condition)                                                                           \
  do {                                                                                             \
    checks++;                                                                                      \
    if (!(condition)) {                                                                            \
      printf("%s:%d: %s\n", __FILE__, __LINE__, #condition);                                       \
      exit(1);                                                                                     \
    }                                                                                              \
  } while (0)

/* A file of so many bytes without a name. */
int new_file(size_t bytes);

#define TEST_STEPS 6

struct program {
  struct pm_header header;
  struct pm_step steps[TEST_STEPS];
  uint8_t input[16];
};

/* Runs it; `cells` has room for TEST_STEPS steps, `data` for the output. */
struct pm_outcome run(struct pm_memory *memory, struct program *program, uint64_t *cells,
                      uint8_t *data);

/* The steps and the input as they follow one another; returns their bytes. */
size_t pack(struct program *program);

void test_programs(void);
void test_cancelled_block(void);
void test_run_in_two(void);
void test_passed_over(void);
void test_refusals(void);
void test_nothing_in_vain(void);
void test_shrunk_files(void);
void test_samples(void);
void test_faulted_samples(void);
/* Whether cache instructions raise faults here. */
void test_cache(bool faults);

#endif
