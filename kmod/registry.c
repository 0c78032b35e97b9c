// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * All memory that the module has given a caching: its mappings and its buffers. One list and one
 * lock, so that what is decided of a range stays true until it is entered here: no page has two
 * cachings, which no CPU defines.
 */
#include "internal.h"

/* For physmem_uses, and for all that is decided by it. */
DEFINE_MUTEX(physmem_registry_lock);
LIST_HEAD(physmem_uses);

static bool physmem_overlaps(const struct physmem_use *use, u64 start, u64 last)
{
	return use->start <= last && start <= use->last;
}

bool physmem_used_otherwise(u64 start, u64 last, u32 caching, u32 *other)
{
	struct physmem_use *use;

	lockdep_assert_held(&physmem_registry_lock);
	list_for_each_entry(use, &physmem_uses, list) {
		if (use->caching == caching || !physmem_overlaps(use, start, last))
			continue;
		*other = use->caching;
		return true;
	}
	return false;
}

void physmem_include_overlapping(u64 *start, u64 *last)
{
	struct physmem_use *use;
	bool grown;

	lockdep_assert_held(&physmem_registry_lock);
	do {
		grown = false;
		list_for_each_entry(use, &physmem_uses, list) {
			if (use->is_buffer || !physmem_overlaps(use, *start, *last) ||
			    (*start <= use->start && use->last <= *last))
				continue;
			*start = min(*start, use->start);
			*last = max(*last, use->last);
			grown = true;
		}
	} while (grown);
}

void physmem_enter(struct physmem_use *use)
{
	lockdep_assert_held(&physmem_registry_lock);
	list_add(&use->list, &physmem_uses);
}

void physmem_leave(struct physmem_use *use)
{
	mutex_lock(&physmem_registry_lock);
	list_del(&use->list);
	mutex_unlock(&physmem_registry_lock);
}

bool physmem_in_buffer(u64 start, u64 *last, u32 *caching)
{
	struct physmem_use *use;

	lockdep_assert_held(&physmem_registry_lock);
	list_for_each_entry(use, &physmem_uses, list) {
		if (!use->is_buffer || !physmem_overlaps(use, start, *last))
			continue;
		if (use->start > start) {
			*last = use->start - 1;
			continue;
		}
		*caching = use->caching;
		*last = min(*last, use->last);
		return true;
	}
	return false;
}

struct physmem_memory *physmem_hold_buffer(u64 start, u64 last)
{
	struct physmem_memory *memory;
	struct physmem_use *use;

	lockdep_assert_held(&physmem_registry_lock);
	list_for_each_entry(use, &physmem_uses, list) {
		bool whole = use->start <= start && last <= use->last;

		if (!use->is_buffer || !physmem_overlaps(use, start, last))
			continue;
		memory = container_of(use, struct physmem_memory, use);
		if (whole && kref_get_unless_zero(&memory->users))
			return memory;
		if (whole || use->caching != PHYSMEM_WRITE_BACK)
			return ERR_PTR(-EBUSY);
	}
	return NULL;
}
