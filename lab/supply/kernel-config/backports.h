/* What a distribution took over into an older kernel (RHEL 9 has it in its 5.14), beside our own. */
struct vm_area_struct;
static inline void vm_flags_set(struct vm_area_struct *vma, unsigned long flags) {
  (void)vma;
  (void)flags;
}
