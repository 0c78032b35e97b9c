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

/* The attributes of the first page of a mapping of frames, in which nothing is left out. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 12, 0)
static inline int physmem_note_entry(pte_t *entry, unsigned long address, void *protection)
{
	*(pgprot_t *)protection = pte_pgprot(*entry);
	return 0;
}

static inline int physmem_first_entry(struct vm_area_struct *vma, pgprot_t *protection)
{
	return apply_to_existing_page_range(vma->vm_mm, vma->vm_start, PAGE_SIZE,
					    physmem_note_entry, protection);
}
#else
static inline int physmem_first_entry(struct vm_area_struct *vma, pgprot_t *protection)
{
	struct follow_pfnmap_args args = { .vma = vma, .address = vma->vm_start };
	int error = follow_pfnmap_start(&args);

	if (error)
		return error;
	*protection = args.pgprot;
	follow_pfnmap_end(&args);
	return 0;
}
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 11, 0)
#define may_split split
#endif

#endif
