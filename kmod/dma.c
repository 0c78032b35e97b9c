// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* The address by which a PCI function reaches memory, through an IOMMU or without one. */
#include <linux/dma-direct.h>
#include <linux/dma-map-ops.h>
#include <linux/dma-mapping.h>
#include <linux/iommu.h>
#include <linux/pci.h>
#include <linux/slab.h>

#include "internal.h"

#ifdef CONFIG_PCI

/* A buffer in an IOMMU. */
struct physmem_dma_mapping {
	struct list_head list;
	struct physmem_memory *memory;
	struct pci_dev *function;
	dma_addr_t address;
};

static LIST_HEAD(physmem_dma_mappings);
/* Taken inside of the lock of the device. */
static DEFINE_MUTEX(physmem_dma_lock);

static void physmem_forget(struct physmem_dma_mapping *mapping)
{
	list_del(&mapping->list);
	dma_unmap_page_attrs(&mapping->function->dev, mapping->address, mapping->memory->length,
			     DMA_BIDIRECTIONAL, DMA_ATTR_SKIP_CPU_SYNC);
	pci_dev_put(mapping->function);
	kfree(mapping);
}

void physmem_unmap_dma(struct physmem_memory *memory)
{
	struct physmem_dma_mapping *mapping, *next;

	mutex_lock(&physmem_dma_lock);
	list_for_each_entry_safe(mapping, next, &physmem_dma_mappings, list)
		if (mapping->memory == memory)
			physmem_forget(mapping);
	mutex_unlock(&physmem_dma_lock);
}

/*
 * With its driver a function loses the way to its IOMMU (arch_teardown_dma_ops()), and with the
 * function the IOMMU forgets all: what is mapped there must go before, under the device's lock.
 */
static int physmem_bus_event(struct notifier_block *notifier, unsigned long event, void *device)
{
	struct physmem_dma_mapping *mapping, *next;

	if (event != BUS_NOTIFY_UNBIND_DRIVER && event != BUS_NOTIFY_DEL_DEVICE)
		return NOTIFY_DONE;
	mutex_lock(&physmem_dma_lock);
	list_for_each_entry_safe(mapping, next, &physmem_dma_mappings, list)
		if (&mapping->function->dev == device)
			physmem_forget(mapping);
	mutex_unlock(&physmem_dma_lock);
	return NOTIFY_OK;
}

static struct notifier_block physmem_bus_notifier = { .notifier_call = physmem_bus_event };

int physmem_dma_start(void)
{
	return bus_register_notifier(&pci_bus_type, &physmem_bus_notifier);
}

void physmem_dma_stop(void)
{
	bus_unregister_notifier(&pci_bus_type, &physmem_bus_notifier);
}

static int physmem_map_dma(struct physmem_memory *memory, struct pci_dev *function,
			   struct physmem_dma *dma)
{
	struct physmem_dma_mapping *mapping;
	struct device *device = &function->dev;

	list_for_each_entry(mapping, &physmem_dma_mappings, list)
		if (mapping->memory == memory && mapping->function == function)
			goto found;
	mapping = kzalloc(sizeof(*mapping), GFP_KERNEL);
	if (!mapping)
		return -ENOMEM;
	mapping->address = dma_map_page_attrs(device, memory->pages, 0, memory->length,
					      DMA_BIDIRECTIONAL, DMA_ATTR_SKIP_CPU_SYNC);
	if (dma_mapping_error(device, mapping->address)) {
		kfree(mapping);
		return -ENOMEM;
	}
	mapping->memory = memory;
	mapping->function = pci_dev_get(function);
	list_add(&mapping->list, &physmem_dma_mappings);
found:
	dma->dma_address = mapping->address;
	dma->flags |= PHYSMEM_DMA_IOMMU;
	return 0;
}

/* The device is locked: its driver and its IOMMU's domain stay. */
static int physmem_dma_address(struct physmem_memory *memory, struct pci_dev *function,
			       struct physmem_dma *dma)
{
	struct device *device = &function->dev;
	struct iommu_domain *domain = iommu_get_domain_for_dev(device);
	u64 mask = min_not_zero(dma_get_mask(device), (u64)device->bus_dma_limit);
	int error;

	if (!device_is_registered(device))
		return -ENODEV;
	/* Elsewhere the DMA of a function is set up when a driver is bound: pci_dma_configure(). */
	if (!device->driver && !IS_ENABLED(CONFIG_X86))
		return -EAGAIN;
	/* Whoever has the function by vfio decides himself what it reaches. */
	if (device->driver && physmem_driver_managed_dma(device->driver))
		return -EBUSY;
	dma->dma_mask = mask;
	dma->flags = dev_is_dma_coherent(device) ? PHYSMEM_DMA_COHERENT : 0;
	if (!domain || domain->type == IOMMU_DOMAIN_IDENTITY) {
		dma->dma_address = phys_to_dma(device, dma->address);
		return dma->dma_address > mask || dma->length - 1 > mask - dma->dma_address ?
			       -ERANGE : 0;
	}
	if (!(domain->type & __IOMMU_DOMAIN_DMA_API))
		return -EBUSY;
	if (!memory)
		return -EXDEV;
	if (!device->driver) /* nobody would tell when to unmap it */
		return -EAGAIN;
	mutex_lock(&physmem_dma_lock);
	error = physmem_map_dma(memory, function, dma);
	mutex_unlock(&physmem_dma_lock);
	return error;
}

static int physmem_get_dma(struct physmem_memory *memory, struct physmem_dma *dma)
{
	struct pci_dev *function;
	int error;

	if (dma->reserved || dma->reserved2)
		return -EINVAL;
	function = pci_get_domain_bus_and_slot(dma->domain, dma->bus, dma->devfn);
	if (!function)
		return -ENODEV;
	/* A driver's probe may take long, and hang. */
	error = device_lock_interruptible(&function->dev);
	if (error) {
		pci_dev_put(function);
		return -ERESTARTSYS;
	}
	error = physmem_dma_address(memory, function, dma);
	device_unlock(&function->dev);
	pci_dev_put(function);
	return error;
}

#else

void physmem_unmap_dma(struct physmem_memory *memory)
{
}

int physmem_dma_start(void)
{
	return 0;
}

void physmem_dma_stop(void)
{
}

static int physmem_get_dma(struct physmem_memory *memory, struct physmem_dma *dma)
{
	return -ENODEV;
}

#endif

int physmem_dma_of_ram(struct physmem_call *call)
{
	if (!physmem_range_exists(call->dma.address, call->dma.length))
		return -EINVAL;
	return physmem_get_dma(NULL, &call->dma);
}

int physmem_dma_of_buffer(struct physmem_call *call)
{
	struct physmem_memory *memory = call->file->private_data;
	int error = physmem_permitted(); /* who was handed the buffer may use it, but no function */

	if (error)
		return error;
	call->dma.address = memory->use.start;
	call->dma.length = memory->length;
	return physmem_get_dma(memory, &call->dma);
}
