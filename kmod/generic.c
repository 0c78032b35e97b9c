// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* For CPUs whose caches the module does not know: memory can be mapped as the kernel maps it. */
#include "internal.h"

u64 physmem_address_limit(void)
{
	return (u64)(phys_addr_t)-1 + 1;
}

bool physmem_caching_possible(u32 caching)
{
	return true;
}

bool physmem_got_caching(struct vm_area_struct *vma)
{
	return true; /* nobody changes it */
}

u32 physmem_kernel_caching(u64 start, u64 *last)
{
	return PHYSMEM_WRITE_BACK;
}

u32 physmem_fixed_caching(u64 start, u64 *last)
{
	return PHYSMEM_AUTO;
}

u64 physmem_claims_begin(void)
{
	return 0;
}

u32 physmem_device_caching(u64 start, u64 length, u32 caching)
{
	return caching;
}

int physmem_set_caching(struct page *pages, u64 length, u32 caching)
{
	return caching == PHYSMEM_WRITE_BACK ? 0 : -EOPNOTSUPP;
}

void physmem_reset_caching(struct page *pages, u64 length, u32 caching)
{
}

pgprot_t physmem_second_protection(u64 start)
{
	return PAGE_KERNEL;
}

int physmem_cache_lines(void *start, size_t length, u32 operation)
{
	return -EOPNOTSUPP;
}

int physmem_translate_kernel(u64 address, u64 *physical)
{
	unsigned long at = address;
	unsigned long frame;

	if (address < PAGE_OFFSET || at != address)
		return -EINVAL;
	if (is_vmalloc_addr((void *)at)) {
		frame = vmalloc_to_pfn((void *)at);
		if (!frame)
			return -EFAULT;
		*physical = PFN_PHYS((phys_addr_t)frame) + offset_in_page(at);
		return 0;
	}
	if (!virt_addr_valid((void *)at))
		return -EFAULT;
	*physical = virt_to_phys((void *)at);
	return 0;
}
