/* Samples: what is kept, what is lost, and how they end. */
#define _GNU_SOURCE
#include "test.h"

#include <string.h>
#include <unistd.h>

#include "../sample.h"

#define CAPACITY 8u

struct samples {
  struct pm_memory *memory;
  int fd;
  struct program program;
  struct pm_sampling sampling;
  uint64_t cells[CAPACITY * 3];
  size_t cell_count;
  _Atomic(uint32_t) head, tail;
  struct pm_sampled sampled;
  struct pm_outcome outcome;
};

/* Two registers, of 32 and 16 bits, in a file of one page. */
static void begin(struct samples *samples, bool regular_file) {
  memset(samples, 0, sizeof *samples);
  samples->fd = new_file(page);
  uint32_t values[2] = {0x11223344, 0x5566};
  CHECK(pwrite(samples->fd, values, sizeof values, 16) == sizeof values);
  samples->memory =
      pm_memory_create(samples->fd, 0, regular_file ? page : UINT64_MAX, true, regular_file);
  samples->program = (struct program){.header = {.step_count = 2},
                                      .steps = {{.op = PM_READ, .width = 4, .address = 16},
                                                {.op = PM_READ, .width = 2, .address = 20}}};
  samples->cell_count = CAPACITY * 3;
  samples->sampling = (struct pm_sampling){
      .duration_ns = UINT64_MAX, .count = UINT64_MAX, .trigger_read = PM_NO_TRIGGER};
}

static void end(struct samples *samples) {
  pm_memory_destroy(samples->memory);
  close(samples->fd);
}

static enum pm_status sample(struct samples *samples, atomic_int *cancel) {
  struct pm_ring ring = {samples->cells, samples->cell_count, &samples->head, &samples->tail};
  struct pm_program *program =
      pm_program_check(&samples->program, pack(&samples->program), &samples->outcome);
  CHECK(program);
  pm_sample(samples->memory, program, &samples->sampling, &ring, cancel, &samples->sampled,
            &samples->outcome);
  pm_program_free(program);
  return samples->outcome.status;
}

static void test_kept(void) {
  struct samples samples;
  begin(&samples, true);
  samples.sampling.count = 5;
  CHECK(sample(&samples, NULL) == PM_OK);
  CHECK(samples.head == 5 && samples.sampled.kept == 5 && samples.sampled.taken == 5);
  CHECK(samples.sampled.lost == 0 && samples.sampled.missed == 0 && samples.sampled.start_ns > 0);
  CHECK(samples.cells[0] == 0);
  for (int i = 0; i < 5; i++) {
    const uint64_t *cells = &samples.cells[i * 3];
    CHECK(cells[1] == 0x11223344 && cells[2] == 0x5566);
    CHECK(i == 0 || cells[0] > cells[-3]);
  }
  CHECK(samples.cells[12] == samples.sampled.last_ns);
  end(&samples);
}

/* Numbers of records go round behind 2^32, and places in the ring behind its end. */
static void test_round(void) {
  struct samples samples;
  begin(&samples, false);
  samples.head = samples.tail = UINT32_MAX - 2;
  samples.sampling.count = CAPACITY - 1;
  CHECK(sample(&samples, NULL) == PM_OK && samples.sampled.kept == CAPACITY - 1);
  CHECK(samples.head == CAPACITY - 4);
  uint64_t before = 0;
  for (uint32_t number = samples.tail; number != samples.head; number++) {
    const uint64_t *cells = &samples.cells[(number & (CAPACITY - 1)) * 3];
    CHECK(cells[1] == 0x11223344 && cells[2] == 0x5566);
    CHECK(number == samples.tail ? cells[0] == 0 : cells[0] > before);
    before = cells[0];
  }
  CHECK(before == samples.sampled.last_ns);
  end(&samples);
}

/* What nobody has taken yet stays as it is. */
static void test_untaken(void) {
  struct samples samples;
  uint64_t before[CAPACITY * 3];
  begin(&samples, false);
  samples.sampling.count = 3;
  CHECK(sample(&samples, NULL) == PM_OK && samples.head == 3);
  memcpy(before, samples.cells, sizeof before);
  samples.sampling.count = 5;
  CHECK(sample(&samples, NULL) == PM_OK && samples.head == CAPACITY);
  CHECK(memcmp(before, samples.cells, 3 * 3 * sizeof *before) == 0);
  CHECK(samples.cells[3 * 3] == 0 && samples.cells[3 * 3 + 1] == 0x11223344);
  end(&samples);
}

/* Changes are found among samples that are not kept, and only what is asked for of them. */
static void test_changed(void) {
  struct samples samples;
  uint64_t masks[2] = {0, 0xff00};
  begin(&samples, false);
  samples.sampling.masks = masks;
  samples.sampling.mask_count = 2;
  samples.program.steps[1].address = 16; /* the low half of the first */
  samples.sampling.count = 2;
  samples.sampling.duration_ns = 5000000;
  CHECK(sample(&samples, NULL) == PM_OK && samples.sampled.kept == 1 && samples.head == 1);
  CHECK(samples.cells[2] == 0x3344 && samples.sampled.taken > 1);
  end(&samples);
}

static void test_period(void) {
  struct samples samples;
  begin(&samples, false);
  samples.sampling.period_ns = 2000000;
  samples.sampling.duration_ns = 7000000;
  CHECK(sample(&samples, NULL) == PM_OK);
  CHECK(samples.sampled.taken + samples.sampled.missed <= 4 && samples.head >= 1);
  for (uint32_t i = 1; i < samples.head; i++)
    CHECK(samples.cells[i * 3] / 2000000 > samples.cells[(i - 1) * 3] / 2000000);
  end(&samples);
}

static void test_unchanged(void) {
  struct samples samples;
  uint64_t masks[2] = {~0ull, ~0ull};
  begin(&samples, false);
  samples.sampling.masks = masks;
  samples.sampling.mask_count = 2;
  samples.sampling.duration_ns = 50000000;
  CHECK(sample(&samples, NULL) == PM_OK);
  CHECK(samples.head == 1 && samples.sampled.kept == 1 && samples.sampled.taken > 1);
  end(&samples);
}

static void test_trigger(void) {
  struct samples samples;
  begin(&samples, false);
  samples.sampling.trigger_read = 1;
  samples.sampling.mask = 0xff;
  samples.sampling.equals = 0x67;
  samples.sampling.duration_ns = 1000000;
  CHECK(sample(&samples, NULL) == PM_OK);
  CHECK(samples.head == 0 && samples.sampled.taken > 0 && samples.sampled.kept == 0);
  samples.sampling.equals = 0x66;
  samples.sampling.count = 1;
  CHECK(sample(&samples, NULL) == PM_OK && samples.head == 1);
  samples.sampling.equals = 0x67;
  samples.sampling.negate = true;
  CHECK(sample(&samples, NULL) == PM_OK && samples.head == 2);
  end(&samples);
}

/* Nobody takes anything: what is after the eighth is lost, and its place is known. */
static void test_lost(void) {
  struct samples samples;
  begin(&samples, false);
  samples.sampling.duration_ns = 50000000;
  CHECK(sample(&samples, NULL) == PM_OK);
  struct pm_sampled *sampled = &samples.sampled;
  CHECK(samples.head == CAPACITY && sampled->kept == CAPACITY && sampled->lost > 0);
  CHECK(sampled->taken == sampled->kept + sampled->lost && sampled->gap == sampled->lost);
  CHECK(sampled->gap_ns > samples.cells[7 * 3] && sampled->gap_ns <= sampled->last_ns);
  end(&samples);
}

void test_faulted_samples(void) {
  struct samples samples;
  uint64_t masks[2] = {~0ull, ~0ull};
  begin(&samples, false);
  samples.program.steps[1].address = 2 * page;
  samples.sampling.masks = masks;
  samples.sampling.mask_count = 2;
  CHECK(sample(&samples, NULL) == PM_FAULT_BUS);
  CHECK(samples.outcome.step == 1 && samples.outcome.address == 2 * page);
  CHECK(samples.head == 0 && samples.sampled.taken == 0);
  end(&samples);
}

/* A file that has shrunk: zeros past its end are not samples. */
static void test_shrunk(void) {
  struct samples samples;
  begin(&samples, true);
  CHECK(ftruncate(samples.fd, 18) == 0);
  samples.sampling.count = 3;
  CHECK(sample(&samples, NULL) == PM_FAULT_BUS);
  CHECK(samples.outcome.step == 0 && samples.outcome.address == 16 && samples.head == 0);
  end(&samples);
}

static void test_refused(void) {
  struct samples samples;
  begin(&samples, true);
  samples.program.steps[1].op = PM_WRITE;
  CHECK(sample(&samples, NULL) == PM_BAD_PROGRAM && samples.outcome.step == 1);
  samples.program.steps[1].op = PM_READ;
  samples.program.steps[1].address = page;
  CHECK(sample(&samples, NULL) == PM_OUT_OF_RANGE && samples.outcome.step == 1);
  samples.program.header.step_count = 0;
  CHECK(sample(&samples, NULL) == PM_BAD_PROGRAM);
  CHECK(samples.head == 0);
  end(&samples);
}

/* What no caller of ours asks for: nothing is accessed, however it came to be. */
static void test_malformed(void) {
  struct samples samples;
  uint64_t masks[3] = {0};
  begin(&samples, true);
  const struct pm_sampling good = samples.sampling;
  const struct pm_sampling bad[] = {
      {.count = 0, .trigger_read = PM_NO_TRIGGER},
      {.count = 1, .trigger_read = 2},
      {.count = 1, .trigger_read = PM_NO_TRIGGER, .period_ns = PM_MAX_PERIOD_NS + 1},
      {.count = 1, .trigger_read = PM_NO_TRIGGER, .masks = masks, .mask_count = 1},
      {.count = 1, .trigger_read = PM_NO_TRIGGER, .masks = masks, .mask_count = 3},
      {.count = 1, .trigger_read = PM_NO_TRIGGER, .mask_count = 2},
  };
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    samples.sampling = bad[i];
    samples.sampling.duration_ns = UINT64_MAX;
    CHECK(sample(&samples, NULL) == PM_BAD_PROGRAM && samples.sampled.taken == 0);
  }
  samples.sampling = good;
  samples.sampling.count = 1;
  const size_t no_ring[] = {0, 2, 3, 5, 9, 20};
  for (size_t i = 0; i < sizeof no_ring / sizeof *no_ring; i++) {
    samples.cell_count = no_ring[i];
    CHECK(sample(&samples, NULL) == PM_BAD_PROGRAM && samples.sampled.taken == 0);
  }
  samples.cell_count = CAPACITY * 3;
  samples.tail = 1; /* more was taken than put */
  CHECK(sample(&samples, NULL) == PM_BAD_PROGRAM && samples.sampled.taken == 0);
  samples.tail = 0;
  CHECK(samples.head == 0 && sample(&samples, NULL) == PM_OK && samples.head == 1);
  end(&samples);
}

/* The longest period ends with the duration, also where their sum has more than 63 bits. */
static void test_longest_period(void) {
  struct samples samples;
  begin(&samples, true);
  samples.sampling.period_ns = PM_MAX_PERIOD_NS;
  samples.sampling.duration_ns = 1000000;
  CHECK(sample(&samples, NULL) == PM_OK && samples.sampled.taken == 1);
  end(&samples);
}

static void test_stopped(void) {
  struct samples samples;
  atomic_int cancel = 1;
  begin(&samples, false);
  samples.sampling.period_ns = 1000000000;
  CHECK(sample(&samples, &cancel) == PM_CANCELLED && samples.sampled.taken == 0);
  end(&samples);
}

void test_samples(void) {
  test_kept();
  test_round();
  test_untaken();
  test_changed();
  test_period();
  test_unchanged();
  test_trigger();
  test_lost();
  test_refused();
  test_malformed();
  test_longest_period();
  test_shrunk();
  test_stopped();
}
