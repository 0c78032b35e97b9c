// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Buffers: contiguous memory behind a descriptor. Its pages are ordinary pages with references, so
 * that pagemap says where they are and system calls can read from and write to them.
 */
#include <linux/anon_inodes.h>
#include <linux/fdtable.h>
#include <linux/file.h>
#include <linux/log2.h>
#include <linux/module.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "internal.h"

static void physmem_drop_buffer(struct physmem_memory *memory)
{
	physmem_reset_caching(memory->pages, memory->length, memory->use.caching);
	/* Only now: as long as it is there nobody maps these pages with another caching. */
	physmem_leave(&memory->use);
	physmem_put_pages(memory->pages, memory->length);
	kfree(memory);
}

static void physmem_free_buffer(struct kref *users)
{
	struct physmem_memory *memory = container_of(users, struct physmem_memory, users);

	physmem_unmap_dma(memory);
	physmem_drop_buffer(memory);
}

void physmem_put_buffer(struct physmem_memory *memory)
{
	kref_put(&memory->users, physmem_free_buffer);
}

int physmem_map_buffer(struct physmem_memory *memory, u64 offset, struct vm_area_struct *vma)
{
	struct page *page = memory->pages + (offset >> PAGE_SHIFT);
	unsigned long address;
	int error;

	physmem_set_vm_flags(vma, VM_DONTEXPAND | VM_DONTDUMP);
	for (address = vma->vm_start; address < vma->vm_end; address += PAGE_SIZE, page++) {
		error = vm_insert_page(vma, address, page);
		if (error)
			return error;
		if (fatal_signal_pending(current))
			return -EINTR;
		cond_resched();
	}
	return 0;
}

/* Pages are mapped at once; these are those that madvise(MADV_DONTNEED) has taken out again. */
vm_fault_t physmem_buffer_fault(struct physmem_memory *memory, u64 offset, struct vm_fault *fault)
{
	if (offset >= memory->length)
		return VM_FAULT_SIGBUS;
	fault->page = memory->pages + (offset >> PAGE_SHIFT);
	get_page(fault->page);
	return 0;
}

static vm_fault_t physmem_buffer_vma_fault(struct vm_fault *fault)
{
	return physmem_buffer_fault(fault->vma->vm_file->private_data,
				    (u64)fault->pgoff << PAGE_SHIFT, fault);
}

static const struct vm_operations_struct physmem_buffer_vm_operations = {
	.fault = physmem_buffer_vma_fault,
};

static int physmem_buffer_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct physmem_memory *memory = file->private_data;
	u64 pages = memory->length >> PAGE_SHIFT;

	if (!(vma->vm_flags & VM_MAYSHARE) || vma->vm_pgoff > pages ||
	    vma_pages(vma) > pages - vma->vm_pgoff)
		return -EINVAL;
	vma->vm_page_prot = physmem_protection(vma->vm_page_prot, memory->use.caching);
	vma->vm_ops = &physmem_buffer_vm_operations;
	return physmem_map_buffer(memory, (u64)vma->vm_pgoff << PAGE_SHIFT, vma);
}

static int physmem_buffer_release(struct inode *inode, struct file *file)
{
	physmem_put_buffer(file->private_data);
	return 0;
}

/* As a dma-buf has it: the position says nothing, its end tells the length. */
static loff_t physmem_buffer_seek(struct file *file, loff_t offset, int whence)
{
	const struct physmem_memory *memory = file->private_data;

	if (offset != 0 || (whence != SEEK_SET && whence != SEEK_END))
		return -EINVAL;
	return whence == SEEK_END ? memory->length : 0;
}

/* Who was handed the buffer need not know where memory lies: /proc/pid/pagemap hides it, too. */
static int physmem_get_buffer(struct physmem_call *call)
{
	const struct physmem_memory *memory = call->file->private_data;
	int error = physmem_permitted();

	if (error)
		return error;
	call->buffer.address = memory->use.start;
	call->buffer.length = memory->length;
	call->buffer.caching = memory->use.caching;
	call->buffer.reserved = 0;
	return 0;
}

static const struct physmem_operation physmem_buffer_operations[] = {
	{ PHYSMEM_GET_BUFFER, physmem_get_buffer },
	{ PHYSMEM_CACHE, physmem_cache_buffer },
	{ PHYSMEM_GET_DMA, physmem_dma_of_buffer },
};

static long physmem_buffer_ioctl(struct file *file, unsigned int command, unsigned long user)
{
	return physmem_dispatch(file, command, user, physmem_buffer_operations,
				ARRAY_SIZE(physmem_buffer_operations));
}

static const struct file_operations physmem_buffer_file_operations = {
	.owner = THIS_MODULE, /* no unloading as long as there is a buffer */
	.release = physmem_buffer_release,
	.llseek = physmem_buffer_seek,
	.mmap = physmem_buffer_mmap,
	.unlocked_ioctl = physmem_buffer_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};

/* EBUSY: somebody has a map of these pages from when they were free. */
static int physmem_enter_buffer(struct physmem_memory *memory)
{
	u32 other;
	int error;

	error = mutex_lock_killable(&physmem_registry_lock);
	if (error)
		return error;
	if (physmem_used_otherwise(memory->use.start, memory->use.last, memory->use.caching,
				   &other))
		error = -EBUSY;
	else
		physmem_enter(&memory->use);
	mutex_unlock(&physmem_registry_lock);
	return error;
}

static struct physmem_memory *physmem_new_buffer(const struct physmem_allocate *wanted)
{
	struct physmem_memory *memory = kzalloc(sizeof(*memory), GFP_KERNEL);
	int error;

	if (!memory)
		return ERR_PTR(-ENOMEM);
	memory->pages = physmem_get_pages(wanted->length, wanted->below, wanted->alignment);
	if (!memory->pages) {
		kfree(memory);
		return ERR_PTR(fatal_signal_pending(current) ? -EINTR : -ENOMEM);
	}
	memory->length = wanted->length;
	memory->use.start = page_to_phys(memory->pages);
	memory->use.last = memory->use.start + memory->length - 1;
	memory->use.caching = wanted->caching;
	memory->use.is_buffer = true;
	error = physmem_enter_buffer(memory);
	if (error) {
		physmem_put_pages(memory->pages, memory->length);
		kfree(memory);
		return ERR_PTR(error);
	}
	error = physmem_set_caching(memory->pages, memory->length, memory->use.caching);
	if (error) {
		physmem_drop_buffer(memory);
		return ERR_PTR(error);
	}
	mutex_lock(&physmem_registry_lock);
	kref_init(&memory->users);
	mutex_unlock(&physmem_registry_lock);
	return memory;
}

int physmem_allocate(struct physmem_call *call)
{
	struct physmem_allocate *wanted = &call->allocate;
	struct physmem_memory *memory;
	struct file *file;
	int fd;

	if (wanted->length == 0 || wanted->length > S64_MAX || wanted->caching > PHYSMEM_UNCACHED)
		return -EINVAL;
	if (wanted->alignment && !is_power_of_2(wanted->alignment))
		return -EINVAL;
	if (wanted->caching == PHYSMEM_AUTO)
		wanted->caching = PHYSMEM_WRITE_BACK;
	if (!physmem_caching_possible(wanted->caching))
		return -EOPNOTSUPP;
	wanted->length = ALIGN(wanted->length, PAGE_SIZE);
	fd = get_unused_fd_flags(O_CLOEXEC);
	if (fd < 0)
		return fd;
	memory = physmem_new_buffer(wanted);
	if (IS_ERR(memory)) {
		put_unused_fd(fd);
		return PTR_ERR(memory);
	}
	file = anon_inode_getfile("[physmem-buffer]", &physmem_buffer_file_operations, memory,
				  O_RDWR);
	if (IS_ERR(file)) {
		put_unused_fd(fd);
		physmem_put_buffer(memory);
		return PTR_ERR(file);
	}
	file->f_mode |= FMODE_LSEEK; /* before 6.0 a file without an inode of its own has none */
	wanted->fd = fd;
	wanted->address = memory->use.start;
	call->created = file;
	return 0;
}
