/*
 * The engine without Node: programs over a file, faults, threads, and handlers that others
 * installed before. Runs on every CPU that physmem supports, also under user-mode emulation.
 * Prints what failed and exits with 1, or prints "ok N checks".
 */
#define _GNU_SOURCE
#include "../engine.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../access.h"
#include "../cache.h"
#include "../mapping.h"
#include "../transfer.h"

static int checks;

#define CHECK(condition)                                                                           \
  do {                                                                                             \
    checks++;                                                                                      \
    if (!(condition)) {                                                                            \
      printf("%s:%d: %s\n", __FILE__, __LINE__, #condition);                                       \
      exit(1);                                                                                     \
    }                                                                                              \
  } while (0)

static size_t page;

static int new_file(size_t bytes) {
  char path[] = "/tmp/physmem-engine-XXXXXX";
  int fd = mkstemp(path);
  CHECK(fd >= 0);
  unlink(path);
  CHECK(ftruncate(fd, (off_t)bytes) == 0);
  return fd;
}

struct program {
  struct pm_header header;
  struct pm_step steps[4];
  uint8_t input[16];
};

static struct pm_outcome run(struct pm_memory *memory, struct program *program, uint64_t *cells,
                             uint8_t *data) {
  struct pm_outcome outcome;
  program->header.magic = PM_PROGRAM_MAGIC;
  size_t bytes = sizeof program->header + program->header.step_count * sizeof(struct pm_step);
  /* The input follows the steps that are there, not the room for more. */
  memmove((uint8_t *)program + bytes, program->input, program->header.input_bytes);
  pm_run(memory, program, sizeof *program, cells, 8, data, 64, NULL, &outcome);
  return outcome;
}

static void test_programs(void) {
  int fd = new_file(2 * page);
  struct pm_memory *memory = pm_memory_create(fd, 0, 2 * page, true, true);
  uint64_t cells[8] = {0};
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

/* What a hostile program (an agent takes them from afar) gets: a status, never an access. */
static void test_malformed(void) {
  int fd = new_file(page);
  struct pm_memory *memory = pm_memory_create(fd, 0, page, true, true);
  uint64_t cells[8];
  uint8_t data[64];
  const struct pm_step bad[] = {
      {.op = 0, .width = 4},
      {.op = 77, .width = 4},
      {.op = PM_READ, .width = 3},
      {.op = PM_READ, .width = 0},
      {.op = PM_READ, .width = 4, .address = 2},
      {.op = PM_READ_BLOCK, .width = 4, .count = 1000, .data_offset = 0},
      {.op = PM_READ_BLOCK, .width = 4, .count = 1, .data_offset = 4},
      {.op = PM_READ_BLOCK, .width = 4, .count = 1, .data_offset = 0xfffffff8},
      {.op = PM_WRITE_BLOCK, .width = 4, .count = 1, .data_offset = 8},
  };
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    struct program program = {.header = {.step_count = 1, .output_bytes = 64}, .steps = {bad[i]}};
    CHECK(run(memory, &program, cells, data).status == PM_BAD_PROGRAM);
  }
  const struct pm_step outside[] = {
      {.op = PM_READ, .width = 4, .address = page},
      {.op = PM_READ, .width = 4, .address = UINT64_MAX - 3},
      {.op = PM_FILL, .width = 4, .address = 0, .count = UINT32_MAX},
  };
  for (size_t i = 0; i < sizeof outside / sizeof *outside; i++) {
    struct program program = {.header = {.step_count = 1}, .steps = {outside[i]}};
    CHECK(run(memory, &program, cells, data).status == PM_OUT_OF_RANGE);
  }
  struct pm_header header = {.magic = PM_PROGRAM_MAGIC, .step_count = UINT32_MAX};
  struct pm_outcome outcome;
  pm_run(memory, &header, sizeof header, cells, 8, data, 64, NULL, &outcome);
  CHECK(outcome.status == PM_BAD_PROGRAM);
  pm_memory_destroy(memory);
  close(fd);
}

static void *fault_often(void *argument) {
  int fd = new_file(2 * page);
  struct pm_memory *memory = pm_memory_create(fd, 0, UINT64_MAX, true, false);
  CHECK(ftruncate(fd, (off_t)page) == 0);
  uint64_t cells[8];
  uint8_t data[64];
  for (int round = 0; round < 200; round++) {
    struct program program = {
        .header = {.step_count = 3},
        .steps = {{.op = PM_WRITE, .width = 4, .address = 0, .value = (uint64_t)round},
                  {.op = PM_READ, .width = 4, .address = page + 8},
                  {.op = PM_WRITE, .width = 4, .address = 4, .value = 1}}};
    struct pm_outcome outcome = run(memory, &program, cells, data);
    CHECK(outcome.status == PM_FAULT_BUS && outcome.done == 1 && outcome.address == page + 8);
    struct program after = {.header = {.step_count = 1},
                            .steps = {{.op = PM_READ, .width = 4, .address = 0}}};
    CHECK(run(memory, &after, cells, data).status == PM_OK && cells[0] == (uint64_t)round);
  }
  pm_memory_destroy(memory);
  close(fd);
  return argument;
}

static void test_threads(void) {
  pthread_t threads[4];
  for (int i = 0; i < 4; i++)
    CHECK(pthread_create(&threads[i], NULL, fault_often, NULL) == 0);
  for (int i = 0; i < 4; i++)
    CHECK(pthread_join(threads[i], NULL) == 0);
}

static volatile sig_atomic_t others_faults;
static uint8_t *others_page;

static void others_handler(int signal_number, siginfo_t *info, void *context) {
  (void)signal_number;
  (void)context;
  others_faults++;
  if (info->si_code > 0)
    mprotect(others_page, page, PROT_READ | PROT_WRITE);
}

/* A handler that was there before the guard still gets its own faults and signals. */
static void test_others(void) {
  *(volatile uint8_t *)others_page = 1;
  CHECK(others_faults == 1);
  raise(SIGSEGV);
  CHECK(others_faults == 2);
  raise(SIGBUS);
  CHECK(others_faults == 3);
}

/* Without a handler before it, a fault elsewhere ends the process as it would have. */
static void test_default(void) {
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    uint8_t *nothing = mmap(NULL, page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    int fd = new_file(page);
    struct pm_fault fault;
    uint32_t flag = 0;
    struct pm_mapping mapping;
    fault.flag = &flag;
    if (pm_mapping_open(&mapping, fd, 0, page, true, &fault) != 0)
      _exit(3);
    *(volatile uint8_t *)nothing = 1;
    _exit(4);
  }
  int status = 0;
  CHECK(waitpid(child, &status, 0) == child);
  CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV);
}

/* So many mappings that no other can be divided; whole ones can still be replaced. */
static void use_up_mappings(void *some[16]) {
  for (int i = 0;; i++) {
    /* Neighbours that differ are not merged. */
    int protection = i % 2 ? PROT_READ : PROT_NONE;
    void *one = mmap(NULL, page, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (one == MAP_FAILED)
      break;
    some[i % 16] = one;
  }
  munmap(some[0], page);
}

/* A fault in the middle of a mapping that cannot be divided is one of its own all the same. */
static void test_indivisible(void) {
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    volatile uint32_t flag = 0;
    struct pm_fault fault = {.flag = &flag};
    struct pm_mapping mapping;
    int fd = new_file(page);
    if (pm_mapping_open(&mapping, fd, 0, 3 * page, true, &fault) != 0)
      _exit(3);
    pm_store32(mapping.host, 5);
    void *some[16];
    use_up_mappings(some);
    if (mprotect(mapping.host + page, page, PROT_NONE) == 0)
      _exit(4); /* it could be divided: nothing is tested */
    pm_store32(mapping.host + page + 8, 1);
    if (flag != PM_FLAG_BUS || fault.address != (uintptr_t)mapping.host + page + 8)
      _exit(5);
    flag = 0;
    for (int i = 1; i < 16; i++)
      munmap(some[i], page);
    pm_mapping_restore(&mapping);
    _exit(pm_load32(mapping.host) == 5 && flag == 0 ? 0 : 6);
  }
  int status = 0;
  CHECK(waitpid(child, &status, 0) == child);
  CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

/* Cache lines: the bytes stay what they are; what cannot be done is said. */
static void test_cache(bool faults) {
  int fd = new_file(2 * page);
  /* A character device's length is unknown: beyond the file's end, access faults. */
  struct pm_memory *memory = pm_memory_create(fd, 0, 4 * page, true, false);
  uint64_t cells[8] = {0};
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
    CHECK(outcome.status == PM_NO_CACHE_CONTROL && outcome.done == 1 && outcome.address == 62);
  } else {
    CHECK(control.line_bytes >= 16 && !(control.line_bytes & (control.line_bytes - 1)));
    CHECK(outcome.status == PM_OK && outcome.done == 4 && cells[6] == 0x55667788);
  }

  struct program wrong = {.header = {.step_count = 1},
                          .steps = {{.op = PM_CACHE, .width = 1, .count = 1, .value = 3}}};
  CHECK(run(memory, &wrong, cells, data).status == PM_BAD_PROGRAM);
  wrong.steps[0] = (struct pm_step){
      .op = PM_CACHE, .width = 1, .address = 4 * page - 1, .count = 2, .value = PM_CACHE_CLEAN};
  CHECK(run(memory, &wrong, cells, data).status == PM_OUT_OF_RANGE);

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

/*
 * "no-bus": under an emulator that reports another address for SIGBUS. "no-cache": under one whose
 * cache instructions raise no fault.
 */
int main(int argument_count, char **arguments) {
  bool bus = argument_count < 2 || strcmp(arguments[1], "no-bus") != 0;
  page = pm_page_size();
  test_default();
  struct sigaction action = {.sa_sigaction = others_handler, .sa_flags = SA_SIGINFO};
  sigaction(SIGSEGV, &action, NULL);
  sigaction(SIGBUS, &action, NULL);
  others_page = mmap(NULL, page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  test_programs();
  test_malformed();
  test_cache(bus && (argument_count < 2 || strcmp(arguments[1], "no-cache") != 0));
  if (bus)
    test_threads();
  /* An emulator needs mappings of its own. */
  if (argument_count > 1 && strcmp(arguments[1], "not-emulated") == 0)
    test_indivisible();
  test_others();
  printf("ok %d checks\n", checks);
  return 0;
}
