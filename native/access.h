/*
 * Exact-width accesses: one load or store instruction of exactly this width, executed once.
 * One section per CPU. Nothing else in physmem touches mapped memory from C.
 */
#ifndef PHYSMEM_ACCESS_H
#define PHYSMEM_ACCESS_H

#include <stdint.h>

#if defined(__aarch64__)

/*
 * Inline assembly with a plain base register: the only addressing mode that hypervisors can
 * decode on a trap (Arm ARM, ESR_EL2.ISV; Linux arch/arm64/include/asm/io.h does the same).
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
PM_ACCESSORS(8, "ldrb", "strb", "w")
PM_ACCESSORS(16, "ldrh", "strh", "w")
PM_ACCESSORS(32, "ldr", "str", "w")
PM_ACCESSORS(64, "ldr", "str", "x")
#undef PM_ACCESSORS

#define PM_HAS_64BIT_ACCESS 1
#define PM_FENCE() __asm__ volatile("dsb sy" ::: "memory")
#define PM_AFTER_LOAD() __asm__ volatile("dmb oshld" ::: "memory")
#define PM_BEFORE_STORE() __asm__ volatile("dmb oshst" ::: "memory")

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

#elif defined(__riscv) && __riscv_xlen == 64

PM_ACCESSORS(64)
#define PM_HAS_64BIT_ACCESS 1
#define PM_FENCE() __asm__ volatile("fence iorw, iorw" ::: "memory")
#define PM_AFTER_LOAD() __asm__ volatile("fence i, ir" ::: "memory")
#define PM_BEFORE_STORE() __asm__ volatile("fence w, o" ::: "memory")

#elif defined(__arm__)

/* No single 64-bit load or store is promised for device memory on a 32-bit Arm CPU. */
#define PM_HAS_64BIT_ACCESS 0
#define PM_FENCE() __asm__ volatile("dsb sy" ::: "memory")
#define PM_AFTER_LOAD() __asm__ volatile("dmb sy" ::: "memory")
#define PM_BEFORE_STORE() __asm__ volatile("dmb sy" ::: "memory")

#else
#error "physmem supports x86-64, arm64, arm and riscv64"
#endif

#undef PM_ACCESSORS
#endif

#endif
