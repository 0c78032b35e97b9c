// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Where devices are, from what describes them: PCI, the device tree, platform devices. The list of
 * resources alone does not do. It tells windows to buses, in which nothing need be, and of a device
 * tree it tells only the devices that a driver has claimed.
 */
#include <linux/efi.h>
#include <linux/ioport.h>
#include <linux/of_address.h>
#include <linux/pci.h>
#include <linux/platform_device.h>

#include "internal.h"

/* A question that is asked of one range after another. */
struct physmem_search {
	u64 start;
	u64 last;
	bool inside;
};

static void physmem_compare(struct physmem_search *search, u64 first, u64 last)
{
	if (first > last || last < search->start || first > search->last)
		return;
	if (first <= search->start) {
		/* Of several that hold `start` the one that reaches farthest counts. */
		search->last = search->inside ? max(search->last, last) : last;
		search->inside = true;
	} else if (!search->inside) {
		search->last = first - 1;
	}
}

static void physmem_compare_resource(struct physmem_search *search, const struct resource *resource)
{
	if (resource_type(resource) == IORESOURCE_MEM && !(resource->flags & IORESOURCE_UNSET))
		physmem_compare(search, resource->start, resource->end);
}

#ifdef CONFIG_PCI
/* What a VGA card decodes without a BAR: PCI Local Bus Specification 3.0, appendix D. */
#define PHYSMEM_VGA_START 0xa0000
#define PHYSMEM_VGA_LAST 0xbffff

static void physmem_search_bars(struct physmem_search *search)
{
	struct pci_dev *device = NULL;
	int i;

	while ((device = pci_get_device(PCI_ANY_ID, PCI_ANY_ID, device))) {
		for (i = 0; i < PCI_NUM_RESOURCES; i++) {
			/* Of a bridge the BARs and the ROM only: the others are windows. */
			if (i >= PCI_BRIDGE_RESOURCES && i < PCI_BRIDGE_RESOURCES + 4)
				continue;
			if (device->resource[i].parent)
				physmem_compare_resource(search, &device->resource[i]);
		}
		if (device->class >> 8 == PCI_CLASS_DISPLAY_VGA)
			physmem_compare(search, PHYSMEM_VGA_START, PHYSMEM_VGA_LAST);
	}
}

/*
 * By way of the devices, which hold their buses. pci_find_next_bus() needs
 * pci_lock_rescan_remove(), which is not to be taken in mmap(): drivers read files under it.
 */
bool physmem_pci_window(u64 start, u64 *last)
{
	struct physmem_search search = { .start = start, .last = *last };
	struct pci_dev *device = NULL;
	struct resource *window;
	int i;

	while ((device = pci_get_device(PCI_ANY_ID, PCI_ANY_ID, device))) {
		pci_bus_for_each_resource(device->bus, window, i) {
			/* A host that describes none has all addresses: it gives nothing. */
			if (window && window != &iomem_resource)
				physmem_compare_resource(&search, window);
		}
	}
	*last = min(*last, search.last);
	return search.inside;
}
#else
static void physmem_search_bars(struct physmem_search *search)
{
}

bool physmem_pci_window(u64 start, u64 *last)
{
	return false;
}
#endif

#ifdef CONFIG_OF_ADDRESS
static void physmem_search_device_tree(struct physmem_search *search, bool memory)
{
	struct device_node *node;
	struct resource resource;
	int i;

	for_each_node_with_property(node, "reg") {
		if (of_node_is_type(node, "memory") != memory)
			continue;
		for (i = 0; of_address_to_resource(node, i, &resource) == 0; i++)
			physmem_compare_resource(search, &resource);
	}
}
#else
static void physmem_search_device_tree(struct physmem_search *search, bool memory)
{
}
#endif

bool physmem_memory_claims(u64 start, u64 *last)
{
	struct physmem_search search = { .start = start, .last = *last };

	physmem_search_device_tree(&search, true);
	*last = min(*last, search.last);
	return search.inside;
}

#if defined(CONFIG_EFI) && !defined(CONFIG_X86)
/*
 * Without a device tree the firmware's memory that the kernel leaves alone is in the list of
 * resources as devices are ("reserved", arch/arm64/kernel/setup.c). What is used at run time, or by
 * ACPI, the kernel maps as the firmware says: write-back.
 */
bool physmem_firmware_claims(u64 start, u64 *last, u32 *caching)
{
	efi_memory_desc_t *found;

	if (!efi_enabled(EFI_MEMMAP))
		return false;
	for_each_efi_memory_desc(found) {
		u64 end = found->phys_addr + (found->num_pages << EFI_PAGE_SHIFT) - 1;
		struct physmem_search search = { .start = start, .last = *last };

		physmem_compare(&search, found->phys_addr, end);
		*last = min(*last, search.last);
		if (!search.inside)
			continue;
		/* drivers/firmware/efi/efi-init.c, is_memory(); flash may say so, too. */
		if (found->type == EFI_MEMORY_MAPPED_IO ||
		    !(found->attribute & (EFI_MEMORY_WB | EFI_MEMORY_WT | EFI_MEMORY_WC)))
			return false;
		if ((found->attribute & EFI_MEMORY_RUNTIME) || found->type == EFI_ACPI_MEMORY_NVS ||
		    found->type == EFI_ACPI_RECLAIM_MEMORY)
			*caching = PHYSMEM_WRITE_BACK;
		return true;
	}
	return false;
}
#else
bool physmem_firmware_claims(u64 start, u64 *last, u32 *caching)
{
	return false;
}
#endif

static int physmem_search_platform_device(struct device *device, void *search)
{
	struct platform_device *platform = to_platform_device(device);
	u32 i;

	for (i = 0; i < platform->num_resources; i++)
		if (!(platform->resource[i].flags & IORESOURCE_WINDOW))
			physmem_compare_resource(search, &platform->resource[i]);
	return 0;
}

bool physmem_device_claims(u64 start, u64 *last)
{
	struct physmem_search search = { .start = start, .last = *last };

	physmem_search_bars(&search);
	physmem_search_device_tree(&search, false);
	bus_for_each_dev(&platform_bus_type, NULL, &search, physmem_search_platform_device);
	*last = min(*last, search.last);
	return search.inside;
}
