// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Whether a range can be mapped, and why not. */
#include "internal.h"

static const int physmem_errors[] = {
	[PHYSMEM_ALLOWED] = 0,
	[PHYSMEM_WRAPS] = -EINVAL,
	[PHYSMEM_UNALIGNED] = -EINVAL,
	[PHYSMEM_NOTHING_THERE] = -ENXIO,
	[PHYSMEM_MIXED] = -EXDEV,
	[PHYSMEM_CACHING_CONFLICT] = -EBUSY,
	[PHYSMEM_CACHING_IMPOSSIBLE] = -EOPNOTSUPP,
	[PHYSMEM_CLAIMED] = -EADDRINUSE,
	[PHYSMEM_UNUSABLE] = -EIO,
};

int physmem_refusal_error(u32 refusal)
{
	return physmem_errors[refusal];
}

static void physmem_refuse(struct physmem_check *check, u32 refusal, u64 address)
{
	check->refusal = refusal;
	check->address = address;
}

static void physmem_refuse_caching(struct physmem_check *check, u64 address, u32 caching)
{
	physmem_refuse(check, PHYSMEM_CACHING_CONFLICT, address);
	check->caching = caching;
}

/* The caching of a piece against the one that is asked for, or that the pieces before it have. */
static void physmem_check_caching(struct physmem_check *check, const struct physmem_piece *piece)
{
	if (piece->caching != PHYSMEM_AUTO) {
		if (check->caching == PHYSMEM_AUTO)
			check->caching = piece->caching;
		else if (check->caching != piece->caching)
			physmem_refuse_caching(check, piece->start, piece->caching);
		return;
	}
	if (check->caching == PHYSMEM_AUTO)
		check->caching = PHYSMEM_UNCACHED;
	if (piece->kind != PHYSMEM_RESERVED && check->caching == PHYSMEM_WRITE_BACK)
		physmem_refuse(check, PHYSMEM_CACHING_IMPOSSIBLE, piece->start);
}

/* A page is there when some of it is: registers may be fewer than a page. */
static bool physmem_has_empty_page(const struct physmem_piece *piece, u64 *page)
{
	u64 end = ALIGN_DOWN(piece->last + 1, PAGE_SIZE); /* 0: the end of all addresses */

	*page = ALIGN(piece->start, PAGE_SIZE);
	return *page >= piece->start && *page < end - 1;
}

/* What is wrong with a piece, whatever it is cached like. */
static u32 physmem_piece_refusal(const struct physmem_piece *piece)
{
	if (piece->flags & PHYSMEM_RANGE_BUSY)
		return PHYSMEM_CLAIMED;
	if (piece->flags & PHYSMEM_RANGE_UNUSABLE)
		return PHYSMEM_UNUSABLE;
	return PHYSMEM_ALLOWED;
}

static int physmem_check_pieces(struct physmem_check *check, u32 *kind)
{
	u64 last = check->start + check->length - 1;
	u64 at = check->start;
	bool ram = false, other = false;
	struct physmem_piece piece;
	u64 page;
	int error;

	for (;;) {
		error = physmem_piece_at(at, last, &piece);
		if (error)
			return error;
		if (piece.kind == PHYSMEM_NONE) {
			if (physmem_has_empty_page(&piece, &page)) {
				physmem_refuse(check, PHYSMEM_NOTHING_THERE, page);
				return 0;
			}
		} else {
			ram |= piece.kind == PHYSMEM_RAM;
			other |= piece.kind != PHYSMEM_RAM;
			if (ram && other) {
				physmem_refuse(check, PHYSMEM_MIXED, piece.start);
				return 0;
			}
			check->refusal = physmem_piece_refusal(&piece);
			if (check->refusal)
				check->address = piece.start;
			else
				physmem_check_caching(check, &piece);
			if (check->refusal)
				return 0;
			*kind = max(*kind, piece.kind);
		}
		if (piece.last == last)
			return 0;
		at = piece.last + 1;
	}
}

int physmem_check_range(struct physmem_check *check, u32 *kind)
{
	u32 other;
	int error;

	if (check->caching > PHYSMEM_UNCACHED)
		return -EINVAL;
	*kind = PHYSMEM_NONE;
	check->refusal = PHYSMEM_ALLOWED;
	check->address = check->start;
	if (!physmem_range_exists(check->start, check->length)) {
		check->refusal = PHYSMEM_WRAPS;
		return 0;
	}
	if (!PAGE_ALIGNED(check->start) || !PAGE_ALIGNED(check->length)) {
		check->refusal = PHYSMEM_UNALIGNED;
		return 0;
	}
	if (!physmem_caching_possible(check->caching)) {
		check->refusal = PHYSMEM_CACHING_IMPOSSIBLE;
		return 0;
	}
	error = physmem_check_pieces(check, kind);
	if (error || check->refusal)
		return error;
	if (physmem_used_otherwise(check->start, check->start + check->length - 1, check->caching,
				   &other))
		physmem_refuse_caching(check, check->start, other);
	else
		check->address = 0;
	return 0;
}

int physmem_check_map(struct physmem_call *call)
{
	struct physmem_check *check = &call->check;
	u64 last = check->start;
	u32 caching, kind;
	int error;

	error = mutex_lock_killable(&physmem_registry_lock);
	if (error)
		return error;
	error = physmem_check_range(check, &kind);
	mutex_unlock(&physmem_registry_lock);
	if (error || check->refusal || kind == PHYSMEM_RAM ||
	    physmem_fixed_caching(check->start, &last) != PHYSMEM_AUTO)
		return error;
	caching = physmem_device_caching(check->start, check->length, check->caching);
	if (caching != check->caching)
		physmem_refuse_caching(check, check->start, caching);
	return 0;
}
