/*
 * The engine without Node: programs over a file, faults, threads, and handlers that others
 * installed before. Runs on every CPU that physmem supports, also under user-mode emulation.
 * Prints what failed and exits with 1, or prints "ok N checks".
 */
#define _GNU_SOURCE
#include "test.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../access.h"
#include "../mapping.h"

#ifdef SYS_mmap2
#define MMAP_CALL SYS_mmap2
#else
#define MMAP_CALL SYS_mmap
#endif

int checks;
size_t page;

int new_file(size_t bytes) {
  char path[] = "/tmp/physmem-engine-XXXXXX";
  int fd = mkstemp(path);
  CHECK(fd >= 0);
  unlink(path);
  CHECK(ftruncate(fd, (off_t)bytes) == 0);
  return fd;
}

size_t pack(struct program *program) {
  program->header.magic = PM_PROGRAM_MAGIC;
  size_t bytes = sizeof program->header + program->header.step_count * sizeof(struct pm_step);
  memmove((uint8_t *)program + bytes, program->input, program->header.input_bytes);
  return bytes + program->header.input_bytes;
}

struct pm_outcome run(struct pm_memory *memory, struct program *program, uint64_t *cells,
                      uint8_t *data) {
  struct pm_outcome outcome;
  pm_run(memory, program, pack(program), cells, 2 * TEST_STEPS, data, program->header.output_bytes,
         NULL, &outcome);
  return outcome;
}

static void *fault_often(void *argument) {
  int fd = new_file(2 * page);
  struct pm_memory *memory = pm_memory_create(fd, 0, UINT64_MAX, true, false);
  CHECK(ftruncate(fd, (off_t)page) == 0);
  uint64_t cells[2 * TEST_STEPS];
  for (int round = 0; round < 200; round++) {
    struct program program = {
        .header = {.step_count = 3},
        .steps = {{.op = PM_WRITE, .width = 4, .address = 0, .value = (uint64_t)round},
                  {.op = PM_READ, .width = 4, .address = page + 8},
                  {.op = PM_WRITE, .width = 4, .address = 4, .value = 1}}};
    struct pm_outcome outcome = run(memory, &program, cells, NULL);
    CHECK(outcome.status == PM_FAULT_BUS && outcome.done == 1 && outcome.address == page + 8);
    struct program after = {.header = {.step_count = 1},
                            .steps = {{.op = PM_READ, .width = 4, .address = 0}}};
    CHECK(run(memory, &after, cells, NULL).status == PM_OK && cells[0] == (uint64_t)round);
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

/* A process of its own, whose exit status is what `run` returns; how it ended. */
static int in_child(int (*run)(struct pm_mapping *mapping, struct pm_fault *fault), size_t bytes) {
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    volatile uint32_t flag = 0;
    struct pm_fault fault = {.flag = &flag};
    struct pm_mapping mapping;
    /* One page of it is there. */
    if (pm_mapping_open(&mapping, new_file(page), 0, bytes, true, &fault) != 0)
      _exit(3);
    _exit(run(&mapping, &fault));
  }
  int status = 0;
  CHECK(waitpid(child, &status, 0) == child);
  return status;
}

/* Without a handler before it, a fault elsewhere ends the process as it would have. */
static int fault_elsewhere(struct pm_mapping *mapping, struct pm_fault *fault) {
  uint8_t *nothing = mmap(NULL, page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  (void)mapping;
  (void)fault;
  *(volatile uint8_t *)nothing = 1;
  return 4;
}

static void test_default(void) {
  int status = in_child(fault_elsewhere, page);
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
static int fault_indivisibly(struct pm_mapping *mapping, struct pm_fault *fault) {
  pm_store32(mapping->host, 5);
  void *some[16];
  use_up_mappings(some);
  if (mprotect(mapping->host + page, page, PROT_NONE) == 0)
    return 4; /* it could be divided: nothing is tested */
  pm_store32(mapping->host + page + 8, 1);
  if (*fault->flag != PM_FLAG_BUS || fault->address != (uintptr_t)mapping->host + page + 8)
    return 5;
  *fault->flag = 0;
  for (int i = 1; i < 16; i++)
    munmap(some[i], page);
  bool restored = pm_mapping_restore(mapping);
  return restored && pm_load32(mapping->host) == 5 && *fault->flag == 0 ? 0 : 6;
}

static void test_indivisible(void) {
  int status = in_child(fault_indivisibly, 3 * page);
  CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

/* From now on every mmap and mprotect of this process fails. */
static void forbid_mapping(void) {
  struct sock_filter filter[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, MMAP_CALL, 1, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mprotect, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOMEM),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  struct sock_fprog program = {sizeof filter / sizeof *filter, filter};
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
      prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
    _exit(7);
}

/* When the harmless page can neither be replaced nor shut off, the caller is told. */
static int fault_for_good(struct pm_mapping *mapping, struct pm_fault *fault) {
  pm_store32(mapping->host + page, 1);
  if (*fault->flag != PM_FLAG_BUS)
    return 4;
  forbid_mapping();
  return pm_mapping_restore(mapping) ? 5 : 0;
}

static void test_unrestorable(void) {
  int status = in_child(fault_for_good, 2 * page);
  CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
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
  test_cancelled_block();
  test_run_in_two();
  test_refusals();
  test_nothing_in_vain();
  test_shrunk_files();
  test_samples();
  test_cache(bus && (argument_count < 2 || strcmp(arguments[1], "no-cache") != 0));
  if (bus) {
    test_passed_over();
    test_faulted_samples();
    test_threads();
  }
  /* An emulator needs mappings of its own. */
  if (argument_count > 1 && strcmp(arguments[1], "not-emulated") == 0) {
    test_indivisible();
    test_unrestorable();
  }
  test_others();
  printf("ok %d checks\n", checks);
  return 0;
}
