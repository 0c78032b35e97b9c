#define _GNU_SOURCE
#include "agent_memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include "agent_error.h"
#include "agent_refusal.h"
#include "agent_stop.h"
#include "agent_text.h"
#include "program.h"

/* drivers/char/mem.c: 1:1 and 1:5, as include/linux/kdev_t.h, new_encode_dev(), has them. */
#define DEVMEM_NUMBER 0x101u
#define ZERO_NUMBER 0x105u

/* include/uapi/linux/magic.h */
#define SYSFS_MAGIC 0x62656572
#define PROC_MAGIC 0x9fa0

/*
 * Whether an offset in it is the address of a byte. To other nodes it is the number of a map or a
 * handle (src/ways/node-kind.ts), and the file of a BAR in sysfs begins where its page does.
 */
static bool has_bytes(int fd, const struct stat *status) {
  struct statfs system;
  if (S_ISCHR(status->st_mode))
    return status->st_rdev == DEVMEM_NUMBER || status->st_rdev == ZERO_NUMBER;
  if (S_ISBLK(status->st_mode))
    return true;
  return S_ISREG(status->st_mode) && !fstatfs(fd, &system) && system.f_type != SYSFS_MAGIC &&
         system.f_type != PROC_MAGIC;
}

/* Bits of a physical address: of x86 what /proc/cpuinfo says, else the most that there may be. */
static unsigned address_bits(void) {
#if defined(__arm__)
  return 40;
#elif defined(__x86_64__)
  static const char words[] = "\naddress sizes\t: ";
  char text[8192];
  int fd = open("/proc/cpuinfo", O_RDONLY | O_CLOEXEC);
  ssize_t count = fd < 0 ? 0 : read(fd, text, sizeof text - 1);
  if (fd >= 0)
    close(fd);
  text[count > 0 ? count : 0] = 0;
  const char *at = strstr(text, words);
  unsigned bits = 0;
  for (at = at ? at + strlen(words) : ""; *at >= '0' && *at <= '9'; at++)
    bits = bits * 10 + (unsigned)(*at - '0');
  return bits && bits < 52 ? bits : 52;
#else
  return 52;
#endif
}

/* As messages show it, for as long as the command runs. */
static const char *shown_name(const char *path) {
  static char bytes[1024];
  struct agent_text text = {.bytes = bytes, .room = sizeof bytes, .fd = -1};
  agent_add(&text, "%s", agent_clip(path));
  return bytes;
}

bool agent_open(struct agent_memory *memory, const char *path, bool writable) {
  const char *what = writable ? "writing" : "reading";
  struct stat status;
  if (!*path)
    return agent_malformed(path, "a path", "it is empty");
  *memory = (struct agent_memory){.name = shown_name(path)};
  /* O_NONBLOCK: opening a pipe would wait until somebody writes. */
  memory->fd = open(path, (writable ? O_RDWR : O_RDONLY) | O_SYNC | O_CLOEXEC | O_NONBLOCK);
  if (memory->fd < 0)
    return agent_refuse_open(path, what, errno);
  if (fstat(memory->fd, &status))
    return agent_refuse_open(path, what, errno);
  if (S_ISDIR(status.st_mode))
    return agent_refuse("%s is a directory: expected a file or a device node", memory->name);
  if (S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode))
    return agent_refuse("%s is a pipe or a socket: it cannot be mapped", memory->name);
  if (!has_bytes(memory->fd, &status))
    return agent_refuse(
        "%s is not a memory that the agent knows: expected /dev/mem, a file or a block "
        "device",
        memory->name);
  memory->devmem = S_ISCHR(status.st_mode) && status.st_rdev == DEVMEM_NUMBER;
  memory->regular_file = S_ISREG(status.st_mode);
  memory->length = memory->regular_file ? (uint64_t)status.st_size
                   : memory->devmem     ? 1ull << address_bits()
                                        : UINT64_MAX;
  memory->memory = pm_memory_create(memory->fd, 0, memory->length, writable, memory->regular_file);
  return memory->memory || agent_fail("not enough memory");
}

/* Its first and last address, or the only one. */
static void put_stretch(char *bytes, size_t room, unsigned long long address,
                        unsigned long long length) {
  struct agent_text text = {.bytes = bytes, .room = room, .fd = -1};
  agent_add(&text, "0x%llx", address);
  if (length > 1)
    agent_add(&text, " to 0x%llx", address + length - 1);
}

bool agent_check_inside(const struct agent_memory *memory, uint64_t address, uint64_t bytes) {
  char asked[48], expected[48];
  if (bytes <= memory->length && address <= memory->length - bytes)
    return true;
  put_stretch(asked, sizeof asked, address, bytes);
  if (!memory->length)
    return agent_refuse("%s is not inside %s: it is empty", asked, memory->name);
  put_stretch(expected, sizeof expected, 0, memory->length);
  return agent_refuse("%s is not inside %s: expected %s", asked, memory->name, expected);
}

bool agent_plan_begin(struct agent_plan *plan, uint32_t most_steps, uint32_t output_bytes) {
  size_t bytes = sizeof *plan->header + most_steps * sizeof *plan->steps;
  *plan = (struct agent_plan){.header = calloc(1, bytes),
                              .cells = calloc(most_steps, 2 * sizeof *plan->cells),
                              .data = malloc(output_bytes),
                              .most_steps = most_steps};
  if (!plan->header || !plan->cells || !plan->data)
    return agent_fail("not enough memory");
  plan->steps = (struct pm_step *)(void *)(plan->header + 1);
  *plan->header = (struct pm_header){.magic = PM_PROGRAM_MAGIC, .output_bytes = output_bytes};
  return true;
}

struct pm_step *agent_plan_add(struct agent_plan *plan, enum pm_op op, uint64_t address,
                               unsigned width) {
  struct pm_step *step = &plan->steps[plan->header->step_count++];
  *step = (struct pm_step){.op = (uint8_t)op, .width = (uint8_t)(width / 8), .address = address};
  return step;
}

static bool explain(const struct agent_plan *plan, const struct agent_memory *memory) {
  const struct pm_outcome *outcome = &plan->outcome;
  const struct pm_step *step = &plan->steps[outcome->step];
  unsigned long long address = outcome->address;
  bool writes = pm_step_writes(step) && step->op != PM_UPDATE;
  unsigned width = step->width * 8u;
  switch (outcome->status) {
  case PM_FAULT_BUS:
  case PM_FAULT_SEGV:
    return agent_fail("%u-bit %s at 0x%08llx failed: %s", width, writes ? "write" : "read", address,
                      outcome->status == PM_FAULT_SEGV
                          ? "the mapping does not allow it (segmentation fault)"
                      : memory->regular_file ? "the file ends before"
                                             : "nothing answered (bus error)");
  case PM_MAP_FAILED:
    return agent_refuse_map(memory->name, memory->devmem, outcome->address, outcome->errno_value);
  case PM_OUT_OF_RANGE:
    return agent_check_inside(memory, address, pm_step_extent(step));
  case PM_NO_SUCH_WIDTH:
    return agent_refuse("0x%08llx (%s): this CPU (arm) has no single 64-bit access; use a width of "
                        "8, 16 or 32",
                        address, memory->name);
  case PM_NO_MEMORY:
    return agent_fail("not enough memory");
  case PM_CANCELLED:
    return agent_fail("stopped (%s)", agent_stopper());
  default:
    return agent_fail("this is a bug in physmem, please report it: status %u", outcome->status);
  }
}

static struct pm_program *check(struct agent_plan *plan) {
  size_t bytes = sizeof *plan->header + plan->header->step_count * sizeof *plan->steps;
  return pm_program_check(plan->header, bytes, &plan->outcome);
}

bool agent_plan_prepare(struct agent_plan *plan, struct agent_memory *memory) {
  struct pm_program *program = check(plan);
  if (program)
    pm_prepare(memory->memory, program, &plan->outcome);
  pm_program_free(program);
  return plan->outcome.status == PM_OK || explain(plan, memory);
}

bool agent_plan_run(struct agent_plan *plan, struct agent_memory *memory) {
  struct pm_program *program = check(plan);
  struct pm_results results = {.cells = plan->cells,
                               .count = 2 * (size_t)plan->header->step_count,
                               .data = plan->data,
                               .data_bytes = plan->header->output_bytes};
  if (program)
    pm_run_checked(memory->memory, program, &results, &agent_stop, &plan->outcome);
  pm_program_free(program);
  if (plan->outcome.status == PM_TIMED_OUT)
    return false;
  return plan->outcome.status == PM_OK || explain(plan, memory);
}
