/*
 * The fault guard. A SIGBUS or SIGSEGV inside a guarded range maps a harmless anonymous page over
 * the faulting page, or over the whole range where the kernel does not let it be divided, raises
 * the range's flag and lets the instruction run again, so that it succeeds. Whoever made the access
 * looks at the flag right after it. A fault anywhere else goes to the handler that was there
 * before.
 */
#ifndef PHYSMEM_GUARD_H
#define PHYSMEM_GUARD_H

#include <stddef.h>
#include <stdint.h>

/* Values of a fault flag. */
#define PM_NO_FAULT 0u
#define PM_FLAG_BUS 1u
#define PM_FLAG_SEGV 2u

/*
 * What the handler writes. `flag` is raised last. Both are volatile: between an access and a look
 * at them the compiler sees nothing that could have changed them.
 */
struct pm_fault {
  volatile uintptr_t address;
  volatile uint32_t *flag;
};

struct pm_guard_slot;

/*
 * Guards [start, start + length), both multiples of the page size. The first call installs the
 * handlers. Returns NULL when out of memory. Safe on any thread.
 */
struct pm_guard_slot *pm_guard_add(void *start, size_t length, struct pm_fault *fault);

/* Ends the guard; the range must still be mapped, and no access in it may be under way. */
void pm_guard_remove(struct pm_guard_slot *slot);

#endif
