// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Pages of System RAM that must not be touched, though they are in the list of resources: each is
 * looked at, as fs/proc/kcore.c does.
 */
#include <linux/memory_hotplug.h>
#include <linux/page-flags.h>
#ifdef CONFIG_UNACCEPTED_MEMORY
#include <linux/efi.h>
#include <asm/unaccepted_memory.h>
#endif

#include "internal.h"

/* How many pages are looked at in one go, after which the caller may be interrupted. */
#define PHYSMEM_RUN 0x40000ul

#ifdef CONFIG_UNACCEPTED_MEMORY
/*
 * Memory of a confidential guest that it has not accepted yet: drivers/firmware/efi/
 * unaccepted_memory.c, whose range_contains_unaccepted_memory() modules do not get. A bit that is
 * cleared meanwhile errs to the safe side.
 */
static bool physmem_unaccepted(unsigned long frame)
{
	const struct efi_unaccepted_memory *table = efi_get_unaccepted_table();
	u64 unit;

	if (!table || PFN_PHYS((u64)frame) < table->phys_base)
		return false;
	unit = div_u64(PFN_PHYS((u64)frame) - table->phys_base, table->unit_size);
	return unit < table->size * BITS_PER_BYTE && test_bit(unit, table->bitmap);
}
#else
static bool physmem_unaccepted(unsigned long frame)
{
	return false;
}
#endif

/*
 * Not those of memory that is offline or belongs to a device (no online page), that a balloon or
 * virtio-mem gave back to the hypervisor (PageOffline), or that is broken. Of a huge page of
 * hugetlbfs the head tells.
 */
static bool physmem_page_usable(unsigned long frame)
{
	struct page *page = pfn_to_online_page(frame);

	return page && !PageOffline(page) && !PageHWPoison(page) &&
	       !PageHWPoison(compound_head(page)) && !physmem_unaccepted(frame);
}

bool physmem_ram_usable(u64 start, u64 *last)
{
	unsigned long first = PHYS_PFN(start);
	unsigned long end = PHYS_PFN(*last);
	bool usable = physmem_page_usable(first);
	unsigned long at = first;

	if (end - first >= PHYSMEM_RUN)
		end = first + PHYSMEM_RUN - 1;
	while (at < end && physmem_page_usable(at + 1) == usable)
		at++;
	*last = min_t(u64, *last, PFN_PHYS((u64)at + 1) - 1);
	return usable;
}
