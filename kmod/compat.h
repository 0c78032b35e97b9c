/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What kernels from 5.10 on name or do differently. */
#ifndef PHYSMEM_COMPAT_H
#define PHYSMEM_COMPAT_H

#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/version.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 3, 0)
static inline void vm_flags_set(struct vm_area_struct *vma, unsigned long flags)
{
	vma->vm_flags |= flags;
}
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 11, 0)
#define may_split split
#endif

#endif
