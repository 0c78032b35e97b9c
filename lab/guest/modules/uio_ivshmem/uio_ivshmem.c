// SPDX-License-Identifier: GPL-2.0
/*
 * A UIO device named "ivshmem" whose map 0, "memory", is BAR 2 of QEMU's ivshmem PCI device: a UIO
 * map that behaves as memory, which the host can look into.
 */
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/uio_driver.h>

static int uio_ivshmem_probe(struct pci_dev *device, const struct pci_device_id *id)
{
	struct uio_info *info = devm_kzalloc(&device->dev, sizeof(*info), GFP_KERNEL);
	int error;

	if (!info)
		return -ENOMEM;
	error = pcim_enable_device(device);
	if (error)
		return error;
	info->name = "ivshmem";
	info->version = "1";
	info->irq = UIO_IRQ_NONE;
	info->mem[0].name = "memory";
	info->mem[0].addr = pci_resource_start(device, 2);
	info->mem[0].size = pci_resource_len(device, 2);
	info->mem[0].memtype = UIO_MEM_PHYS;
	return devm_uio_register_device(&device->dev, info);
}

static const struct pci_device_id uio_ivshmem_ids[] = { { PCI_DEVICE(0x1af4, 0x1110) }, {} };
MODULE_DEVICE_TABLE(pci, uio_ivshmem_ids);

static struct pci_driver uio_ivshmem_driver = {
	.name = "uio_ivshmem",
	.id_table = uio_ivshmem_ids,
	.probe = uio_ivshmem_probe,
};
module_pci_driver(uio_ivshmem_driver);

MODULE_DESCRIPTION("UIO device over the ivshmem PCI device of QEMU");
MODULE_LICENSE("GPL");
