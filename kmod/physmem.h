/* SPDX-License-Identifier: (GPL-2.0-only WITH Linux-syscall-note) OR MIT */
/*
 * What /dev/physmem understands. All numbers are in the byte order of the CPU; all addresses and
 * lengths are in bytes. Fields named "reserved" must be 0 and come back as 0.
 *
 * The device is opened by root with CAP_SYS_RAWIO, which is asked for again in every call; where
 * the kernel is locked down (integrity or more), opening, mapping and every call end with EPERM.
 * Of an ioctl whose struct has another size than here EINVAL comes, of an unknown one ENOTTY, of a
 * bad pointer EFAULT.
 *
 *   mmap(fd, offset)   physical memory from `offset` on, shared only, with the caching that was
 *                      chosen by PHYSMEM_SET_CACHING for this descriptor. EINVAL: a range that
 *                      wraps or is beyond what the CPU addresses, or a private mapping. ENXIO:
 *                      nothing is there. EBUSY: another caching is in use. EXDEV: RAM and other
 *                      memory in one range. EOPNOTSUPP: device memory write-back, or
 *                      write-combining where the CPU has none. EADDRINUSE: a driver has claimed
 *                      it, and works with it at the same time. EIO: RAM that must not be touched.
 *                      PHYSMEM_CHECK_MAP tells the same without mapping. A mapping is unmapped,
 *                      moved or protected as a whole (EINVAL). Where the module sees that a
 *                      driver claims a part later (docs/kernel-module.md, "Limits"), it is taken
 *                      back whole, and so are those that overlap it: SIGBUS.
 *
 * A buffer is a descriptor of its own. It is freed when its last descriptor is closed and its last
 * mapping is gone, however the processes end; mmap(fd, offset) maps it from `offset` on. A buffer's
 * descriptor may be given to any process, which can then map it, work on its cache lines, and ask
 * lseek(fd, 0, SEEK_END) for its length; where it lies is disclosed only to those who may open
 * /dev/physmem. A descriptor of /dev/physmem is of no use to a process without CAP_SYS_RAWIO. A
 * mapping of /dev/physmem that lies all in one buffer keeps that buffer, too.
 */
#ifndef PHYSMEM_H
#define PHYSMEM_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define PHYSMEM_API_VERSION 2

/* How a mapping is cached. */
enum physmem_caching {
	PHYSMEM_AUTO = 0, /* RAM as it is mapped already, everything else uncached */
	PHYSMEM_WRITE_BACK = 1,
	PHYSMEM_WRITE_COMBINE = 2, /* arm64: Normal non-cacheable */
	PHYSMEM_UNCACHED = 3, /* arm64: Device-nGnRnE */
};

/* What is at an address. */
enum physmem_kind {
	PHYSMEM_NONE = 0, /* nothing that the kernel knows of */
	PHYSMEM_RAM = 1, /* System RAM: the kernel uses it, and maps it write-back */
	/* Memory that firmware or command line set aside. On x86 mem= leaves no trace of it. */
	PHYSMEM_RESERVED = 2,
	PHYSMEM_DEVICE = 3, /* registers, or memory of a device */
};

/* Why something is refused: the reason behind an errno. */
enum physmem_refusal {
	PHYSMEM_ALLOWED = 0,
	PHYSMEM_WRAPS = 1, /* EINVAL: length 0; or the end is beyond what the CPU addresses */
	PHYSMEM_UNALIGNED = 2, /* EINVAL: start or length is not a multiple of the page size */
	PHYSMEM_NOTHING_THERE = 3, /* ENXIO */
	PHYSMEM_MIXED = 4, /* EXDEV: RAM and something else in one range */
	PHYSMEM_CACHING_CONFLICT = 5, /* EBUSY: it is mapped with `caching` already */
	PHYSMEM_CACHING_IMPOSSIBLE = 6, /* EOPNOTSUPP: device memory is never mapped write-back */
	PHYSMEM_CLAIMED = 7, /* EADDRINUSE: a driver has claimed it */
	PHYSMEM_UNUSABLE = 8, /* EIO: PHYSMEM_RANGE_UNUSABLE */
};

/* PHYSMEM_GET_VERSION */
struct physmem_version {
	__u32 api; /* PHYSMEM_API_VERSION of the loaded module */
	__u32 page_size;
	__u64 address_limit; /* the first address that the CPU cannot have */
};

/* PHYSMEM_GET_RANGE: what is at `start`, and how far it goes on being the same. */
struct physmem_range {
	__u64 start;
	__u64 length; /* in: how far to look, at least 1; out: bytes from start of the same kind */
	__u32 kind; /* out: enum physmem_kind */
	__u32 caching; /* out: that a mapping must have; PHYSMEM_AUTO: any that fits the kind */
	__u32 flags; /* out: PHYSMEM_RANGE_… */
	__u32 reserved;
};

#define PHYSMEM_RANGE_BUFFER 1u /* part of a buffer of this module */
#define PHYSMEM_RANGE_BUSY 2u /* a driver has claimed it; never of RAM, or below 1 MiB of x86 */
/* RAM that is broken, offline, given back to a hypervisor, or that a guest has not accepted. */
#define PHYSMEM_RANGE_UNUSABLE 4u

/*
 * PHYSMEM_CHECK_MAP: whether mmap would do, and why not. Fails only for an unknown caching
 * (EINVAL). Of device memory x86 is asked by mapping it for a moment.
 */
struct physmem_check {
	__u64 start;
	__u64 length;
	__u32 caching; /* in: enum physmem_caching; out: what a mapping gets, or is in the way */
	__u32 refusal; /* out: enum physmem_refusal */
	__u64 address; /* out: the first one that is refused; of other maps in the way, `start` */
};

/*
 * PHYSMEM_ALLOCATE: a buffer that is contiguous in physical memory and full of zeros. EINVAL: a
 * length of 0 or of 2^63 and more, an alignment that is not a power of two, an unknown caching.
 * ENOMEM: no such run of free memory, or more than the machine has. EOPNOTSUPP: the CPU has no such
 * caching. EBUSY: the free memory is mapped with another caching.
 */
struct physmem_allocate {
	__u64 length; /* in: bytes; out: the same, rounded up to whole pages */
	__u64 below; /* in: the end must not be above this address; 0 for no limit */
	__u64 alignment; /* in: of the physical address, a power of two; 0 for the page size */
	__u32 caching; /* in: enum physmem_caching; PHYSMEM_AUTO is write-back */
	__s32 fd; /* out: the buffer's descriptor, close-on-exec */
	__u64 address; /* out: physical */
};

/* PHYSMEM_GET_BUFFER, of a buffer's descriptor only. EPERM: who could not open /dev/physmem. */
struct physmem_buffer {
	__u64 address;
	__u64 length;
	__u32 caching;
	__u32 reserved;
};

/*
 * PHYSMEM_CACHE: of /dev/physmem `start` is a physical address, of a buffer an offset. EINVAL: a
 * range that wraps, or is not all in the buffer. ENXIO: nothing is there. EOPNOTSUPP: device
 * memory, which is never cached, or a CPU whose caches the module does not know. EBUSY: reserved
 * memory that is mapped otherwise than write-back. EADDRINUSE: a driver has claimed it. EIO: RAM
 * that must not be touched.
 */
struct physmem_cache {
	__u64 start;
	__u64 length; /* at least 1; the lines that hold these bytes are worked on */
	__u32 operation; /* enum physmem_cache_operation */
	__u32 flags; /* PHYSMEM_CACHE_… */
};

enum physmem_cache_operation {
	PHYSMEM_CLEAN = 1, /* written to memory, and kept where the CPU can do that */
	PHYSMEM_INVALIDATE = 2, /* dropped without being written; on x86 flushed: it has no such */
	PHYSMEM_FLUSH = 3, /* written to memory and dropped */
};

/*
 * System RAM outside of buffers is not invalidated (EPERM) without this: what the kernel or a
 * process has written, and what is still in the cache only, would be lost.
 */
#define PHYSMEM_CACHE_ANY_RAM 1u

/*
 * PHYSMEM_TRANSLATE: the physical address behind an address of the kernel: direct map, kernel
 * image, vmalloc, module. EFAULT: nothing is mapped there. EINVAL: it is not an address of the
 * kernel.
 */
struct physmem_translate {
	__u64 virtual_address;
	__u64 address; /* out: physical */
};

/*
 * PHYSMEM_GET_DMA: the address by which a PCI function reaches memory. Of a buffer, the mapping in
 * an IOMMU is made where it takes one, and kept until the buffer is freed or the driver unbound;
 * of /dev/physmem only the address is given, and where an IOMMU translates it fails with EXDEV.
 * ENODEV: no such function. ERANGE: beyond what the function can address. EBUSY: its driver leaves
 * its DMA to others, as vfio does. EAGAIN: it has no driver, with which its way to memory is set up
 * (not asked on x86 without an IOMMU). EPERM: who could not open /dev/physmem. EINTR: a signal came
 * while a driver was being bound to it.
 */
struct physmem_dma {
	__u32 domain; /* of the PCI function, with bus and devfn */
	__u8 bus;
	__u8 devfn; /* device << 3 | function */
	__u16 reserved;
	__u64 address; /* in: physical, of /dev/physmem only; out: physical */
	__u64 length; /* in: of /dev/physmem only, at least 1; out: of the buffer */
	__u64 dma_address; /* out */
	__u64 dma_mask; /* out: the highest address that the function can reach */
	__u32 flags; /* out: PHYSMEM_DMA_… */
	__u32 reserved2;
};

#define PHYSMEM_DMA_IOMMU 1u /* an IOMMU translates; dma_address is not the physical one */
#define PHYSMEM_DMA_COHERENT 2u /* the function sees the caches: nothing need be flushed */

#define PHYSMEM_MAGIC 0xBE
#define PHYSMEM_GET_VERSION _IOR(PHYSMEM_MAGIC, 0, struct physmem_version)
#define PHYSMEM_GET_RANGE _IOWR(PHYSMEM_MAGIC, 1, struct physmem_range)
#define PHYSMEM_CHECK_MAP _IOWR(PHYSMEM_MAGIC, 2, struct physmem_check)
#define PHYSMEM_SET_CACHING _IOW(PHYSMEM_MAGIC, 3, __u32)
#define PHYSMEM_ALLOCATE _IOWR(PHYSMEM_MAGIC, 4, struct physmem_allocate)
#define PHYSMEM_GET_BUFFER _IOR(PHYSMEM_MAGIC, 5, struct physmem_buffer)
#define PHYSMEM_CACHE _IOW(PHYSMEM_MAGIC, 6, struct physmem_cache)
#define PHYSMEM_TRANSLATE _IOWR(PHYSMEM_MAGIC, 7, struct physmem_translate)
#define PHYSMEM_GET_DMA _IOWR(PHYSMEM_MAGIC, 8, struct physmem_dma)

#endif
