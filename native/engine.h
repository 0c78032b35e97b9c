/*
 * The engine: programs, mappings on demand and the fault guard. The only code that makes
 * accesses from C. It knows nothing of Node.
 */
#ifndef PHYSMEM_ENGINE_H
#define PHYSMEM_ENGINE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How a call ended. The numbers are part of the binary form of results. */
enum pm_status {
  PM_OK = 0,
  PM_BAD_PROGRAM = 1,   /* malformed; nothing after the named step was done */
  PM_MAP_FAILED = 2,    /* mmap refused; errno_value says how */
  PM_FAULT_BUS = 3,     /* SIGBUS in the access */
  PM_FAULT_SEGV = 4,    /* SIGSEGV in the access */
  PM_TIMED_OUT = 5,     /* a wait ended without its condition */
  PM_CANCELLED = 6,     /* *cancel became non-zero */
  PM_NO_SUCH_WIDTH = 7, /* this CPU has no single access of that width */
  PM_OUT_OF_RANGE = 8,  /* beyond the memory's length */
  PM_NO_MEMORY = 9,
  PM_NO_CACHE_CONTROL = 10, /* this CPU lets user programs do nothing to cache lines */
};

/*
 * The binary form of a program, little-endian, 8-byte aligned:
 *   struct pm_header, step_count x struct pm_step, input_bytes of data for the write blocks.
 * Results: two 64-bit cells a step (value, second value) and output_bytes of data.
 *   read: value, 0 . update: old, stored . wait: last value, nanoseconds . others: untouched
 */
#define PM_PROGRAM_MAGIC 0x31474d50u /* "PMG1" */

struct pm_header {
  uint32_t magic;
  uint32_t step_count;
  uint32_t input_bytes;
  uint32_t output_bytes;
};

enum pm_op {
  PM_READ = 1,
  PM_WRITE = 2,
  PM_UPDATE = 3,
  PM_WAIT = 4,
  PM_READ_BLOCK = 5,
  PM_WRITE_BLOCK = 6,
  PM_FILL = 7,
  PM_DELAY = 8,
  PM_FENCE_STEP = 9,
  PM_CACHE = 10, /* `count` bytes, width 1, value: enum pm_cache_action */
};

#define PM_FLAG_FIXED 1u  /* blocks: every element at the same address */
#define PM_FLAG_NEGATE 2u /* wait: until the masked value differs */

struct pm_step {
  uint8_t op;
  uint8_t width; /* bytes: 1, 2, 4, 8 */
  uint8_t flags;
  uint8_t reserved;
  uint32_t count; /* elements of a block or fill, bytes of cache lines */
  uint64_t address;
  uint64_t mask;
  uint64_t value;      /* to write, bits to set, to wait for, or what is done to the cache */
  uint64_t timeout_ns; /* wait: time-out; delay: duration */
  uint32_t interval_us;
  uint32_t data_offset; /* of a block, in the input or output data, a multiple of 8 */
};

/* What became of a program. */
struct pm_outcome {
  uint32_t status;     /* enum pm_status */
  uint32_t done;       /* steps done completely */
  uint32_t elements;   /* elements of the failing block that were done */
  int32_t errno_value; /* PM_MAP_FAILED */
  uint64_t address;    /* where it failed */
};

struct pm_memory;

/*
 * A memory over `fd`: address A lies at file offset base + A. `length` is the number of bytes
 * that exist, UINT64_MAX when unknown. Pages are mapped when first needed and kept, up to a
 * bound. Of a regular file, the length is looked at again after each program, since it may shrink.
 * The caller keeps `fd` open as long as the memory lives, and serialises all calls.
 * NULL when out of memory.
 */
struct pm_memory *pm_memory_create(int fd, uint64_t base, uint64_t length, bool writable,
                                   bool regular_file);

/*
 * For a device whose mmap takes an offset as the number of a map, not as a place in it
 * (drivers/uio): from now on everything is mapped as one piece that begins at the page of `base`.
 * The length must be known, and nothing mapped yet.
 */
void pm_memory_map_whole(struct pm_memory *memory);

void pm_memory_destroy(struct pm_memory *memory);

/*
 * Maps what a program needs, and accesses nothing: PM_MAP_FAILED and the address tell what the
 * kernel refuses. For programs over several memories, of which none is to begin in vain.
 */
void pm_prepare(struct pm_memory *memory, const void *program, size_t program_bytes,
                struct pm_outcome *outcome);

/*
 * Runs a program. One that writes is prepared first: a refused mapping then means nothing was done.
 * `program` is 8-byte aligned; `cells` holds two cells a step; `data` holds output_bytes. `cancel`
 * may be set by another thread at any time.
 */
void pm_run(struct pm_memory *memory, const void *program, size_t program_bytes, uint64_t *cells,
            size_t cell_count, uint8_t *data, size_t data_bytes, const atomic_int *cancel,
            struct pm_outcome *outcome);

#endif
