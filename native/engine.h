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

/*
 * How a call ended. The numbers are part of the binary form of results. What is marked "refused" is
 * known before the first access: nothing was accessed, whatever step it is about.
 */
enum pm_status {
  PM_OK = 0,
  PM_BAD_PROGRAM = 1,       /* refused: malformed */
  PM_MAP_FAILED = 2,        /* mmap refused; errno_value says how. See "mapped ahead" below */
  PM_FAULT_BUS = 3,         /* SIGBUS in the access */
  PM_FAULT_SEGV = 4,        /* SIGSEGV in the access */
  PM_TIMED_OUT = 5,         /* a wait ended without its condition */
  PM_CANCELLED = 6,         /* *cancel became non-zero */
  PM_NO_SUCH_WIDTH = 7,     /* refused: this CPU has no single access of that width */
  PM_OUT_OF_RANGE = 8,      /* refused: beyond the memory's length */
  PM_NO_MEMORY = 9,         /* refused: this process is out of memory */
  PM_NO_CACHE_CONTROL = 10, /* refused: this CPU keeps its cache lines from user programs */
  PM_READ_ONLY = 11,        /* refused: writes to a memory that may not be written */
  PM_PENDING = 12,          /* see pm_run_at_once() */
};

/*
 * The binary form of a program, little-endian, 8-byte aligned:
 *   struct pm_header, step_count x struct pm_step, input_bytes of data for the write blocks.
 * Results: two 64-bit cells a step (value, second value) and output_bytes of data.
 *   read: value, untouched . update: old, stored . wait: last value, nanoseconds
 *   others: untouched
 * Of a narrow program, in which no step gives more than one value of at most 32 bits, one 32-bit
 * word a step will do: fresh memory costs more than an access.
 * What a step does not use is ignored, except for its flags and `reserved`, which must be 0.
 */
#define PM_PROGRAM_MAGIC 0x31474d50u /* "PMG1" */

struct pm_header {
  uint32_t magic;
  uint32_t step_count;
  uint32_t input_bytes;
  uint32_t output_bytes;
};

/* What a program may ask for; src/memory/limits.ts says the same, and a test compares the two. */
/* Of all its delays and the time-outs of its waits together: one day. */
#define PM_MAX_WAIT_NS (86400ull * 1000000000)
/* Of all its blocks together: what they read, what they and fills write, and of cache lines. */
#define PM_MAX_BLOCK_BYTES (1u << 30)

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
#define PM_FLAG_SKIP 4u   /* read block that rises: see "passed over" below */

struct pm_step {
  uint8_t op;
  uint8_t width; /* bytes: 1, 2, 4, 8 */
  uint8_t flags;
  uint8_t reserved;
  uint32_t count;   /* elements of a block or fill, bytes of cache lines; not 0 */
  uint64_t address; /* a multiple of the width */
  uint64_t mask;    /* no wider than the width, as every value */
  uint64_t value;   /* to write, bits to set, to wait for (inside the mask), or pm_cache_action */
  uint64_t timeout_ns; /* wait: time-out; delay: duration */
  uint32_t interval_us;
  uint32_t data_offset; /* of a block, in the input or output data, a multiple of 8 */
};

/*
 * Passed over: of a read block with PM_FLAG_SKIP an element that meets a SIGBUS ends nothing, and
 * the next one is loaded. Each is loaded once all the same. Behind its elements, from the next
 * multiple of 8 on, the block's data have a bit for each, the lowest first: 1 for one that was
 * passed over, whose bytes mean nothing. Behind the end of a regular file, at a SIGSEGV and at a
 * mapping that is refused the block fails as any other: there it is not the element alone.
 */
static inline uint64_t pm_skip_map_offset(const struct pm_step *step) {
  return ((uint64_t)step->count * step->width + 7) & ~7ull;
}

/* What became of a program. */
struct pm_outcome {
  uint32_t status;     /* enum pm_status */
  uint32_t done;       /* steps done completely; 0 after a refusal */
  uint32_t step;       /* the one that failed or was refused, or `done` */
  uint32_t elements;   /* of a block that failed, the elements that were done before */
  int32_t errno_value; /* PM_MAP_FAILED */
  uint64_t address;    /* where it failed */
};

struct pm_memory;

/*
 * A memory over `fd`: address A lies at file offset base + A, where `base` is a multiple of 8, so
 * that what is aligned for a program is aligned for the CPU. `length` is the number of bytes
 * that exist, UINT64_MAX when unknown. Pages are mapped when first needed and kept, up to a
 * bound of 16 MiB and 1,024 mappings. Of a regular file, the length is looked at again after each
 * program that accesses it, since it may shrink.
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
 * A program that is well formed: every step has a known operation, flags and width, a natural
 * alignment, values that fit, data inside the program's, and no more time and data than the maxima.
 * The same one may be run on any number of memories, also at the same time.
 */
struct pm_program;

/*
 * Checks a program once, so that a run may trust it. `bytes` is 8-byte aligned. The header and the
 * steps are copied before they are looked at: whoever changes them later, also at the same time,
 * changes nothing. The data of write blocks are not copied: the caller keeps `bytes` where they are
 * as long as the program lives; what they hold is no matter of safety.
 * NULL with the reason in `outcome`: PM_BAD_PROGRAM, PM_NO_SUCH_WIDTH, PM_OUT_OF_RANGE (no 64-bit
 * address), PM_NO_CACHE_CONTROL or PM_NO_MEMORY.
 */
struct pm_program *pm_program_check(const void *bytes, size_t length, struct pm_outcome *outcome);

void pm_program_free(struct pm_program *program);

/*
 * Mapped ahead: all that a program needs is mapped before its first access, so that nothing begins
 * in vain: PM_MAP_FAILED then means that nothing was done. What earlier programs left mapped makes
 * room. Of a program that needs more than the bound each page is mapped all the same, to see
 * whether the kernel refuses it; what had to make room for the rest is mapped again when its turn
 * comes. Only then, when the kernel has changed its mind meanwhile, may PM_MAP_FAILED come in the
 * middle: `done` and `elements` tell. So they do for a program of one read block, which is mapped
 * as it goes, for the bytes before a page that is refused are wanted.
 *
 * pm_prepare does only that, and accesses nothing: for programs over several memories, of which
 * none is to begin in vain.
 */
void pm_prepare(struct pm_memory *memory, const struct pm_program *program,
                struct pm_outcome *outcome);

/* Where a program's results go, all 8-byte aligned: either `cells`, two a step, or `words`, one. */
struct pm_results {
  uint64_t *cells;
  uint32_t *words; /* of a narrow program only; NULL when there are cells */
  size_t count;    /* of cells or words */
  uint8_t *data;   /* output_bytes */
  size_t data_bytes;
};

/*
 * Runs a program that was checked. What depends on the memory (its length, whether it may be
 * written, mappings) is looked at before the first access. `cancel` may be set by another thread at
 * any time. Addresses are kept for the next run of the same program, as long as nothing else needs
 * the room. PM_BAD_PROGRAM when there is too little room for its results.
 */
void pm_run_checked(struct pm_memory *memory, const struct pm_program *program,
                    const struct pm_results *results, atomic_int *cancel,
                    struct pm_outcome *outcome);

/*
 * The same as far as nothing has to be waited for: PM_PENDING before a delay, and after the first
 * look of a wait whose condition is not met while time is left. `done` steps are done then, and
 * pm_run_rest() goes on with them as `first`, the same results and nothing run on the memory in
 * between. A wait that is met at once so needs no thread that may sleep.
 */
void pm_run_at_once(struct pm_memory *memory, const struct pm_program *program,
                    const struct pm_results *results, struct pm_outcome *outcome);
void pm_run_rest(struct pm_memory *memory, const struct pm_program *program,
                 const struct pm_results *results, uint32_t first, atomic_int *cancel,
                 struct pm_outcome *outcome);

/* Checks a program and runs it once. */
void pm_run(struct pm_memory *memory, const void *bytes, size_t length, uint64_t *cells,
            size_t cell_count, uint8_t *data, size_t data_bytes, atomic_int *cancel,
            struct pm_outcome *outcome);

#endif
