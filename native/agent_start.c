/* Where the kernel enters the agent: it has no C library. */
#include <elf.h>
#include <stdint.h>

#include "access.h"
#include "agent.h"
#include "agent_libc.h"

#if defined(__x86_64__)
__asm__(".globl _start\n_start:\n"
        "xor %ebp, %ebp\n mov %rsp, %rdi\n and $-16, %rsp\n call agent_start\n");
#elif defined(__aarch64__)
__asm__(".globl _start\n_start:\n mov x29, #0\n mov x30, #0\n mov x0, sp\n b agent_start\n");
#elif defined(__arm__)
__asm__(".globl _start\n_start:\n"
        "mov r11, #0\n mov lr, #0\n mov r0, sp\n bic sp, sp, #7\n b agent_start\n");
#elif defined(__riscv)
__asm__(".globl _start\n_start:\n"
        ".option push\n.option norelax\n la gp, __global_pointer$\n.option pop\n"
        "mv a0, sp\n andi sp, sp, -16\n call agent_start\n");
#endif

/* What the kernel tells besides the arguments (fs/binfmt_elf.c, create_elf_tables). */
struct told {
  unsigned long page_size, secure, uid, euid, gid, egid;
  const char *platform;
};

static struct told read_told(const unsigned long *entry) {
  struct told told = {.page_size = 4096};
  for (; entry[0] != AT_NULL; entry += 2) {
    switch (entry[0]) {
    case AT_PAGESZ:
      told.page_size = entry[1];
      break;
    case AT_SECURE:
      told.secure = entry[1];
      break;
    case AT_UID:
      told.uid = entry[1];
      break;
    case AT_EUID:
      told.euid = entry[1];
      break;
    case AT_GID:
      told.gid = entry[1];
      break;
    case AT_EGID:
      told.egid = entry[1];
      break;
    case AT_PLATFORM:
      told.platform = (const char *)entry[1];
      break;
    default:
      break;
    }
  }
  return told;
}

/* `v6l`, `v7l`, `v8l` on 32-bit Arm (arch/arm/mm/proc-*.S, arch/arm64/include/asm/elf.h). */
static void choose_barriers(const char *platform) {
#ifdef PM_BARRIERS_BY_VERSION
  if (platform && platform[0] == 'v' && platform[1] >= '4' && platform[1] <= '9')
    pm_arm_version = platform[1] - '0';
#else
  (void)platform;
#endif
}

__attribute__((noreturn, used)) void agent_start(const unsigned long *stack);

void agent_start(const unsigned long *stack) {
  int count = (int)stack[0];
  char **words = (char **)(stack + 1);
  char **environment = words + count + 1;
  char **end = environment;
  while (*end)
    end++;
  struct told told = read_told((const unsigned long *)(end + 1));
  bool privileged = told.secure || told.uid != told.euid || told.gid != told.egid;
  agent_page_bytes = told.page_size;
  choose_barriers(told.platform);
  agent_exit(agent_main(count, words, environment, privileged));
}
