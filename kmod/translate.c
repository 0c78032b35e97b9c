// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* The physical address behind an address of the kernel. */
#include "internal.h"

int physmem_translate(struct physmem_call *call)
{
	struct physmem_translate *translate = &call->translate;

	return physmem_translate_kernel(translate->virtual_address, &translate->address);
}
