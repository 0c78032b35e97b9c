// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* A caching, as the entries of page tables have it. */
#include "internal.h"

pgprot_t physmem_protection(pgprot_t protection, u32 caching)
{
	if (caching == PHYSMEM_WRITE_COMBINE)
		return pgprot_writecombine(protection);
	if (caching == PHYSMEM_UNCACHED)
		return pgprot_noncached(protection);
	return protection;
}
