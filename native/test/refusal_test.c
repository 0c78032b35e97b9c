/* What is refused before the first access, and what is reported of files that shrank. */
#define _GNU_SOURCE
#include "test.h"

#include <string.h>
#include <unistd.h>

#include "../access.h"
#include "../cache.h"

/* After a program that was refused nothing is different: no step before the wrong one was done. */
static void check_refused(struct pm_step wrong, enum pm_status status, bool writable) {
  int fd = new_file(page);
  /* The file is shorter than what is told: a first step that reads there would fault. */
  struct pm_memory *memory = pm_memory_create(fd, 0, 3 * page, writable, false);
  uint64_t cells[2 * TEST_STEPS] = {0};
  uint8_t data[64] = {0};
  struct pm_step first[] = {{.op = PM_READ, .width = 4, .address = 2 * page},
                            {.op = PM_WRITE, .width = 4, .address = 8, .value = 7}};
  for (size_t i = 0; i < (writable ? 2 : 1); i++) {
    struct program program = {
        .header = {.step_count = 4, .input_bytes = 8, .output_bytes = 64},
        .steps = {first[i], {.op = PM_FENCE_STEP}, wrong, {.op = PM_FENCE_STEP}}};
    struct pm_outcome outcome = run(memory, &program, cells, data);
    uint32_t word = 1;
    CHECK(outcome.status == status);
    CHECK(outcome.done == 0 && outcome.step == 2 && outcome.elements == 0);
    CHECK(outcome.address == wrong.address);
    CHECK(pread(fd, &word, 4, 8) == 4 && word == 0 && cells[0] == 0);
  }
  pm_memory_destroy(memory);
  close(fd);
}

static void test_malformed_steps(void) {
  const struct pm_step bad[] = {
      {.op = 0, .width = 4},
      {.op = 77, .width = 4},
      {.op = 77, .width = 0},
      {.op = PM_READ, .width = 3},
      {.op = PM_READ, .width = 0},
      {.op = PM_FILL, .width = 0, .count = 1},
      {.op = PM_READ_BLOCK, .width = 0, .count = 1},
      {.op = PM_READ, .width = 4, .address = 2},
      {.op = PM_READ, .width = 4, .flags = PM_FLAG_FIXED},
      {.op = PM_READ, .width = 4, .reserved = 1},
      {.op = PM_FENCE_STEP, .reserved = 1},
      {.op = PM_READ_BLOCK, .width = 4, .count = 0},
      {.op = PM_READ_BLOCK, .width = 4, .count = 1000},
      {.op = PM_READ_BLOCK, .width = 4, .count = 1, .data_offset = 4},
      {.op = PM_READ_BLOCK, .width = 4, .count = 1, .data_offset = 0xfffffff8},
      {.op = PM_READ_BLOCK, .width = 4, .count = 1, .flags = 8},
      {.op = PM_READ_BLOCK, .width = 4, .count = 1, .flags = PM_FLAG_SKIP | PM_FLAG_FIXED},
      {.op = PM_READ_BLOCK, .width = 8, .count = 8, .flags = PM_FLAG_SKIP}, /* no room for bits */
      {.op = PM_WRITE_BLOCK, .width = 4, .count = 1, .flags = PM_FLAG_SKIP},
      {.op = PM_WRITE_BLOCK, .width = 4, .count = 1, .data_offset = 8},
      {.op = PM_WRITE_BLOCK, .width = 4, .count = UINT32_MAX},
      {.op = PM_FILL, .width = 4, .count = 0},
      {.op = PM_FILL, .width = 4, .count = 1, .flags = PM_FLAG_FIXED},
      {.op = PM_FILL, .width = 1, .count = 1, .value = 0x100},
      {.op = PM_WRITE, .width = 2, .value = 0x10000},
      {.op = PM_UPDATE, .width = 1, .mask = 0x100},
      {.op = PM_UPDATE, .width = 4, .value = 0x100000000},
      {.op = PM_WAIT, .width = 1, .mask = 0x100},
      {.op = PM_WAIT, .width = 4, .mask = 1, .value = 2},
      {.op = PM_WAIT, .width = 4, .timeout_ns = PM_MAX_WAIT_NS + 1},
      {.op = PM_WAIT, .width = 4, .flags = PM_FLAG_FIXED},
      {.op = PM_DELAY, .timeout_ns = PM_MAX_WAIT_NS + 1},
      {.op = PM_DELAY, .timeout_ns = UINT64_MAX},
      {.op = PM_CACHE, .width = 1, .count = 1, .value = 3},
      {.op = PM_CACHE, .width = 4, .count = 1, .value = PM_CACHE_CLEAN},
      {.op = PM_CACHE, .width = 1, .count = 0, .value = PM_CACHE_CLEAN},
  };
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    check_refused(bad[i], PM_BAD_PROGRAM, true);
}

static void test_impossible_steps(void) {
  const struct pm_step outside[] = {
      {.op = PM_READ, .width = 4, .address = 3 * page},
      {.op = PM_READ, .width = 4, .address = UINT64_MAX - 3},
      {.op = PM_FILL, .width = 4, .address = 0, .count = PM_MAX_BLOCK_BYTES / 4},
      {.op = PM_READ_BLOCK, .width = 1, .address = 3 * page - 1, .count = 2},
      {.op = PM_READ_BLOCK, .width = 1, .address = UINT64_MAX, .count = 2},
  };
  for (size_t i = 0; i < sizeof outside / sizeof *outside; i++)
    check_refused(outside[i], PM_OUT_OF_RANGE, true);
  const struct pm_step writes[] = {
      {.op = PM_WRITE, .width = 4},
      {.op = PM_UPDATE, .width = 4},
      {.op = PM_FILL, .width = 4, .count = 1},
      {.op = PM_WRITE_BLOCK, .width = 4, .count = 1},
  };
  for (size_t i = 0; i < sizeof writes / sizeof *writes; i++)
    check_refused(writes[i], PM_READ_ONLY, false);
  if (!PM_HAS_64BIT_ACCESS)
    check_refused((struct pm_step){.op = PM_READ, .width = 8}, PM_NO_SUCH_WIDTH, true);
  if (!PM_HAS_CACHE_CONTROL)
    check_refused((struct pm_step){.op = PM_CACHE, .width = 1, .count = 1, .value = PM_CACHE_CLEAN},
                  PM_NO_CACHE_CONTROL, true);
}

static void test_malformed_programs(void) {
  struct pm_outcome outcome;
  struct program whole = {.header = {.step_count = 1, .input_bytes = 8},
                          .steps = {{.op = PM_FENCE_STEP}}};
  size_t length = pack(&whole);
  struct pm_program *program = pm_program_check(&whole, length, &outcome);
  CHECK(program && outcome.status == PM_OK);
  pm_program_free(program);
  CHECK(!pm_program_check(&whole, length - 1, &outcome) && outcome.status == PM_BAD_PROGRAM);
  CHECK(!pm_program_check(&whole, 0, &outcome));
  CHECK(!pm_program_check((char *)&whole + 4, length, &outcome));
  whole.header.output_bytes = PM_MAX_BLOCK_BYTES + 1;
  CHECK(!pm_program_check(&whole, length, &outcome));
  whole.header.output_bytes = 0;
  whole.header.step_count = UINT32_MAX;
  CHECK(!pm_program_check(&whole, length, &outcome) && outcome.status == PM_BAD_PROGRAM);
}

/* What every block of its own may have, and both together not. */
static void test_totals(void) {
  const uint32_t most = PM_MAX_BLOCK_BYTES / 4;
  const struct pm_step blocks[] = {
      {.op = PM_READ_BLOCK, .width = 4, .count = most, .flags = PM_FLAG_FIXED},
      {.op = PM_FILL, .width = 4, .count = most},
      {.op = PM_CACHE, .width = 1, .count = PM_MAX_BLOCK_BYTES, .value = PM_CACHE_FLUSH},
  };
  for (size_t i = 0; i < (PM_HAS_CACHE_CONTROL ? 3 : 2); i++) {
    struct program program = {.header = {.step_count = 3, .output_bytes = PM_MAX_BLOCK_BYTES},
                              .steps = {blocks[i], {.op = PM_FENCE_STEP}, blocks[i]}};
    struct pm_outcome outcome;
    program.steps[2].count = 1;
    CHECK(!pm_program_check(&program, pack(&program), &outcome));
    CHECK(outcome.status == PM_BAD_PROGRAM && outcome.step == 2 && outcome.done == 0);
    program.steps[0].count -= 8;
    struct pm_program *checked = pm_program_check(&program, pack(&program), &outcome);
    CHECK(checked && outcome.status == PM_OK);
    pm_program_free(checked);
  }
  check_refused((struct pm_step){.op = PM_FILL, .width = 4, .count = most + 1}, PM_BAD_PROGRAM,
                true);
  /* A fill and a write block are both writing. */
  struct program mixed = {.header = {.step_count = 2, .input_bytes = 8},
                          .steps = {blocks[1], {.op = PM_WRITE_BLOCK, .width = 8, .count = 1}}};
  struct pm_outcome outcome;
  if (!PM_HAS_64BIT_ACCESS)
    mixed.steps[1].width = 4;
  CHECK(!pm_program_check(&mixed, pack(&mixed), &outcome));
  CHECK(outcome.status == PM_BAD_PROGRAM && outcome.step == 1);
}

/* What every step of its own may take, and all together not. */
static void test_total_time(void) {
  const struct pm_step steps[] = {{.op = PM_DELAY, .timeout_ns = PM_MAX_WAIT_NS - 1},
                                  {.op = PM_WAIT, .width = 4, .timeout_ns = PM_MAX_WAIT_NS - 1}};
  for (size_t i = 0; i < 4; i++) {
    struct program program = {.header = {.step_count = 3},
                              .steps = {steps[i / 2], {.op = PM_FENCE_STEP}, steps[i % 2]}};
    struct pm_outcome outcome;
    program.steps[2].timeout_ns = 2;
    CHECK(!pm_program_check(&program, pack(&program), &outcome));
    CHECK(outcome.status == PM_BAD_PROGRAM && outcome.step == 2 && outcome.done == 0);
    program.steps[2].timeout_ns = 1;
    struct pm_program *checked = pm_program_check(&program, pack(&program), &outcome);
    CHECK(checked && outcome.status == PM_OK);
    pm_program_free(checked);
  }
}

/* What was checked is what is run, whatever becomes of the original. */
static void test_copied(void) {
  int fd = new_file(page);
  struct pm_memory *memory = pm_memory_create(fd, 0, page, true, true);
  uint64_t cells[4];
  uint32_t words[2];
  struct pm_results wide = {.cells = cells, .count = 4};
  struct pm_results narrow = {.words = words, .count = 2};
  struct pm_outcome outcome;
  struct program original = {
      .header = {.step_count = 2},
      .steps = {{.op = PM_WRITE, .width = 4, .value = 0x50006}, {.op = PM_READ, .width = 2}}};
  struct pm_program *program = pm_program_check(&original, pack(&original), &outcome);
  memset(&original, 0xff, sizeof original);
  for (int round = 0; round < 2; round++) {
    cells[2] = words[1] = 0;
    pm_run_checked(memory, program, &wide, NULL, &outcome);
    CHECK(outcome.status == PM_OK && outcome.done == 2 && cells[2] == 6);
    pm_run_checked(memory, program, &narrow, NULL, &outcome);
    CHECK(outcome.status == PM_OK && outcome.done == 2 && words[1] == 6);
  }
  wide.count = 3;
  pm_run_checked(memory, program, &wide, NULL, &outcome);
  CHECK(outcome.status == PM_BAD_PROGRAM && outcome.done == 0);
  narrow.count = 1;
  pm_run_checked(memory, program, &narrow, NULL, &outcome);
  CHECK(outcome.status == PM_BAD_PROGRAM && outcome.done == 0);
  pm_program_free(program);
  pm_memory_destroy(memory);
  close(fd);
}

/* Only what gives at most 32 bits a step has room in words. */
static void test_narrow(void) {
  const struct pm_step steps[] = {{.op = PM_UPDATE, .width = 4},
                                  {.op = PM_WAIT, .width = 4},
                                  {.op = PM_READ, .width = PM_HAS_64BIT_ACCESS ? 8 : 0}};
  int fd = new_file(page);
  struct pm_memory *memory = pm_memory_create(fd, 0, page, true, true);
  uint32_t words[2];
  struct pm_results narrow = {.words = words, .count = 2};
  for (size_t i = 0; i < (PM_HAS_64BIT_ACCESS ? 3 : 2); i++) {
    struct program program = {.header = {.step_count = 1}, .steps = {steps[i]}};
    struct pm_outcome outcome;
    struct pm_program *checked = pm_program_check(&program, pack(&program), &outcome);
    pm_run_checked(memory, checked, &narrow, NULL, &outcome);
    CHECK(outcome.status == PM_BAD_PROGRAM);
    pm_program_free(checked);
  }
  pm_memory_destroy(memory);
  close(fd);
}

void test_refusals(void) {
  test_malformed_steps();
  test_impossible_steps();
  test_malformed_programs();
  test_totals();
  test_total_time();
  test_copied();
  test_narrow();
}

/* An access, then a fill, then a write that cannot be mapped: neither of the first two is made. */
static void check_nothing_begun(struct pm_memory *memory, int fd, uint32_t fill_bytes) {
  uint64_t cells[2 * TEST_STEPS];
  struct program program = {
      .header = {.step_count = 3},
      .steps = {
          {.op = PM_WRITE, .width = 4, .address = 8, .value = 0x1111},
          {.op = PM_FILL, .width = 4, .address = 32 << 20, .count = fill_bytes / 4, .value = 1},
          {.op = PM_WRITE, .width = 4, .address = 1ull << 63, .value = 1}}};
  struct pm_outcome outcome = run(memory, &program, cells, NULL);
  uint32_t word = 1;
  CHECK(outcome.status == PM_MAP_FAILED && outcome.address == 1ull << 63);
  CHECK(outcome.done == 0 && outcome.step == 2 && outcome.elements == 0);
  CHECK(pread(fd, &word, 4, 8) == 4 && word == 0);
  /* So it is with a read, which may act on what it reads. */
  program.steps[0].op = PM_READ;
  cells[0] = 99;
  CHECK(run(memory, &program, cells, NULL).status == PM_MAP_FAILED && cells[0] == 99);
  program.header.step_count = 2;
  outcome = run(memory, &program, cells, NULL);
  CHECK(outcome.status == PM_OK && cells[0] == 0);
  CHECK(pread(fd, &word, 4, (32 << 20) + fill_bytes - 4) == 4 && word == 1);
}

/* However much earlier programs left mapped, and however much this one needs. */
void test_nothing_in_vain(void) {
  int fd = new_file(64 << 20);
  struct pm_memory *memory = pm_memory_create(fd, 0, UINT64_MAX, true, false);
  uint8_t *data = malloc(16 << 20);
  uint64_t cells[2 * TEST_STEPS];
  check_nothing_begun(memory, fd, 1 << 20);
  for (uint32_t held = 9 << 20; held <= 16 << 20; held += 7 << 20) {
    struct program before = {
        .header = {.step_count = 1, .output_bytes = held},
        .steps = {{.op = PM_READ_BLOCK, .width = 4, .address = 1 << 20, .count = held / 4}}};
    CHECK(run(memory, &before, cells, data).status == PM_OK);
    check_nothing_begun(memory, fd, 1 << 20);
  }
  for (uint64_t at = 0; at < 1100; at++) {
    struct program one = {
        .header = {.step_count = 1},
        .steps = {{.op = PM_READ, .width = 4, .address = (1 << 20) + at * 2 * page}}};
    CHECK(run(memory, &one, cells, data).status == PM_OK);
  }
  check_nothing_begun(memory, fd, 1 << 20);
  check_nothing_begun(memory, fd, 20 << 20);
  free(data);
  pm_memory_destroy(memory);
  close(fd);
}

/* A file that shrinks under a memory that knows its former length. */
void test_shrunk_files(void) {
  const uint32_t bytes = 3 << 20;
  const struct pm_step late = {
      .op = PM_WAIT, .width = 4, .address = 0x800, .mask = 0xff, .value = 1};
  uint64_t cells[2 * TEST_STEPS];
  uint8_t *data = malloc(bytes);
  int fd = new_file(4 << 20);
  struct pm_memory *memory = pm_memory_create(fd, 0, 4 << 20, true, true);
  struct program program = {.header = {.step_count = 2, .output_bytes = bytes},
                            .steps = {{.op = PM_READ_BLOCK, .width = 4, .count = bytes / 4}, late}};
  struct pm_outcome outcome = run(memory, &program, cells, data);
  CHECK(outcome.status == PM_TIMED_OUT && outcome.done == 1 && outcome.step == 1);
  CHECK(outcome.elements == 0); /* not those of the block before */

  CHECK(ftruncate(fd, 0x100) == 0);
  struct program wait = {.header = {.step_count = 2},
                         .steps = {{.op = PM_READ, .width = 4, .address = 0xfc}, late}};
  wait.steps[1].timeout_ns = PM_MAX_WAIT_NS; /* it is reported at once */
  outcome = run(memory, &wait, cells, NULL);
  CHECK(outcome.status == PM_FAULT_BUS && outcome.done == 1 && outcome.address == 0x800);
  wait.steps[0].address = 0x100;
  outcome = run(memory, &wait, cells, NULL);
  CHECK(outcome.status == PM_FAULT_BUS && outcome.done == 0 && outcome.address == 0x100);
  pm_memory_destroy(memory);
  close(fd);
  free(data);
}
