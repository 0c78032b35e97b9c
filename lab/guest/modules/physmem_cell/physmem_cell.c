// SPDX-License-Identifier: GPL-2.0
/*
 * A cell of the kernel's memory, and a page that processes can map. What is in them and where they
 * are is told by the files of /sys/class/misc/physmem_cell; /dev/physmem_cell maps the page. The
 * module itself writes each of them once.
 */
#include <linux/io.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/slab.h>

static u32 *cell;
static u32 *page;

static ssize_t cell_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "0x%08x\n", READ_ONCE(*cell));
}
static DEVICE_ATTR_ADMIN_RO(cell);

static ssize_t cell_address_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "0x%llx\n", (u64)virt_to_phys(cell));
}
static DEVICE_ATTR_ADMIN_RO(cell_address);

static ssize_t page_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "0x%08x\n", READ_ONCE(*page));
}
static DEVICE_ATTR_ADMIN_RO(page);

static ssize_t page_address_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "0x%llx\n", (u64)virt_to_phys(page));
}
static DEVICE_ATTR_ADMIN_RO(page_address);

static struct attribute *physmem_cell_attrs[] = {
	&dev_attr_cell.attr,
	&dev_attr_cell_address.attr,
	&dev_attr_page.attr,
	&dev_attr_page_address.attr,
	NULL,
};
ATTRIBUTE_GROUPS(physmem_cell);

/* A page of the kernel's RAM: /proc/PID/pagemap tells its frame, as of any page of the process. */
static int physmem_cell_mmap(struct file *file, struct vm_area_struct *vma)
{
	if (vma->vm_pgoff || vma_pages(vma) != 1)
		return -EINVAL;
	return vm_insert_page(vma, vma->vm_start, virt_to_page(page));
}

static const struct file_operations physmem_cell_operations = {
	.owner = THIS_MODULE,
	.mmap = physmem_cell_mmap,
};

static struct miscdevice physmem_cell = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "physmem_cell",
	.fops = &physmem_cell_operations,
	.groups = physmem_cell_groups,
};

static int __init physmem_cell_init(void)
{
	int error = -ENOMEM;

	cell = kmalloc(sizeof(*cell), GFP_KERNEL);
	page = (u32 *)get_zeroed_page(GFP_KERNEL);
	if (!cell || !page)
		goto failed;
	*cell = 0x01234567;
	*page = 0x89abcdef;
	error = misc_register(&physmem_cell);
	if (error)
		goto failed;
	return 0;
failed:
	kfree(cell);
	free_page((unsigned long)page);
	return error;
}
module_init(physmem_cell_init);

static void __exit physmem_cell_exit(void)
{
	misc_deregister(&physmem_cell);
	kfree(cell);
	free_page((unsigned long)page);
}
module_exit(physmem_cell_exit);

MODULE_DESCRIPTION("A cell of kernel memory whose address and value are told");
MODULE_LICENSE("GPL");
