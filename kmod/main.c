// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* /dev/physmem: its start, its files and its ioctls. */
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "internal.h"

static int physmem_get_version(struct physmem_call *call)
{
	call->version.api = PHYSMEM_API_VERSION;
	call->version.page_size = PAGE_SIZE;
	call->version.address_limit = physmem_address_limit();
	return 0;
}

static int physmem_choose_caching(struct physmem_call *call)
{
	if (call->caching > PHYSMEM_UNCACHED)
		return -EINVAL;
	if (!physmem_caching_possible(call->caching))
		return -EOPNOTSUPP;
	WRITE_ONCE(*(u32 *)call->file->private_data, call->caching);
	return 0;
}

static const struct physmem_operation physmem_operations[] = {
	{ PHYSMEM_GET_VERSION, physmem_get_version },
	{ PHYSMEM_GET_RANGE, physmem_get_range },
	{ PHYSMEM_CHECK_MAP, physmem_check_map },
	{ PHYSMEM_SET_CACHING, physmem_choose_caching },
	{ PHYSMEM_ALLOCATE, physmem_allocate },
	{ PHYSMEM_CACHE, physmem_cache_ram },
	{ PHYSMEM_TRANSLATE, physmem_translate },
	{ PHYSMEM_GET_DMA, physmem_dma_of_ram },
};

static long physmem_ioctl(struct file *file, unsigned int command, unsigned long user)
{
	int error = physmem_permitted();

	if (error)
		return error;
	return physmem_dispatch(file, command, user, physmem_operations,
				ARRAY_SIZE(physmem_operations));
}

static int physmem_open(struct inode *inode, struct file *file)
{
	int error = physmem_permitted();

	if (error)
		return error;
	file->private_data = kzalloc(sizeof(u32), GFP_KERNEL); /* the caching of its mappings */
	return file->private_data ? 0 : -ENOMEM;
}

static int physmem_release(struct inode *inode, struct file *file)
{
	kfree(file->private_data);
	return 0;
}

static int physmem_mmap_permitted(struct file *file, struct vm_area_struct *vma)
{
	int error = physmem_permitted();

	return error ? error : physmem_mmap(file, vma);
}

static const struct file_operations physmem_file_operations = {
	.owner = THIS_MODULE,
	.open = physmem_open,
	.release = physmem_release,
	.mmap = physmem_mmap_permitted,
	.unlocked_ioctl = physmem_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};

static struct miscdevice physmem_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "physmem",
	.fops = &physmem_file_operations,
	.mode = 0600,
};

static int __init physmem_start(void)
{
	int error = physmem_dma_start();

	if (error)
		return error;
	error = physmem_revoke_start();
	if (error)
		goto stop_dma;
	error = misc_register(&physmem_device);
	if (!error)
		return 0;
	physmem_revoke_stop();
stop_dma:
	physmem_dma_stop();
	return error;
}
module_init(physmem_start);

static void __exit physmem_stop(void)
{
	misc_deregister(&physmem_device);
	physmem_revoke_stop();
	physmem_dma_stop();
}
module_exit(physmem_stop);

MODULE_DESCRIPTION("Physical memory for user space: maps, buffers, caches, addresses");
MODULE_LICENSE("Dual MIT/GPL");
MODULE_VERSION("2");
