// SPDX-License-Identifier: GPL-2.0
/*
 * A UIO device named "edu" whose map 0, "regs", is BAR 0 of QEMU's edu PCI device. Packaged kernels
 * have no UIO driver that maps such a device: uio_pci_generic gives interrupts only.
 */
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/uio_driver.h>

static int uio_edu_probe(struct pci_dev *device, const struct pci_device_id *id)
{
	struct uio_info *info = devm_kzalloc(&device->dev, sizeof(*info), GFP_KERNEL);
	int error;

	if (!info)
		return -ENOMEM;
	error = pcim_enable_device(device);
	if (error)
		return error;
	info->name = "edu";
	info->version = "1";
	info->irq = UIO_IRQ_NONE;
	info->mem[0].name = "regs";
	info->mem[0].addr = pci_resource_start(device, 0);
	info->mem[0].size = pci_resource_len(device, 0);
	info->mem[0].memtype = UIO_MEM_PHYS;
	return devm_uio_register_device(&device->dev, info);
}

static const struct pci_device_id uio_edu_ids[] = { { PCI_DEVICE(0x1234, 0x11e8) }, {} };
MODULE_DEVICE_TABLE(pci, uio_edu_ids);

static struct pci_driver uio_edu_driver = {
	.name = "uio_edu",
	.id_table = uio_edu_ids,
	.probe = uio_edu_probe,
};
module_pci_driver(uio_edu_driver);

MODULE_DESCRIPTION("UIO device over the edu PCI device of QEMU");
MODULE_LICENSE("GPL");
