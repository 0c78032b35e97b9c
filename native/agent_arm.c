/*
 * 32-bit Arm, built for ARMv5TE and later: what compilers call there for atomic operations. The
 * helpers of libgcc would jump to code that the kernel puts at a fixed address
 * (CONFIG_KUSER_HELPERS), which not every kernel does. The agent has one thread, and its signal
 * handlers only store.
 */
#if defined(__arm__)

#include <stdint.h>

#include "access.h"

#ifdef PM_BARRIERS_BY_VERSION
int pm_arm_version = 6;
#endif

void agent_sync(void) __asm__("__sync_synchronize");
uint32_t agent_add_4(volatile void *value, uint32_t more) __asm__("__sync_fetch_and_add_4");
uint64_t agent_add_8(volatile void *value, uint64_t more,
                     int order) __asm__("__atomic_fetch_add_8");

void agent_sync(void) { __asm__ volatile("" ::: "memory"); }

uint32_t agent_add_4(volatile void *value, uint32_t more) {
  volatile uint32_t *at = value;
  uint32_t before = *at;
  *at = before + more;
  return before;
}

uint64_t agent_add_8(volatile void *value, uint64_t more, int order) {
  (void)order;
  volatile uint64_t *at = value;
  uint64_t before = *at;
  *at = before + more;
  return before;
}

#endif
