// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* What is particular to arm64. */
#include <asm/barrier.h>
#include <asm/cpufeature.h>
#include <asm/cputype.h>
#include <asm/sysreg.h>
#include <linux/sched.h>

#include "internal.h"

u64 physmem_address_limit(void)
{
	u32 range = read_cpuid(ID_AA64MMFR0_EL1) & 0xf;

	return 1ull << min_t(u32, id_aa64mmfr0_parange_to_phys_shift(range), PHYS_MASK_SHIFT);
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
	return caching; /* nobody keeps account of it */
}

static void physmem_write_out(struct page *pages, u64 length, u32 operation)
{
	u64 at;

	for (at = 0; at < length; at += PAGE_SIZE) {
		physmem_cache_lines(page_address(pages) + at, PAGE_SIZE, operation);
		cond_resched();
	}
}

/*
 * The zeros are written to memory, or who may drop the lines of the buffer sees what was there
 * before. The kernel's own map of the pages stays as it is, and is not used as long as a buffer
 * lives that is not cached: no line of it may be in a cache, where it would hide what is written
 * past the caches.
 */
int physmem_set_caching(struct page *pages, u64 length, u32 caching)
{
	physmem_write_out(pages, length,
			  caching == PHYSMEM_WRITE_BACK ? PHYSMEM_CLEAN : PHYSMEM_FLUSH);
	return 0;
}

/* Lines that were fetched on suspicion are dropped before the kernel uses the pages again. */
void physmem_reset_caching(struct page *pages, u64 length, u32 caching)
{
	if (caching != PHYSMEM_WRITE_BACK)
		physmem_write_out(pages, length, PHYSMEM_FLUSH);
}

pgprot_t physmem_second_protection(u64 start)
{
	return PAGE_KERNEL;
}

static unsigned long physmem_line_size(void)
{
	return 4ul << ((read_sanitised_ftr_reg(SYS_CTR_EL0) >> 16) & 0xf); /* CTR_EL0.DminLine */
}

static void physmem_work_on_line(unsigned long at, u32 operation)
{
	if (operation == PHYSMEM_CLEAN)
		asm volatile("dc cvac, %0" : : "r"(at) : "memory");
	else if (operation == PHYSMEM_INVALIDATE)
		asm volatile("dc ivac, %0" : : "r"(at) : "memory");
	else
		asm volatile("dc civac, %0" : : "r"(at) : "memory");
}

int physmem_cache_lines(void *start, size_t length, u32 operation)
{
	unsigned long line = physmem_line_size();
	unsigned long from = (unsigned long)start;
	unsigned long end = from + length;
	unsigned long at;

	/* Some Cortex-A53 lose lines that are cleaned only: erratum 819472 and others. */
	if (operation == PHYSMEM_CLEAN && cpus_have_final_cap(ARM64_WORKAROUND_CLEAN_CACHE))
		operation = PHYSMEM_FLUSH;
	dsb(sy);
	for (at = from & ~(line - 1); at < end; at += line) {
		/* Of a line that is not all of this range the rest must not be lost. */
		bool partial = at < from || at + line > end;

		physmem_work_on_line(at, partial && operation == PHYSMEM_INVALIDATE ?
						 PHYSMEM_FLUSH : operation);
	}
	dsb(sy);
	return 0;
}

/* The CPU walks the tables itself, and tells of a fault instead of taking it. */
int physmem_translate_kernel(u64 address, u64 *physical)
{
	unsigned long flags;
	u64 result;

	/* PAGE_OFFSET: the lowest address that the tables of the kernel can have. */
	if (address < PAGE_OFFSET)
		return -EINVAL;
	local_irq_save(flags);
	asm volatile("at s1e1r, %0" : : "r"(address));
	isb();
	result = read_sysreg_par();
	local_irq_restore(flags);
	if (result & SYS_PAR_EL1_F)
		return -EFAULT;
	*physical = (result & GENMASK_ULL(51, 12)) | (address & 0xfff);
	return 0;
}
