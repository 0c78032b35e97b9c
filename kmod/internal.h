/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What the parts of the module know of each other. */
#ifndef PHYSMEM_INTERNAL_H
#define PHYSMEM_INTERNAL_H

#include <linux/fs.h>
#include <linux/io.h>
#include <linux/ioctl.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/mutex.h>

#include "compat.h"
#include "physmem.h"

/* calls.c */

/* Whether the caller may use /dev/physmem now: 0 or EPERM. */
int physmem_permitted(void);

/* One ioctl: its argument is copied in and out, as the number says, by physmem_dispatch(). */
struct physmem_call {
	struct file *file;
	union {
		struct physmem_version version;
		struct physmem_range range;
		struct physmem_check check;
		struct physmem_allocate allocate;
		struct physmem_buffer buffer;
		struct physmem_cache cache;
		struct physmem_translate translate;
		struct physmem_dma dma;
		__u32 caching;
	};
	struct file *created; /* becomes allocate.fd when the caller has been told of it */
};

struct physmem_operation {
	unsigned int command;
	int (*run)(struct physmem_call *call);
};

long physmem_dispatch(struct file *file, unsigned int command, unsigned long user,
		      const struct physmem_operation *operations, size_t count);

/* registry.c */

/* Memory that was given a caching: a mapping of /dev/physmem, or a buffer. */
struct physmem_use {
	struct list_head list;
	u64 start;
	u64 last;
	u32 caching;
	bool is_buffer;
};

/* Held over what is decided of a range and entering it. Taken inside of mmap and device locks. */
extern struct mutex physmem_registry_lock;
extern struct list_head physmem_uses;

/* The caching that a part of the range is in use with, where that is another one. */
bool physmem_used_otherwise(u64 start, u64 last, u32 caching, u32 *other);
/* Grows the range until every mapping, of whichever process, is all in it or all outside. */
void physmem_include_overlapping(u64 *start, u64 *last);
void physmem_enter(struct physmem_use *use);
/* Takes the lock itself. */
void physmem_leave(struct physmem_use *use);
/* Whether `start` is in a buffer, and its caching; `last` is reduced to where that changes. */
bool physmem_in_buffer(u64 start, u64 *last, u32 *caching);
/*
 * The buffer that holds all of a range, with one more user; NULL: there is none. EBUSY: it comes or
 * goes, or only a part is in a buffer that is not cached as all RAM is.
 */
struct physmem_memory *physmem_hold_buffer(u64 start, u64 last);

/* range.c */

/* A stretch of addresses of which the same is true. */
struct physmem_piece {
	u64 start;
	u64 last; /* inclusive, so that it can be the end of the address space */
	u32 kind;
	u32 caching; /* the one that a mapping must have, or PHYSMEM_AUTO */
	u32 flags;
};

/*
 * What is at `start`, and how far it goes on being so, but not beyond `last`. The registry is
 * locked.
 */
int physmem_piece_at(u64 start, u64 last, struct physmem_piece *piece);
int physmem_get_range(struct physmem_call *call);
/* Whether the range is of at least a byte, does not wrap and can be addressed by the CPU. */
bool physmem_range_exists(u64 start, u64 length);
/* The first stretch of `start` to `last` that has these flags in the kernel's list of resources. */
bool physmem_find_resource(unsigned long flags, u64 start, u64 last, struct resource *found);
/* Whether a driver has claimed a part of the range; RAM in use does not count. */
bool physmem_is_claimed(u64 start, u64 last);

/* ram.c */

/* Whether a page of System RAM can be touched; `last` is reduced to where the answer changes. */
bool physmem_ram_usable(u64 start, u64 *last);

/*
 * claims.c: devices that the list of resources does not tell, and windows that it tells but in
 * which nothing need be.
 */

/* Whether `start` is in a device; `last` is reduced to where the answer changes. */
bool physmem_device_claims(u64 start, u64 *last);
/* Whether `start` is in memory that the device tree tells, used by the kernel or not; likewise. */
bool physmem_memory_claims(u64 start, u64 *last);
/*
 * Whether `start` is in memory that the map of the firmware tells, where the list of resources does
 * not: the caching that the kernel uses it with, or PHYSMEM_AUTO; likewise.
 */
bool physmem_firmware_claims(u64 start, u64 *last, u32 *caching);
/* Whether `start` is in a window to a PCI bus; likewise. */
bool physmem_pci_window(u64 start, u64 *last);

/* check.c */

/*
 * Fills in `refusal`, `address` and `caching`, and of what is allowed the kind: RAM, a device where
 * some of it is one, or reserved. A negative result: interrupted, or a bad caching. The registry is
 * locked.
 */
int physmem_check_range(struct physmem_check *check, u32 *kind);
int physmem_check_map(struct physmem_call *call);
int physmem_refusal_error(u32 refusal);

/* protection.c */
pgprot_t physmem_protection(pgprot_t protection, u32 caching);

/* map.c */
int physmem_mmap(struct file *file, struct vm_area_struct *vma);
/* Takes back the mappings of what a driver has claimed since, and those that overlap them. */
void physmem_revoke_claimed(void);

/* revoke.c */
int physmem_revoke_start(void);
void physmem_revoke_stop(void);

/* buffer.c */

struct physmem_memory {
	struct kref users; /* none while it comes or goes: nobody can map it then */
	struct physmem_use use;
	struct page *pages;
	u64 length;
};

int physmem_allocate(struct physmem_call *call);
void physmem_put_buffer(struct physmem_memory *memory);
vm_fault_t physmem_buffer_fault(struct physmem_memory *memory, u64 offset, struct vm_fault *fault);
int physmem_map_buffer(struct physmem_memory *memory, u64 offset, struct vm_area_struct *vma);

/* pages.c: contiguous pages, each with a reference of its own. */
struct page *physmem_get_pages(u64 length, u64 below, u64 alignment);
void physmem_put_pages(struct page *pages, u64 length);

/* cache.c */
int physmem_cache_ram(struct physmem_call *call);
int physmem_cache_buffer(struct physmem_call *call);

/* translate.c */
int physmem_translate(struct physmem_call *call);

/* dma.c */
int physmem_dma_of_ram(struct physmem_call *call);
int physmem_dma_of_buffer(struct physmem_call *call);
/* Takes the buffer out of all IOMMUs. */
void physmem_unmap_dma(struct physmem_memory *memory);
int physmem_dma_start(void);
void physmem_dma_stop(void);

/* x86.c, arm64.c, generic.c */

/* The first address that the CPU cannot have; 0: it has all. */
u64 physmem_address_limit(void);
/* How the kernel itself maps a page of RAM; `last` is reduced to where the answer changes. */
u32 physmem_kernel_caching(u64 start, u64 *last);
/* The caching that this CPU gives to all mappings of what is there, or PHYSMEM_AUTO. */
u32 physmem_fixed_caching(u64 start, u64 *last);
bool physmem_caching_possible(u32 caching);
/* Whether device memory can be mapped so: the caching that it gets instead. */
u32 physmem_device_caching(u64 start, u64 length, u32 caching);
/* The first address at which what is claimed counts as such. */
u64 physmem_claims_begin(void);
/* Whether a new mapping of frames has the caching that was asked for. */
bool physmem_got_caching(struct vm_area_struct *vma);
/*
 * How the kernel maps a buffer's pages. What it wrote there is in memory afterwards, where dropping
 * cache lines would show what was there before.
 */
int physmem_set_caching(struct page *pages, u64 length, u32 caching);
void physmem_reset_caching(struct page *pages, u64 length, u32 caching);
/* How to map a page of RAM a second time, without a conflict with how it is mapped now. */
pgprot_t physmem_second_protection(u64 start);
/* Works on the cache lines that hold these bytes; EOPNOTSUPP: this CPU cannot. */
int physmem_cache_lines(void *start, size_t length, u32 operation);
/* What the kernel has at an address of its own: EINVAL it is none, EFAULT nothing. */
int physmem_translate_kernel(u64 address, u64 *physical);

#endif
