// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Contiguous pages: from the page allocator, or where that has none so large, by making room. Only
 * of the former a memory cgroup is charged: what charges it for others is not exported.
 */
#include <linux/highmem.h>
#include <linux/ioport.h>
#include <linux/memory_hotplug.h>
#include <linux/sched/signal.h>

#include "internal.h"

#define PHYSMEM_GFP (GFP_KERNEL | __GFP_NOWARN | __GFP_NORETRY)

static bool physmem_fits(u64 start, u64 length, u64 below, u64 alignment)
{
	return IS_ALIGNED(start, alignment) && (below == 0 || start + length <= below);
}

void physmem_put_pages(struct page *pages, u64 length)
{
	u64 i;

	for (i = 0; i < length >> PAGE_SHIFT; i++) {
		__free_page(pages + i);
		cond_resched();
	}
}

/* From the page allocator, which aligns to the size; what is more than `length` is given back. */
static struct page *physmem_get_block(gfp_t zone, u64 length, u64 below, u64 alignment)
{
	unsigned int order = max(get_order(length), get_order(alignment));
	struct page *pages = alloc_pages(PHYSMEM_GFP | PHYSMEM_GFP_ACCOUNT | zone, order);

	if (!pages)
		return NULL;
	split_page(pages, order);
	if (physmem_fits(page_to_phys(pages), length, below, alignment)) {
		physmem_put_pages(pages + (length >> PAGE_SHIFT), (PAGE_SIZE << order) - length);
		return pages;
	}
	physmem_put_pages(pages, PAGE_SIZE << order);
	return NULL;
}

static struct page *physmem_get_small(u64 length, u64 below, u64 alignment)
{
	struct page *pages;

	if (max(length, alignment) > MAX_ORDER_NR_PAGES * PAGE_SIZE)
		return NULL;
	pages = physmem_get_block(0, length, below, alignment);
	if (!pages && below)
		pages = physmem_get_block(__GFP_DMA32, length, below, alignment);
	if (!pages && below)
		pages = physmem_get_block(__GFP_DMA, length, below, alignment);
	return pages;
}

#ifdef CONFIG_CONTIG_ALLOC
#ifndef ACR_FLAGS_NONE /* before 6.16 */
#define ACR_FLAGS_NONE MIGRATE_MOVABLE
#endif

/*
 * One at a time: who fails to take a block of pages for himself gives it free, also when
 * another has taken it meanwhile (mm/page_alloc.c, alloc_contig_range()); mm/cma.c has such a
 * lock, too.
 */
static DEFINE_MUTEX(physmem_room_lock);

/*
 * All must be in one zone, and nothing in it may belong to the firmware or the kernel. What is in
 * the movable zone must stay so: memory is unplugged there.
 */
static bool physmem_movable(unsigned long frame, struct zone **zone)
{
	struct page *page = pfn_to_online_page(frame);

	if (!page || PageReserved(page) || zone_idx(page_zone(page)) == ZONE_MOVABLE ||
	    (*zone && page_zone(page) != *zone))
		return false;
	*zone = page_zone(page);
	return true;
}

/* Makes room at this very place, by moving what can be moved. */
static struct page *physmem_get_at(u64 start, u64 length)
{
	unsigned long first = start >> PAGE_SHIFT;
	unsigned long end = (start + length) >> PAGE_SHIFT;
	struct zone *zone = NULL;
	unsigned long at;
	int error;

	for (at = first; at < end; at += min(end - at, (unsigned long)MAX_ORDER_NR_PAGES))
		if (!physmem_movable(at, &zone))
			return NULL;
	if (!physmem_movable(end - 1, &zone))
		return NULL;
	if (mutex_lock_killable(&physmem_room_lock))
		return NULL;
	error = alloc_contig_range(first, end, ACR_FLAGS_NONE, GFP_KERNEL | __GFP_NOWARN);
	mutex_unlock(&physmem_room_lock);
	return error ? NULL : pfn_to_page(first);
}

static struct page *physmem_get_large(u64 length, u64 below, u64 alignment)
{
	const unsigned long flags = IORESOURCE_SYSTEM_RAM | IORESOURCE_BUSY;
	u64 last = (below ? below : physmem_address_limit()) - 1;
	u64 step = max_t(u64, alignment, PAGE_SIZE << pageblock_order);
	struct resource ram;
	u64 from = 0;

	while (from < last && physmem_find_resource(flags, from, last, &ram)) {
		u64 end = ALIGN_DOWN((u64)ram.end + 1, PAGE_SIZE);
		u64 at;

		for (at = ALIGN((u64)ram.start, step);
		     at < end && end - at >= length && at + step > at; at += step) {
			struct page *pages;

			if (fatal_signal_pending(current))
				return NULL;
			cond_resched();
			pages = physmem_get_at(at, length);
			if (pages)
				return pages;
		}
		from = (u64)ram.end + 1;
	}
	return NULL;
}
#else
static struct page *physmem_get_large(u64 length, u64 below, u64 alignment)
{
	return NULL;
}
#endif

struct page *physmem_get_pages(u64 length, u64 below, u64 alignment)
{
	struct page *pages;
	u64 i;

	if (length >> PAGE_SHIFT > totalram_pages() || (below && below < length))
		return NULL;
	alignment = max_t(u64, alignment, PAGE_SIZE);
	pages = physmem_get_small(length, below, alignment);
	if (!pages)
		pages = physmem_get_large(length, below, alignment);
	if (!pages)
		return NULL;
	for (i = 0; i < length >> PAGE_SHIFT; i++) {
		if (fatal_signal_pending(current)) {
			physmem_put_pages(pages, length);
			return NULL;
		}
		clear_highpage(pages + i);
		cond_resched();
	}
	return pages;
}
