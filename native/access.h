/*
 * Exact-width accesses: one load or store instruction of exactly this width, executed once.
 * One section per CPU. Nothing else in physmem touches mapped memory from C.
 */
#ifndef PHYSMEM_ACCESS_H
#define PHYSMEM_ACCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

#if defined(__aarch64__) || defined(__arm__)

/*
 * Inline assembly with a plain base register: the only addressing mode that hypervisors can
 * decode on a trap. A load that also writes its base register back has no valid syndrome (Arm ARM,
 * ESR_EL2.ISV and HSR.ISV; Linux arch/arm64/include/asm/io.h does the same).
 */
#define PM_ACCESSORS(bits, load, store, reg)                                                       \
  static inline uint##bits##_t pm_load##bits(const volatile void *address) {                       \
    uint##bits##_t value;                                                                          \
    __asm__ volatile(load " %" reg "0, %1"                                                         \
                     : "=r"(value)                                                                 \
                     : "Q"(*(const volatile uint##bits##_t *)address));                            \
    return value;                                                                                  \
  }                                                                                                \
  static inline void pm_store##bits(volatile void *address, uint##bits##_t value) {                \
    __asm__ volatile(store " %" reg "1, %0"                                                        \
                     : "=Q"(*(volatile uint##bits##_t *)address)                                   \
                     : "r"(value));                                                                \
  }

#endif

#if defined(__aarch64__)

PM_ACCESSORS(8, "ldrb", "strb", "w")
PM_ACCESSORS(16, "ldrh", "strh", "w")
PM_ACCESSORS(32, "ldr", "str", "w")
PM_ACCESSORS(64, "ldr", "str", "x")

#define PM_HAS_64BIT_ACCESS 1
#define PM_FENCE() __asm__ volatile("dsb sy" ::: "memory")
#define PM_AFTER_LOAD() __asm__ volatile("dmb oshld" ::: "memory")
#define PM_BEFORE_STORE() __asm__ volatile("dmb oshst" ::: "memory")

/*
 * Linux lets user programs clean and invalidate (SCTLR_EL1.UCI), and read the size of a line
 * (SCTLR_EL1.UCT), or does it for them. Invalidating alone (dc ivac) is for the kernel only.
 */
#define PM_HAS_CACHE_CONTROL 1
enum pm_cache_op { PM_DC_CVAC, PM_DC_CIVAC };
#define PM_CACHE_NAMES "dc cvac", "dc civac"

static inline enum pm_cache_op pm_cache_instruction(bool clean) {
  return clean ? PM_DC_CVAC : PM_DC_CIVAC;
}

/* CTR_EL0.DminLine: log2 of the words in the smallest line of all data caches. */
static inline size_t pm_cache_line_bytes(void) {
  uint64_t type;
  __asm__("mrs %0, ctr_el0" : "=r"(type));
  return (size_t)4 << (type >> 16 & 15);
}

static inline void pm_cache_line(enum pm_cache_op op, const volatile void *line) {
  if (op == PM_DC_CVAC)
    __asm__ volatile("dc cvac, %0" ::"r"(line) : "memory");
  else
    __asm__ volatile("dc civac, %0" ::"r"(line) : "memory");
}

#elif defined(__arm__)

PM_ACCESSORS(8, "ldrb", "strb", "")
PM_ACCESSORS(16, "ldrh", "strh", "")
PM_ACCESSORS(32, "ldr", "str", "")

/* No single 64-bit load or store is promised for device memory on a 32-bit Arm CPU. */
#define PM_HAS_64BIT_ACCESS 0

#if __ARM_ARCH >= 7

#define PM_FENCE() __asm__ volatile("dsb sy" ::: "memory")
#define PM_AFTER_LOAD() __asm__ volatile("dmb sy" ::: "memory")
#define PM_BEFORE_STORE() __asm__ volatile("dmb sy" ::: "memory")

#else

/*
 * Built for older CPUs, too. ARMv6 has the barriers as operations of coprocessor 15 (ARM1176JZF-S
 * TRM, 3.2.22), which kernels of ARMv8 need not allow; what is before has none that user programs
 * may use, and needs none. Whoever starts the process says which it is.
 */
#define PM_BARRIERS_BY_VERSION 1
extern int pm_arm_version;

static inline void pm_arm_dsb(void) {
  if (pm_arm_version >= 7)
    __asm__ volatile(".inst 0xf57ff04f @ dsb sy" ::: "memory");
  else if (pm_arm_version == 6)
    __asm__ volatile("mcr p15, 0, %0, c7, c10, 4" ::"r"(0) : "memory");
  else
    __asm__ volatile("" ::: "memory");
}

static inline void pm_arm_dmb(void) {
  if (pm_arm_version >= 7)
    __asm__ volatile(".inst 0xf57ff05f @ dmb sy" ::: "memory");
  else if (pm_arm_version == 6)
    __asm__ volatile("mcr p15, 0, %0, c7, c10, 5" ::"r"(0) : "memory");
  else
    __asm__ volatile("" ::: "memory");
}

#define PM_FENCE() pm_arm_dsb()
#define PM_AFTER_LOAD() pm_arm_dmb()
#define PM_BEFORE_STORE() pm_arm_dmb()

#endif

#else

#define PM_ACCESSORS(bits)                                                                         \
  static inline uint##bits##_t pm_load##bits(const volatile void *address) {                       \
    return *(const volatile uint##bits##_t *)address;                                              \
  }                                                                                                \
  static inline void pm_store##bits(volatile void *address, uint##bits##_t value) {                \
    *(volatile uint##bits##_t *)address = value;                                                   \
  }
PM_ACCESSORS(8)
PM_ACCESSORS(16)
PM_ACCESSORS(32)

#if defined(__x86_64__)

PM_ACCESSORS(64)
#define PM_HAS_64BIT_ACCESS 1
#define PM_FENCE() __asm__ volatile("mfence" ::: "memory")
/* Uncached accesses are never reordered on x86 (Intel SDM 3A, 9.2): the compiler must not either.
 */
#define PM_AFTER_LOAD() __asm__ volatile("" ::: "memory")
#define PM_BEFORE_STORE() __asm__ volatile("" ::: "memory")

#define PM_HAS_CACHE_CONTROL 1
enum pm_cache_op { PM_CLFLUSH, PM_CLFLUSHOPT, PM_CLWB };
#define PM_CACHE_NAMES "clflush", "clflushopt", "clwb"

/* Intel SDM 2A, CPUID. Every x86-64 CPU has clflush, which drops a line that it cleans. */
static inline enum pm_cache_op pm_cache_instruction(bool clean) {
  uint32_t eax, ebx = 0, ecx, edx;
  __get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx);
  if (clean && ebx >> 24 & 1)
    return PM_CLWB;
  return ebx >> 23 & 1 ? PM_CLFLUSHOPT : PM_CLFLUSH;
}

/* CPUID 1: EDX bit 19 is clflush, EBX bits 15 to 8 the size of a line in units of 8 bytes. */
static inline size_t pm_cache_line_bytes(void) {
  uint32_t eax, ebx, ecx, edx;
  if (!__get_cpuid(1, &eax, &ebx, &ecx, &edx) || !(edx >> 19 & 1))
    return 0;
  return (size_t)(ebx >> 8 & 255) * 8;
}

static inline void pm_cache_line(enum pm_cache_op op, const volatile void *line) {
  volatile char *at = (volatile char *)line;
  if (op == PM_CLWB)
    __asm__ volatile("clwb %0" : "+m"(*at));
  else if (op == PM_CLFLUSHOPT)
    __asm__ volatile("clflushopt %0" : "+m"(*at));
  else
    __asm__ volatile("clflush %0" : "+m"(*at));
}

#elif defined(__riscv) && __riscv_xlen == 64

PM_ACCESSORS(64)
#define PM_HAS_64BIT_ACCESS 1
#define PM_FENCE() __asm__ volatile("fence iorw, iorw" ::: "memory")
/* What is accessed may be a device (i, o) or RAM (r, w), and so may what comes before and after. */
#define PM_AFTER_LOAD() __asm__ volatile("fence ir, iorw" ::: "memory")
#define PM_BEFORE_STORE() __asm__ volatile("fence iorw, ow" ::: "memory")

#else
#error "physmem supports x86-64, arm64, arm and riscv64"
#endif

#endif
#undef PM_ACCESSORS

/* 32-bit Arm and RISC-V keep them for the kernel. */
#ifndef PM_HAS_CACHE_CONTROL
#define PM_HAS_CACHE_CONTROL 0
#endif

#endif
