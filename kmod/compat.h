/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What kernels from 5.10 on name or do differently. All names are private: kernels of distributions
 * take over what newer ones have. Where they do, Kbuild looks into the headers (PHYSMEM_HAS_...).
 */
#ifndef PHYSMEM_COMPAT_H
#define PHYSMEM_COMPAT_H

#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/pci.h>
#include <linux/version.h>

static inline void physmem_set_vm_flags(struct vm_area_struct *vma, unsigned long flags)
{
#ifdef PHYSMEM_HAS_VM_FLAGS_SET /* 6.3 */
	vm_flags_set(vma, flags);
#else
	vma->vm_flags |= flags;
#endif
}

/* The member of vm_operations_struct: renamed in 5.11. From then on mremap() asks it, too. */
#ifdef PHYSMEM_HAS_MAY_SPLIT
#define PHYSMEM_MAY_SPLIT may_split
#else
#define PHYSMEM_MAY_SPLIT split
#endif

/* 5.10 maps no page of which a memory cgroup is charged (mm/memory.c, page_has_type()). */
#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 12, 0)
#define PHYSMEM_GFP_ACCOUNT 0
#else
#define PHYSMEM_GFP_ACCOUNT __GFP_ACCOUNT
#endif

#ifdef CONFIG_PCI
/* Whether a driver leaves the DMA of its function to others, as vfio does. */
static inline bool physmem_driver_managed_dma(struct device_driver *driver)
{
#ifdef PHYSMEM_HAS_MANAGED_DMA /* 5.19 */
	return to_pci_driver(driver)->driver_managed_dma;
#else
	return strstr(driver->name, "vfio");
#endif
}
#endif

#endif
