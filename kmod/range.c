// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* What is at an address: RAM, reserved memory, a device or nothing. */
#include <linux/ioport.h>
#include <linux/sched/signal.h>

#include "internal.h"

bool physmem_range_exists(u64 start, u64 length)
{
	u64 limit = physmem_address_limit();
	u64 last = start + length - 1;

	return length > 0 && last >= start && (limit == 0 || last < limit);
}

static int physmem_note_resource(struct resource *resource, void *found)
{
	*(struct resource *)found = *resource;
	return 1;
}

bool physmem_find_resource(unsigned long flags, u64 start, u64 last, struct resource *found)
{
	/* kernel/resource.c, __walk_iomem_res_desc(): a range of one byte is not looked at. */
	u64 beyond = last == start ? last + 1 : last;

	return walk_iomem_res_desc(IORES_DESC_NONE, flags, start, beyond, found,
				   physmem_note_resource) == 1 &&
	       found->start <= last;
}

/* Whether `start` is in such a resource; `last` is reduced to where the answer changes. */
static bool physmem_in_resource(unsigned long flags, u64 start, u64 *last, struct resource *found)
{
	if (!physmem_find_resource(flags, start, *last, found))
		return false;
	if (found->start > start) {
		*last = found->start - 1;
		return false;
	}
	*last = min_t(u64, *last, found->end);
	return true;
}

/* RAM counts in whole pages, as in page_is_ram(): what is left over at its ends is not used. */
static bool physmem_in_ram(u64 start, u64 *last)
{
	const unsigned long flags = IORESOURCE_SYSTEM_RAM | IORESOURCE_BUSY;
	u64 at = ALIGN_DOWN(start, PAGE_SIZE);
	struct resource ram;

	/* What is found is cut off where the search ends: at the ends of pages. */
	while (at <= *last && physmem_find_resource(flags, at, *last | ~PAGE_MASK, &ram)) {
		u64 from = ALIGN((u64)ram.start, PAGE_SIZE);
		u64 end = ALIGN_DOWN((u64)ram.end + 1, PAGE_SIZE);

		if (from < end && from > start) {
			*last = min(*last, from - 1);
			return false;
		}
		if (from < end && end > start) {
			*last = min(*last, end - 1);
			return true;
		}
		at = ALIGN((u64)ram.end + 1, PAGE_SIZE);
	}
	return false;
}

static bool physmem_is_system_ram(const struct resource *resource)
{
	return (resource->flags & IORESOURCE_SYSTEM_RAM) == IORESOURCE_SYSTEM_RAM;
}

/* Whether `start` is claimed, whatever it is; `last` is reduced to where the answer changes. */
static bool physmem_claim_at(u64 start, u64 *last, struct resource *claim)
{
	return physmem_in_resource(IORESOURCE_MEM | IORESOURCE_BUSY, start, last, claim) &&
	       !physmem_is_system_ram(claim);
}

bool physmem_is_claimed(u64 start, u64 last)
{
	struct resource claim;
	u64 at = max(start, physmem_claims_begin());

	while (at <= last) {
		u64 end = last;

		if (physmem_claim_at(at, &end, &claim))
			return true;
		if (end >= last)
			break;
		at = end + 1;
	}
	return false;
}

static bool physmem_is_memory(const struct resource *resource)
{
	switch (resource->desc) {
	case IORES_DESC_ACPI_TABLES:
	case IORES_DESC_ACPI_NV_STORAGE:
	case IORES_DESC_PERSISTENT_MEMORY:
	case IORES_DESC_PERSISTENT_MEMORY_LEGACY:
	case IORES_DESC_SOFT_RESERVED:
		return true;
	default: /* the left over ends of RAM */
		return physmem_is_system_ram(resource);
	}
}

/*
 * By the list of resources, and by what describes devices. What x86 calls reserved may be memory
 * or the registers of the chipset: a device that is said to be there, or claims it, decides.
 */
static void physmem_describe_other(u64 start, u64 *last, struct physmem_piece *piece)
{
	struct resource found, claim;
	bool known = physmem_in_resource(IORESOURCE_MEM, start, last, &found);
	bool reserved = known && found.desc == IORES_DESC_RESERVED;
	bool claimed = physmem_claim_at(start, last, &claim);

	piece->caching = physmem_fixed_caching(start, last);
	if (start < physmem_claims_begin())
		*last = min(*last, physmem_claims_begin() - 1);
	else if (claimed)
		piece->flags |= PHYSMEM_RANGE_BUSY;
	/* Addresses that stand for memory of a device which the CPU cannot reach: mm/memremap.c */
	if (known && found.desc == IORES_DESC_DEVICE_PRIVATE_MEMORY)
		piece->kind = PHYSMEM_NONE;
	else if ((known && physmem_is_memory(&found)) || physmem_memory_claims(start, last) ||
		 (known && !reserved && physmem_firmware_claims(start, last, &piece->caching)))
		piece->kind = PHYSMEM_RESERVED;
	else if (physmem_device_claims(start, last) ||
		 (claimed && claim.desc != IORES_DESC_RESERVED))
		piece->kind = PHYSMEM_DEVICE;
	else if (reserved)
		piece->kind = PHYSMEM_RESERVED;
	else if (known && !physmem_pci_window(start, last))
		piece->kind = PHYSMEM_DEVICE;
}

static void physmem_describe(u64 start, u64 last, struct physmem_piece *piece)
{
	*piece = (struct physmem_piece){ .start = start };
	if (physmem_in_ram(start, &last)) {
		piece->kind = PHYSMEM_RAM;
		if (physmem_in_buffer(start, &last, &piece->caching))
			piece->flags |= PHYSMEM_RANGE_BUFFER;
		else
			piece->caching = physmem_kernel_caching(start, &last);
		if (!physmem_ram_usable(start, &last))
			piece->flags |= PHYSMEM_RANGE_UNUSABLE;
	} else {
		physmem_describe_other(start, &last, piece);
	}
	piece->last = last;
}

int physmem_piece_at(u64 start, u64 last, struct physmem_piece *piece)
{
	struct physmem_piece next;

	physmem_describe(start, last, piece);
	while (piece->last < last) {
		if (fatal_signal_pending(current))
			return -EINTR;
		cond_resched();
		physmem_describe(piece->last + 1, last, &next);
		if (next.kind != piece->kind || next.caching != piece->caching ||
		    next.flags != piece->flags)
			break;
		piece->last = next.last;
	}
	return 0;
}

int physmem_get_range(struct physmem_call *call)
{
	struct physmem_range *range = &call->range;
	struct physmem_piece piece;
	int error;

	if (range->reserved || !physmem_range_exists(range->start, range->length))
		return -EINVAL;
	error = mutex_lock_killable(&physmem_registry_lock);
	if (error)
		return error;
	error = physmem_piece_at(range->start, range->start + range->length - 1, &piece);
	mutex_unlock(&physmem_registry_lock);
	if (error)
		return error;
	range->length = piece.last - piece.start + 1;
	range->kind = piece.kind;
	range->caching = piece.caching;
	range->flags = piece.flags;
	return 0;
}
