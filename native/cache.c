#include "cache.h"

#include "access.h"

#if PM_HAS_CACHE_CONTROL

const struct pm_cache_control *pm_cache_control(void) {
  static struct pm_cache_control control;
  static const char *const names[] = {PM_CACHE_NAMES};
  if (!control.line_bytes) {
    control.clean = names[pm_cache_instruction(true)];
    control.flush = names[pm_cache_instruction(false)];
    control.line_bytes = pm_cache_line_bytes();
  }
  return control.line_bytes ? &control : NULL;
}

size_t pm_cache_lines(const volatile uint8_t *address, size_t bytes, enum pm_cache_action action,
                      const struct pm_fault *fault) {
  size_t line = pm_cache_control()->line_bytes;
  enum pm_cache_op op = pm_cache_instruction(action == PM_CACHE_CLEAN);
  uintptr_t start = (uintptr_t)address;
  PM_FENCE();
  for (uintptr_t at = start & ~(uintptr_t)(line - 1); at < start + bytes; at += line) {
    pm_cache_line(op, (const volatile void *)at);
    if (*fault->flag)
      return at > start ? at - start : 0;
  }
  PM_FENCE();
  return bytes;
}

#else

const struct pm_cache_control *pm_cache_control(void) { return NULL; }

size_t pm_cache_lines(const volatile uint8_t *address, size_t bytes, enum pm_cache_action action,
                      const struct pm_fault *fault) {
  (void)address;
  (void)bytes;
  (void)action;
  (void)fault;
  return 0;
}

#endif
