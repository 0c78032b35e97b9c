// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Cache lines of physical addresses and of buffers. */
#include <linux/ioport.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "internal.h"

/* How much is mapped at once: one page of pointers to pages, on 64 bits. */
#define PHYSMEM_CHUNK 512

static bool physmem_valid_operation(const struct physmem_cache *cache)
{
	return cache->operation >= PHYSMEM_CLEAN && cache->operation <= PHYSMEM_FLUSH &&
	       !(cache->flags & ~PHYSMEM_CACHE_ANY_RAM) && cache->length > 0;
}

/* Between chunks others may run, and a killed process ends. */
static int physmem_work(void *start, u64 length, u32 operation)
{
	while (length > 0) {
		size_t now = min_t(u64, length, PHYSMEM_CHUNK * PAGE_SIZE);
		int error = physmem_cache_lines(start, now, operation);

		if (error)
			return error;
		if (fatal_signal_pending(current))
			return -EINTR;
		cond_resched();
		start += now;
		length -= now;
	}
	return 0;
}

int physmem_cache_buffer(struct physmem_call *call)
{
	const struct physmem_memory *memory = call->file->private_data;
	const struct physmem_cache *cache = &call->cache;

	if (!physmem_valid_operation(cache) || cache->start >= memory->length ||
	    cache->length > memory->length - cache->start)
		return -EINVAL;
	return physmem_work(page_address(memory->pages) + cache->start, cache->length,
			    cache->operation);
}

/*
 * By a mapping of our own: the kernel may have taken pages out of its own one (secret memory,
 * guards), where the instruction would fault.
 */
static int physmem_work_on_frames(struct page **pages, u64 start, u64 length, u32 operation)
{
	unsigned int count = (offset_in_page(start) + length + PAGE_SIZE - 1) >> PAGE_SHIFT;
	unsigned int i;
	void *alias;
	int error;

	for (i = 0; i < count; i++) {
		pages[i] = pfn_to_online_page((start >> PAGE_SHIFT) + i);
		if (!pages[i])
			return -ENXIO;
	}
	alias = vmap(pages, count, VM_MAP, physmem_second_protection(start));
	if (!alias)
		return -ENOMEM;
	error = physmem_work(alias + offset_in_page(start), length, operation);
	vunmap(alias);
	return error;
}

static int physmem_work_on_ram(const struct physmem_piece *piece, u32 operation)
{
	struct page **pages = kmalloc_array(PHYSMEM_CHUNK, sizeof(*pages), GFP_KERNEL);
	int error;

	if (!pages)
		return -ENOMEM;
	error = physmem_work_on_frames(pages, piece->start, piece->last - piece->start + 1,
				       operation);
	kfree(pages);
	return error;
}

static bool physmem_touches_ram(u64 start, u64 end)
{
	u64 page = ALIGN_DOWN(start, PAGE_SIZE);

	return region_intersects(page, ALIGN(end, PAGE_SIZE) - page, IORESOURCE_SYSTEM_RAM,
				 IORES_DESC_NONE) != REGION_DISJOINT;
}

/* Memory that the kernel does not manage. EBUSY: it is mapped otherwise than write-back. */
static int physmem_work_on_reserved(const struct physmem_piece *piece, u32 operation)
{
	u64 length = piece->last - piece->start + 1;
	void *alias;
	int error;

	/* memremap() warns of pages of which a part is System RAM, and maps none. */
	if (physmem_touches_ram(piece->start, piece->last + 1))
		return -EOPNOTSUPP;
	alias = memremap(piece->start, length, MEMREMAP_WB);
	if (!alias)
		return -EBUSY;
	error = physmem_work(alias, length, operation);
	memunmap(alias);
	return error;
}

/* To work on it, it is mapped write-back: that must be no second caching of its pages. */
static int physmem_may_work_on_reserved(const struct physmem_piece *piece)
{
	u64 start = ALIGN_DOWN(piece->start, PAGE_SIZE);
	u64 last = piece->last | ~PAGE_MASK;
	u32 other;

	/* What x86 has below 1 MiB is not ordinary memory. */
	if (piece->caching != PHYSMEM_AUTO)
		return -EOPNOTSUPP;
	if (physmem_used_otherwise(start, last, PHYSMEM_WRITE_BACK, &other))
		return -EBUSY;
	/* What firmware reserved may be registers that no device tells: no cache takes them. */
	if (physmem_device_caching(start, last - start + 1, PHYSMEM_WRITE_BACK) !=
	    PHYSMEM_WRITE_BACK)
		return -EOPNOTSUPP;
	return 0;
}

static int physmem_may_work(const struct physmem_piece *piece, const struct physmem_cache *cache)
{
	if (piece->kind == PHYSMEM_NONE)
		return -ENXIO;
	if (piece->kind == PHYSMEM_DEVICE) /* never cached */
		return -EOPNOTSUPP;
	if (piece->flags & PHYSMEM_RANGE_UNUSABLE)
		return -EIO;
	if (piece->flags & PHYSMEM_RANGE_BUSY)
		return -EADDRINUSE;
	if (piece->kind == PHYSMEM_RESERVED)
		return physmem_may_work_on_reserved(piece);
	if (cache->operation == PHYSMEM_INVALIDATE && !(piece->flags & PHYSMEM_RANGE_BUFFER) &&
	    !(cache->flags & PHYSMEM_CACHE_ANY_RAM))
		return -EPERM;
	return 0;
}

/* What is at `start`, up to `last` at most; nobody maps it otherwise meanwhile. */
static int physmem_cache_piece(const struct physmem_cache *cache, u64 start, u64 last, bool work,
			       u64 *done)
{
	struct physmem_piece piece;
	int error = mutex_lock_killable(&physmem_registry_lock);

	if (error)
		return error;
	error = physmem_piece_at(start, last, &piece);
	if (!error)
		error = physmem_may_work(&piece, cache);
	if (!error && work)
		error = piece.kind == PHYSMEM_RAM ?
				physmem_work_on_ram(&piece, cache->operation) :
				physmem_work_on_reserved(&piece, cache->operation);
	mutex_unlock(&physmem_registry_lock);
	*done = piece.last;
	return error;
}

/* All of the range is looked at before anything is done, which goes chunk by chunk. */
static int physmem_each_piece(const struct physmem_cache *cache, bool work)
{
	u64 last = cache->start + cache->length - 1;
	u64 at = cache->start;

	for (;;) {
		u64 end = work ? ALIGN_DOWN(at, PAGE_SIZE) + PHYSMEM_CHUNK * PAGE_SIZE - 1 : last;
		int error = physmem_cache_piece(cache, at, min(last, end), work, &end);

		if (error || end == last)
			return error;
		at = end + 1;
	}
}

int physmem_cache_ram(struct physmem_call *call)
{
	const struct physmem_cache *cache = &call->cache;
	int error;

	if (!physmem_valid_operation(cache) || !physmem_range_exists(cache->start, cache->length))
		return -EINVAL;
	error = physmem_each_piece(cache, false);
	return error ? error : physmem_each_piece(cache, true);
}
