// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Mappings of /dev/physmem. */
#ifdef PHYSMEM_HAS_HOST_MEM_ENCRYPT
#include <linux/cc_platform.h>
#endif
#include <linux/slab.h>

#include "internal.h"

struct physmem_mapping {
	struct kref users; /* fork() makes more of them */
	struct physmem_use use;
	u32 kind;
	struct physmem_memory *memory; /* the buffer that it is of, or NULL */
	struct address_space *space; /* in which its pages are found, whoever has mapped them */
};

static void physmem_free_mapping(struct kref *users)
{
	struct physmem_mapping *mapping = container_of(users, struct physmem_mapping, users);

	physmem_leave(&mapping->use);
	if (mapping->memory)
		physmem_put_buffer(mapping->memory);
	kfree(mapping);
}

/* What is decided of the range stays so until it is in the registry. */
static int physmem_check_and_enter(struct physmem_mapping *mapping, struct physmem_check *check)
{
	u64 last = check->start + check->length - 1;
	int error;

	error = physmem_check_range(check, &mapping->kind);
	if (!error)
		error = physmem_refusal_error(check->refusal);
	if (error)
		return error;
	mapping->memory = physmem_hold_buffer(check->start, last);
	if (IS_ERR(mapping->memory))
		return PTR_ERR(mapping->memory);
	mapping->use.start = check->start;
	mapping->use.last = last;
	mapping->use.caching = check->caching;
	physmem_enter(&mapping->use);
	return 0;
}

static struct physmem_mapping *physmem_new_mapping(struct file *file, struct physmem_check *check)
{
	struct physmem_mapping *mapping = kzalloc(sizeof(*mapping), GFP_KERNEL);
	int error;

	if (!mapping)
		return ERR_PTR(-ENOMEM);
	kref_init(&mapping->users);
	mapping->space = file->f_mapping;
	error = mutex_lock_killable(&physmem_registry_lock);
	if (!error) {
		error = physmem_check_and_enter(mapping, check);
		mutex_unlock(&physmem_registry_lock);
	}
	if (!error)
		return mapping;
	kfree(mapping);
	return ERR_PTR(error);
}

/*
 * Each as the whole that it was mapped as: what is left of it would have lost its account on x86
 * (mm/memory.c, unmap_single_vma(), before 6.16). The kernel takes a range of the file out of all
 * that maps it, so those that overlap go whole, too. Who touches them from then on gets SIGBUS.
 */
void physmem_revoke_claimed(void)
{
	struct physmem_mapping *mapping;
	struct physmem_use *use;
	u64 start, last;

	mutex_lock(&physmem_registry_lock);
	list_for_each_entry(use, &physmem_uses, list) {
		mapping = container_of(use, struct physmem_mapping, use);
		if (use->is_buffer || mapping->kind == PHYSMEM_RAM ||
		    !physmem_is_claimed(use->start, use->last))
			continue;
		start = use->start;
		last = use->last;
		physmem_include_overlapping(&start, &last);
		unmap_mapping_range(mapping->space, start, last - start + 1, 1);
	}
	mutex_unlock(&physmem_registry_lock);
}

/* Reserved memory of a host that encrypts its memory is plain, of a guest it is encrypted. */
static bool physmem_reserved_is_plain(void)
{
#ifdef PHYSMEM_HAS_HOST_MEM_ENCRYPT /* 5.16 */
	return cc_platform_has(CC_ATTR_HOST_MEM_ENCRYPT);
#else
	return false;
#endif
}

/*
 * Devices take no part in the encryption of memory: as arch/x86/mm/pat/memtype.c,
 * phys_mem_access_prot(), which is not exported, has it for /dev/mem.
 */
static pgprot_t physmem_frames_protection(pgprot_t protection, u32 caching, u32 kind)
{
	protection = physmem_protection(protection, caching);
	if (kind == PHYSMEM_DEVICE || (kind == PHYSMEM_RESERVED && physmem_reserved_is_plain()))
		return pgprot_decrypted(protection);
	return protection;
}

static void physmem_vma_open(struct vm_area_struct *vma)
{
	struct physmem_mapping *mapping = vma->vm_private_data;

	kref_get(&mapping->users);
}

static void physmem_vma_close(struct vm_area_struct *vma)
{
	struct physmem_mapping *mapping = vma->vm_private_data;

	kref_put(&mapping->users, physmem_free_mapping);
}

/*
 * All or nothing is unmapped. x86 keeps account of whole mappings only: of one that is divided it
 * never forgets the caching (mm/memory.c, untrack_pfn()), before 6.16.
 */
static int physmem_vma_may_split(struct vm_area_struct *vma, unsigned long address)
{
	return -EINVAL;
}

#ifndef PHYSMEM_HAS_MAY_SPLIT
/* 5.10 asks only here whether a part may be moved away: what is left lost its account, too. */
static int physmem_vma_mremap(struct vm_area_struct *vma)
{
	const struct physmem_mapping *mapping = vma->vm_private_data;

	return vma->vm_end - vma->vm_start == mapping->use.last - mapping->use.start + 1 ?
		       0 : -EINVAL;
}
#endif

static vm_fault_t physmem_vma_fault(struct vm_fault *fault)
{
	struct physmem_mapping *mapping = fault->vma->vm_private_data;

	if (!mapping->memory) /* all frames are there from the beginning, or were taken back */
		return VM_FAULT_SIGBUS;
	return physmem_buffer_fault(mapping->memory,
				    ((u64)fault->pgoff << PAGE_SHIFT) -
					    mapping->memory->use.start,
				    fault);
}

static const struct vm_operations_struct physmem_vm_operations = {
	.open = physmem_vma_open,
	.close = physmem_vma_close,
	.fault = physmem_vma_fault,
	.PHYSMEM_MAY_SPLIT = physmem_vma_may_split,
#ifndef PHYSMEM_HAS_MAY_SPLIT
	.mremap = physmem_vma_mremap,
#endif
};

static int physmem_map_frames(struct vm_area_struct *vma, u64 start)
{
	int error = remap_pfn_range(vma, vma->vm_start, start >> PAGE_SHIFT,
				    vma->vm_end - vma->vm_start, vma->vm_page_prot);

	/* EINVAL: x86 has refused the caching; all else that gives it has been checked. */
	if (error == -EINVAL || (!error && !physmem_got_caching(vma)))
		return -EBUSY;
	return error;
}

int physmem_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct physmem_check check = {
		.start = (u64)vma->vm_pgoff << PAGE_SHIFT,
		.length = vma->vm_end - vma->vm_start,
		.caching = READ_ONCE(*(u32 *)file->private_data),
	};
	struct physmem_mapping *mapping;
	int error;

	/* Of a shared mapping through a read-only descriptor VM_SHARED is not set: mm/mmap.c. */
	if (!(vma->vm_flags & VM_MAYSHARE) || check.start >> PAGE_SHIFT != vma->vm_pgoff)
		return -EINVAL;
	mapping = physmem_new_mapping(file, &check);
	if (IS_ERR(mapping))
		return PTR_ERR(mapping);
	vma->vm_page_prot =
		physmem_frames_protection(vma->vm_page_prot, check.caching, mapping->kind);
	if (mapping->memory)
		error = physmem_map_buffer(mapping->memory,
					   check.start - mapping->memory->use.start, vma);
	else
		error = physmem_map_frames(vma, check.start);
	if (error) {
		kref_put(&mapping->users, physmem_free_mapping);
		return error;
	}
	vma->vm_private_data = mapping;
	vma->vm_ops = &physmem_vm_operations;
	return 0;
}
