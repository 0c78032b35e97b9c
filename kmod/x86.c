// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* What is particular to x86: page attributes, and that the kernel keeps account of them. */
#include <linux/io.h>
#include <linux/pgtable.h>
#include <asm/cacheflush.h>
#include <asm/e820/types.h>
#include <asm/memtype.h>
#include <asm/processor.h>
#include <asm/set_memory.h>
#include <asm/special_insns.h>

#include "internal.h"

u64 physmem_address_limit(void)
{
	return 1ull << boot_cpu_data.x86_phys_bits;
}

bool physmem_caching_possible(u32 caching)
{
	/* Without the page attribute table what is asked to be write-combining is uncached. */
	return caching != PHYSMEM_WRITE_COMBINE || pat_enabled();
}

/* Write-through and write-protect, which no part of the kernel asks for, count as uncached. */
static u32 physmem_caching_of(pgprot_t protection)
{
	unsigned long bits = pgprot_val(protection) & _PAGE_CACHE_MASK;

	if (bits == cachemode2protval(_PAGE_CACHE_MODE_WB))
		return PHYSMEM_WRITE_BACK;
	if (bits == cachemode2protval(_PAGE_CACHE_MODE_WC) && pat_enabled())
		return PHYSMEM_WRITE_COMBINE;
	return PHYSMEM_UNCACHED;
}

/* The attributes of the first page of a mapping of frames, of which none is left out. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 12, 0)
static int physmem_note_entry(pte_t *entry, unsigned long address, void *protection)
{
	*(pgprot_t *)protection = pte_pgprot(*entry);
	return 0;
}

static int physmem_first_entry(struct vm_area_struct *vma, pgprot_t *protection)
{
	return apply_to_existing_page_range(vma->vm_mm, vma->vm_start, PAGE_SIZE,
					    physmem_note_entry, protection);
}
#else
static int physmem_first_entry(struct vm_area_struct *vma, pgprot_t *protection)
{
	struct follow_pfnmap_args args = { .vma = vma, .address = vma->vm_start };
	int error = follow_pfnmap_start(&args);

	if (error)
		return error;
	*protection = args.pgprot;
	follow_pfnmap_end(&args);
	return 0;
}
#endif

/*
 * The caching that the first page got is looked at. The kernel gives another one without a word
 * where the memory is mapped otherwise already, and the same one to all of the range:
 * arch/x86/mm/pat/memtype.c, reserve_pfn_range().
 */
bool physmem_got_caching(struct vm_area_struct *vma)
{
	pgprot_t got;

	return physmem_first_entry(vma, &got) == 0 &&
	       ((pgprot_val(got) ^ pgprot_val(vma->vm_page_prot)) & _PAGE_CACHE_MASK) == 0;
}

/* The entry of the kernel's own page table; its attributes as those of a small page. */
static bool physmem_kernel_entry(unsigned long address, unsigned long *size, pgprot_t *protection)
{
	unsigned int level;
	pte_t *entry = lookup_address(address, &level);
	pte_t value;

	*size = PAGE_SIZE;
	if (!entry)
		return false;
	value = READ_ONCE(*entry);
	*size = page_level_size(level);
	if (!pte_present(value))
		return false;
	*protection = pte_pgprot(value);
	if (level != PG_LEVEL_4K)
		*protection = pgprot_large_2_4k(*protection);
	return true;
}

u32 physmem_kernel_caching(u64 start, u64 *last)
{
	unsigned long size;
	pgprot_t protection;
	bool mapped = physmem_kernel_entry((unsigned long)__va(start), &size, &protection);

	*last = min_t(u64, *last, ALIGN_DOWN(start, (u64)size) + size - 1);
	/* What the kernel has hidden from itself, it uses write-back elsewhere. */
	return mapped ? physmem_caching_of(protection) : PHYSMEM_WRITE_BACK;
}

/* arch/x86/mm/pat/memtype.c, memtype_reserve(): write-back there, whatever is asked for. */
u32 physmem_fixed_caching(u64 start, u64 *last)
{
	if (start >= ISA_END_ADDRESS)
		return PHYSMEM_AUTO;
	if (start >= ISA_START_ADDRESS) {
		*last = min_t(u64, *last, ISA_END_ADDRESS - 1);
		return PHYSMEM_WRITE_BACK;
	}
	*last = min_t(u64, *last, ISA_START_ADDRESS - 1);
	return PHYSMEM_AUTO;
}

/* arch/x86/mm/init.c, devmem_is_allowed(): the first megabyte is nobody's. */
u64 physmem_claims_begin(void)
{
	return ISA_END_ADDRESS;
}

/* The kernel's account cannot be read by modules: found out by mapping it. */
u32 physmem_device_caching(u64 start, u64 length, u32 caching)
{
	unsigned long size;
	pgprot_t protection;
	void __iomem *trial;
	u32 got;

	if (caching == PHYSMEM_WRITE_BACK)
		trial = ioremap_cache(start, length);
	else if (caching == PHYSMEM_WRITE_COMBINE)
		trial = ioremap_wc(start, length);
	else
		trial = ioremap(start, length);
	if (!trial) /* is_new_memtype_allowed(): the other one is of the other sort */
		return caching == PHYSMEM_WRITE_BACK ? PHYSMEM_UNCACHED : PHYSMEM_WRITE_BACK;
	got = physmem_kernel_entry((unsigned long)trial, &size, &protection) ?
		      physmem_caching_of(protection) :
		      caching;
	iounmap(trial);
	return got;
}

int physmem_set_caching(struct page *pages, u64 length, u32 caching)
{
	unsigned long address = (unsigned long)page_address(pages);

	if (caching == PHYSMEM_WRITE_COMBINE)
		return set_memory_wc(address, length >> PAGE_SHIFT);
	if (caching == PHYSMEM_UNCACHED)
		return set_memory_uc(address, length >> PAGE_SHIFT);
	return 0;
}

void physmem_reset_caching(struct page *pages, u64 length, u32 caching)
{
	if (caching != PHYSMEM_WRITE_BACK)
		set_memory_wb((unsigned long)page_address(pages), length >> PAGE_SHIFT);
}

pgprot_t physmem_second_protection(u64 start)
{
	u64 last = start;

	return physmem_protection(PAGE_KERNEL, physmem_kernel_caching(start, &last));
}

int physmem_cache_lines(void *start, size_t length, u32 operation)
{
	unsigned long line = boot_cpu_data.x86_clflush_size;
	unsigned long at = (unsigned long)start & ~(line - 1);
	unsigned long end = (unsigned long)start + length;

	if (operation != PHYSMEM_CLEAN) {
		clflush_cache_range(start, length);
		return 0;
	}
	mb(); /* stores that came before are in the cache */
	for (; at < end; at += line)
		clwb((void *)at);
	mb(); /* and on their way to memory before the caller goes on */
	return 0;
}

int physmem_translate_kernel(u64 address, u64 *physical)
{
	unsigned int shift = 64 - boot_cpu_data.x86_virt_bits;
	unsigned long size;
	unsigned int level;
	pte_t *entry, value;

	/* In the upper half, with all bits that no table translates the same. */
	if ((s64)address >= 0 || (u64)((s64)(address << shift) >> shift) != address)
		return -EINVAL;
	entry = lookup_address(address, &level);
	value = entry ? READ_ONCE(*entry) : __pte(0);
	if (!pte_present(value))
		return -EFAULT;
	size = page_level_size(level);
	*physical = ((u64)pte_pfn(value) << PAGE_SHIFT) & ~((u64)size - 1);
	*physical += address & (size - 1);
	return 0;
}
