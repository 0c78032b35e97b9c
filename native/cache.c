#include "cache.h"

#include "access.h"

#if PM_HAS_CACHE_CONTROL

bool pm_cache_find(struct pm_cache_control *control) {
  static const char *const names[] = {PM_CACHE_NAMES};
  control->clean_op = pm_cache_instruction(true);
  control->flush_op = pm_cache_instruction(false);
  control->clean = names[control->clean_op];
  control->flush = names[control->flush_op];
  control->line_bytes = pm_cache_line_bytes();
  return control->line_bytes != 0;
}

size_t pm_cache_lines(const struct pm_cache_control *control, const volatile uint8_t *address,
                      size_t bytes, enum pm_cache_action action, const struct pm_fault *fault) {
  size_t line = control->line_bytes;
  int op = action == PM_CACHE_CLEAN ? control->clean_op : control->flush_op;
  uintptr_t start = (uintptr_t)address;
  PM_FENCE();
  for (uintptr_t at = start & ~(uintptr_t)(line - 1); at < start + bytes; at += line) {
    pm_cache_line((enum pm_cache_op)op, (const volatile void *)at);
    if (*fault->flag)
      return at > start ? at - start : 0;
  }
  PM_FENCE();
  return bytes;
}

#else

bool pm_cache_find(struct pm_cache_control *control) {
  (void)control;
  return false;
}

size_t pm_cache_lines(const struct pm_cache_control *control, const volatile uint8_t *address,
                      size_t bytes, enum pm_cache_action action, const struct pm_fault *fault) {
  (void)control;
  (void)address;
  (void)bytes;
  (void)action;
  (void)fault;
  return 0;
}

#endif
