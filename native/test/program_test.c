/* What programs do. */
#define _GNU_SOURCE
#include "test.h"

#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "../access.h"
#include "../cache.h"

void test_programs(void) {
  int fd = new_file(2 * page);
  struct pm_memory *memory = pm_memory_create(fd, 0, 2 * page, true, true);
  uint64_t cells[2 * TEST_STEPS] = {0};
  uint8_t data[64];
  struct program program = {
      .header = {.step_count = 4},
      .steps = {{.op = PM_WRITE, .width = 4, .address = 8, .value = 0x11223344},
                {.op = PM_READ, .width = 2, .address = 10},
                {.op = PM_UPDATE, .width = 1, .address = 8, .mask = 0xf0, .value = 0xaa},
                {.op = PM_READ, .width = 4, .address = 8}}};
  struct pm_outcome outcome = run(memory, &program, cells, data);
  CHECK(outcome.status == PM_OK && outcome.done == 4);
  CHECK(cells[2] == 0x1122);
  CHECK(cells[4] == 0x44 && cells[5] == 0xa4);
  CHECK(cells[6] == 0x112233a4);

  struct program wide = {
      .header = {.step_count = 2},
      .steps = {{.op = PM_WRITE, .width = 8, .address = 16, .value = 0x1122334455667788},
                {.op = PM_READ, .width = 8, .address = 16}}};
  outcome = run(memory, &wide, cells, data);
  if (PM_HAS_64BIT_ACCESS)
    CHECK(outcome.status == PM_OK && cells[2] == 0x1122334455667788);
  else
    CHECK(outcome.status == PM_NO_SUCH_WIDTH && outcome.done == 0);

  struct program blocks = {
      .header = {.step_count = 2, .input_bytes = 8, .output_bytes = 8},
      .steps = {{.op = PM_WRITE_BLOCK, .width = 2, .address = page - 4, .count = 4},
                {.op = PM_READ_BLOCK, .width = 4, .address = page - 4, .count = 2}},
      .input = {1, 2, 3, 4, 5, 6, 7, 8}};
  outcome = run(memory, &blocks, cells, data);
  CHECK(outcome.status == PM_OK && memcmp(data, "\1\2\3\4\5\6\7\10", 8) == 0);

  struct program late = {.header = {.step_count = 1},
                         .steps = {{.op = PM_WAIT,
                                    .width = 4,
                                    .address = 8,
                                    .mask = 0xff,
                                    .value = 1,
                                    .timeout_ns = 1000000}}};
  outcome = run(memory, &late, cells, data);
  CHECK(outcome.status == PM_TIMED_OUT && cells[0] == 0x112233a4 && cells[1] >= 1000000);
  pm_memory_destroy(memory);
  close(fd);
}

/* Runs what need not wait, and then the rest. */
void test_run_in_two(void) {
  const struct pm_step met = {.op = PM_WAIT, .width = 4, .mask = 0xff, .timeout_ns = 1};
  const struct pm_step write = {.op = PM_WRITE, .width = 4, .address = 8, .value = 5};
  const struct pm_step delay = {.op = PM_DELAY, .timeout_ns = 1};
  struct program program = {.header = {.step_count = 5}, .steps = {met, write, delay, write, met}};
  int fd = new_file(page);
  struct pm_memory *memory = pm_memory_create(fd, 0, page, true, true);
  uint64_t cells[2 * TEST_STEPS] = {0};
  struct pm_results results = {.cells = cells, .count = 2 * TEST_STEPS};
  struct pm_outcome outcome;
  /* A wait that ends at the store after it is never met; its time is up 20 ms after its first look.
   */
  program.steps[4].address = 8;
  program.steps[4].timeout_ns = 20000000;
  struct pm_program *checked = pm_program_check(&program, pack(&program), &outcome);
  CHECK(checked != NULL);
  pm_run_at_once(memory, checked, &results, &outcome);
  CHECK(outcome.status == PM_PENDING && outcome.done == 2 && outcome.step == 2);
  pm_run_rest(memory, checked, &results, outcome.done, NULL, &outcome);
  CHECK(outcome.status == PM_TIMED_OUT && outcome.done == 4 && cells[9] >= 20000000);
  pm_program_free(checked);

  struct program late = {.header = {.step_count = 1}, .steps = {program.steps[4]}};
  checked = pm_program_check(&late, pack(&late), &outcome);
  pm_run_at_once(memory, checked, &results, &outcome);
  CHECK(outcome.status == PM_PENDING && outcome.done == 0 && cells[0] == 5);
  uint64_t looked = cells[1];
  struct timespec pause = {.tv_nsec = 30000000};
  nanosleep(&pause, NULL);
  /* It goes on from its first look: its time was up meanwhile, and one more look says so. */
  pm_run_rest(memory, checked, &results, 0, NULL, &outcome);
  CHECK(outcome.status == PM_TIMED_OUT && cells[1] >= looked + 30000000);
  pm_run_rest(memory, checked, &results, 2, NULL, &outcome);
  CHECK(outcome.status == PM_BAD_PROGRAM && outcome.done == 0);
  pm_program_free(checked);
  pm_memory_destroy(memory);
  close(fd);
}

/* The fill itself sets the cancellation, in its second page: what is done says when that was seen.
 */
void test_cancelled_block(void) {
  const size_t bytes = 1 << 20;
  int fd = new_file(bytes);
  atomic_int *cancel = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, (off_t)page);
  CHECK(cancel != MAP_FAILED);
  struct pm_memory *memory = pm_memory_create(fd, 0, bytes, true, true);
  struct program program = {
      .header = {.step_count = 1},
      .steps = {{.op = PM_FILL, .width = 4, .count = (uint32_t)bytes / 4, .value = 1}}};
  uint64_t cells[2 * TEST_STEPS];
  struct pm_outcome outcome;
  pm_run(memory, &program, pack(&program), cells, 2 * TEST_STEPS, NULL, 0, cancel, &outcome);
  CHECK(outcome.status == PM_CANCELLED && outcome.done == 0);
  CHECK(outcome.elements > page / 4 && outcome.elements <= page / 4 + 65536);
  CHECK(outcome.address == 4 * (uint64_t)outcome.elements);
  pm_memory_destroy(memory);
  munmap(cancel, page);
  close(fd);
}

/* What nothing answers is passed over, one element after the other, in one run. */
void test_passed_over(void) {
  enum { COUNT = 20, MAP = 40 };
  int fd = new_file(2 * page);
  struct pm_memory *device = pm_memory_create(fd, 0, UINT64_MAX, false, false);
  struct pm_memory *file = pm_memory_create(fd, 0, 2 * page, false, true);
  uint64_t cells[2 * TEST_STEPS];
  uint8_t data[MAP + 8], expected[16];
  /* 16 bits wide: eight elements in the file, and 12 past its end, in two pages. */
  struct program program = {.header = {.step_count = 1, .output_bytes = MAP + 3},
                            .steps = {{.op = PM_READ_BLOCK,
                                       .width = 2,
                                       .flags = PM_FLAG_SKIP,
                                       .address = page - 16,
                                       .count = COUNT}}};
  for (uint16_t i = 0; i < 8; i++)
    CHECK(pwrite(fd, &i, 2, (off_t)(page - 16 + 2u * i)) == 2);
  for (uint8_t i = 0; i < 8; i++)
    memcpy(expected + 2 * i, (uint8_t[]){i, 0}, 2);
  CHECK(ftruncate(fd, (off_t)page) == 0);
  for (int round = 0; round < 2; round++) {
    memset(data, 0x5a, sizeof data);
    struct pm_outcome outcome = run(device, &program, cells, data);
    CHECK(outcome.status == PM_OK && outcome.done == 1 && outcome.elements == 0);
    CHECK(memcmp(data, expected, sizeof expected) == 0);
    CHECK(memcmp(data + MAP, "\x00\xff\x0f\x5a", 4) == 0);
  }
  /* Of a file it is the whole page, and what is after. */
  struct pm_outcome outcome = run(file, &program, cells, data);
  CHECK(outcome.status == PM_FAULT_BUS && outcome.done == 0 && outcome.elements == 8);
  CHECK(outcome.address == page && data[MAP] == 0 && data[MAP + 1] == 0);
  pm_memory_destroy(device);
  pm_memory_destroy(file);
  close(fd);
}

void test_cache(bool faults) {
  int fd = new_file(2 * page);
  /* A character device's length is unknown: beyond the file's end, access faults. */
  struct pm_memory *memory = pm_memory_create(fd, 0, 4 * page, true, false);
  uint64_t cells[2 * TEST_STEPS] = {0};
  uint8_t data[64];
  struct program program = {
      .header = {.step_count = 4},
      .steps = {{.op = PM_WRITE, .width = 4, .address = 60, .value = 0x55667788},
                {.op = PM_CACHE, .width = 1, .address = 62, .count = 5, .value = PM_CACHE_CLEAN},
                {.op = PM_CACHE, .width = 1, .count = (uint32_t)page * 2, .value = PM_CACHE_FLUSH},
                {.op = PM_READ, .width = 4, .address = 60}}};
  struct pm_outcome outcome = run(memory, &program, cells, data);
  struct pm_cache_control control;
  bool has_control = pm_cache_find(&control);
  CHECK(has_control == (PM_HAS_CACHE_CONTROL != 0));
  if (!has_control) {
    CHECK(outcome.status == PM_NO_CACHE_CONTROL && outcome.done == 0 && outcome.address == 62);
  } else {
    CHECK(control.line_bytes >= 16 && !(control.line_bytes & (control.line_bytes - 1)));
    CHECK(outcome.status == PM_OK && outcome.done == 4 && cells[6] == 0x55667788);
  }

  struct program wrong = {.header = {.step_count = 1},
                          .steps = {{.op = PM_CACHE, .width = 1, .count = 1, .value = 3}}};
  CHECK(run(memory, &wrong, cells, data).status == PM_BAD_PROGRAM);
  wrong.steps[0] = (struct pm_step){
      .op = PM_CACHE, .width = 1, .address = 4 * page - 1, .count = 2, .value = PM_CACHE_CLEAN};
  CHECK(run(memory, &wrong, cells, data).status ==
        (has_control ? PM_OUT_OF_RANGE : PM_NO_CACHE_CONTROL));

  if (faults && has_control) {
    struct program beyond = {.header = {.step_count = 1},
                             .steps = {{.op = PM_CACHE,
                                        .width = 1,
                                        .address = page + 8,
                                        .count = (uint32_t)page * 2,
                                        .value = PM_CACHE_FLUSH}}};
    outcome = run(memory, &beyond, cells, data);
    CHECK(outcome.status == PM_FAULT_BUS && outcome.address == 2 * page);
    CHECK(outcome.elements == page - 8);
  }
  pm_memory_destroy(memory);
  close(fd);
}
