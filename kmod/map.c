// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Mappings of /dev/physmem. All of them are remembered, so that no two have the same memory with
 * different cachings: what that does is not defined on any CPU.
 */
#include <linux/slab.h>

#include "internal.h"

struct physmem_mapping {
	struct kref users; /* fork() makes more of them */
	struct list_head list;
	u64 start;
	u64 length;
	u32 caching;
	struct physmem_memory *memory; /* the buffer that it is of, or NULL */
};

static LIST_HEAD(physmem_mappings);
static DEFINE_MUTEX(physmem_mappings_lock);

static bool physmem_overlap(const struct physmem_mapping *mapping, u64 start, u64 length)
{
	return mapping->start < start + length && start < mapping->start + mapping->length;
}

static bool physmem_find_other(u64 start, u64 length, u32 caching, u32 *other)
{
	struct physmem_mapping *mapping;

	list_for_each_entry(mapping, &physmem_mappings, list) {
		if (mapping->caching == caching || !physmem_overlap(mapping, start, length))
			continue;
		*other = mapping->caching;
		return true;
	}
	return false;
}

bool physmem_mapped_otherwise(u64 start, u64 length, u32 caching, u32 *other)
{
	bool found;

	mutex_lock(&physmem_mappings_lock);
	found = physmem_find_other(start, length, caching, other);
	mutex_unlock(&physmem_mappings_lock);
	return found;
}

static void physmem_free_mapping(struct kref *users)
{
	struct physmem_mapping *mapping = container_of(users, struct physmem_mapping, users);

	mutex_lock(&physmem_mappings_lock);
	list_del(&mapping->list);
	mutex_unlock(&physmem_mappings_lock);
	if (mapping->memory)
		physmem_put_buffer(mapping->memory);
	kfree(mapping);
}

static struct physmem_mapping *physmem_new_mapping(const struct physmem_check *check)
{
	struct physmem_mapping *mapping = kzalloc(sizeof(*mapping), GFP_KERNEL);
	bool conflict;
	u32 other;

	if (!mapping)
		return ERR_PTR(-ENOMEM);
	kref_init(&mapping->users);
	mapping->start = check->start;
	mapping->length = check->length;
	mapping->caching = check->caching;
	mutex_lock(&physmem_mappings_lock);
	conflict = physmem_find_other(check->start, check->length, check->caching, &other);
	if (!conflict)
		list_add(&mapping->list, &physmem_mappings);
	mutex_unlock(&physmem_mappings_lock);
	if (!conflict)
		return mapping;
	kfree(mapping);
	return ERR_PTR(-EBUSY);
}

pgprot_t physmem_protection(pgprot_t protection, u32 caching)
{
	if (caching == PHYSMEM_WRITE_COMBINE)
		return pgprot_writecombine(protection);
	if (caching == PHYSMEM_UNCACHED)
		return pgprot_noncached(protection);
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

static vm_fault_t physmem_vma_fault(struct vm_fault *fault)
{
	struct physmem_mapping *mapping = fault->vma->vm_private_data;

	if (!mapping->memory) /* all frames are there from the beginning, and stay */
		return VM_FAULT_SIGBUS;
	return physmem_buffer_fault(mapping->memory,
				    ((u64)fault->pgoff << PAGE_SHIFT) - mapping->memory->start,
				    fault);
}

static const struct vm_operations_struct physmem_vm_operations = {
	.open = physmem_vma_open,
	.close = physmem_vma_close,
	.fault = physmem_vma_fault,
	.may_split = physmem_vma_may_split,
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
	error = physmem_check_range(&check);
	if (!error)
		error = physmem_refusal_error(check.refusal);
	if (error)
		return error;
	mapping = physmem_new_mapping(&check);
	if (IS_ERR(mapping))
		return PTR_ERR(mapping);
	vma->vm_page_prot = physmem_protection(vma->vm_page_prot, check.caching);
	/* Buffers may have come and gone since the check; from here on none comes in between. */
	mapping->memory = physmem_buffer_of(check.start, check.length);
	if (!physmem_buffers_allow(mapping->memory, check.start, check.length, check.caching))
		error = -EBUSY;
	else if (mapping->memory)
		error = physmem_map_buffer(mapping->memory, check.start - mapping->memory->start,
					   vma);
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
