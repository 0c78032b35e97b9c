/*
 * Hostile bytes as a program, over a file of which the last page is cut off. Whatever is refused
 * must have changed nothing; whatever is run must stay inside its buffers (sanitizers look).
 *   make fuzz                by libFuzzer, with clang
 *   make fuzz-replay         runs the corpus once more, with any compiler
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../engine.h"
#include "../mapping.h"
#include "fuzz.h"

#define DATA_BYTES 4096
#define MOST_CELLS 512
/* Longer waits and larger fills are possible, and would only take the time of the fuzzer. */
#define MOST_NS 1000
#define MOST_COUNT 65536u
#define MOST_SKIPPED 64u

static int refused(uint32_t status) {
  return status == PM_BAD_PROGRAM || status == PM_NO_SUCH_WIDTH || status == PM_OUT_OF_RANGE ||
         status == PM_NO_MEMORY || status == PM_NO_CACHE_CONTROL || status == PM_READ_ONLY;
}

/*
 * A mapping that is refused is one that was seen before the first access ("mapped ahead" in
 * engine.h). Exempt is a program of one read block, which is mapped as it goes: it stores nothing,
 * but tells the elements before. The file here takes every mapping at all times, so that the kernel
 * does not change its mind in the middle.
 */
static int nothing_begun(uint32_t status, const uint8_t *program) {
  const struct pm_header *header = (const struct pm_header *)(const void *)program;
  const struct pm_step *step = (const struct pm_step *)(const void *)(header + 1);
  if (status == PM_MAP_FAILED)
    return header->step_count > 1 || step->op != PM_READ_BLOCK;
  return refused(status);
}

/* Whether what was taken takes no longer than a day, all its steps together. */
static int is_in_time(const uint8_t *program) {
  const struct pm_header *header = (const struct pm_header *)(const void *)program;
  const struct pm_step *step = (const struct pm_step *)(const void *)(header + 1);
  uint64_t sum = 0;
  for (uint32_t i = 0; i < header->step_count && sum <= PM_MAX_WAIT_NS; i++)
    if (step[i].op == PM_WAIT || step[i].op == PM_DELAY)
      sum = step[i].timeout_ns > PM_MAX_WAIT_NS ? UINT64_MAX : sum + step[i].timeout_ns;
  return sum <= PM_MAX_WAIT_NS;
}

static void shorten(uint8_t *program, size_t size) {
  for (size_t at = sizeof(struct pm_header); at + sizeof(struct pm_step) <= size;
       at += sizeof(struct pm_step)) {
    struct pm_step *step = (struct pm_step *)(void *)(program + at);
    if (step->timeout_ns <= PM_MAX_WAIT_NS && step->timeout_ns > MOST_NS)
      step->timeout_ns = MOST_NS;
    if (step->interval_us > 1)
      step->interval_us = 1;
    if (step->op == PM_FILL && step->count > MOST_COUNT &&
        (uint64_t)step->count * step->width <= PM_MAX_BLOCK_BYTES)
      step->count = MOST_COUNT;
    if (step->op == PM_READ_BLOCK && step->flags == PM_FLAG_SKIP && step->count > MOST_SKIPPED &&
        step->count <= DATA_BYTES)
      step->count = MOST_SKIPPED;
  }
}

/* The first byte says over which kind of memory, the second how much room there is for results. */
static void run_over(int fd, uint8_t kind, uint8_t room, const uint8_t *program, size_t size) {
  size_t page = pm_page_size();
  struct pm_memory *memory = pm_memory_create(
      fd, kind & 1 ? 64 : 0, kind & 2 ? UINT64_MAX : 3 * page - 64, !(kind & 4), kind & 8);
  /* Of the exact size, so that the first byte beyond is noticed. */
  size_t count = room * 2u;
  uint64_t *cells = malloc(count * sizeof *cells + 1);
  uint8_t *data = malloc(DATA_BYTES);
  struct pm_outcome outcome, again;
  memset(cells, 0x5a, count * sizeof *cells);
  pm_run(memory, program, size, cells, count, data, DATA_BYTES, NULL, &outcome);
  if (nothing_begun(outcome.status, program)) {
    must(outcome.done == 0 && outcome.elements == 0, "a refused program did something");
    for (size_t i = 0; i < count * sizeof *cells; i++)
      must(((uint8_t *)cells)[i] == 0x5a, "a refused program gave a value");
    uint8_t byte = 0;
    for (off_t at = 0; at < (off_t)(2 * page); at += 509)
      must(pread(fd, &byte, 1, at) == 1 && byte == (uint8_t)(at * 7), "a refused program wrote");
  } else {
    must(outcome.done <= count / 2, "more steps were done than there is room for");
  }
  struct pm_program *checked = pm_program_check(program, size, &again);
  must(checked || refused(outcome.status), "what is malformed was run");
  must(!checked || is_in_time(program), "what takes longer than a day was taken");
  for (int round = 0; checked && round < 2; round++) {
    struct pm_results results = {
        .words = (uint32_t *)cells, .count = count, .data = data, .data_bytes = DATA_BYTES};
    pm_prepare(memory, checked, &again);
    pm_run_checked(memory, checked, &results, NULL, &again);
  }
  pm_program_free(checked);
  pm_memory_destroy(memory);
  free(cells);
  free(data);
}

static int new_file(size_t page) {
  char path[] = "/tmp/physmem-fuzz-XXXXXX";
  int fd = mkstemp(path);
  must(fd >= 0 && unlink(path) == 0, "no file");
  uint8_t *content = malloc(2 * page);
  for (size_t at = 0; at < 2 * page; at++)
    content[at] = (uint8_t)(at * 7);
  must(pwrite(fd, content, 2 * page, 0) == (ssize_t)(2 * page), "no file");
  free(content);
  return fd;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
  if (size < 2)
    return 0;
  int fd = new_file(pm_page_size());
  size_t length = size - 2;
  uint8_t *program = NULL;
  must(posix_memalign((void **)&program, 8, length ? length : 1) == 0, "no memory");
  memcpy(program, bytes + 2, length);
  shorten(program, length);
  run_over(fd, bytes[0], bytes[1], program, length);
  free(program);
  close(fd);
  return 0;
}
