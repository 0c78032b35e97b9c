/* Runs programs. */
#include "access.h"
#include "cache.h"
#include "engine.h"
#include "memory.h"
#include "steps.h"
#include "transfer.h"

/* Elements of a fixed-address block between two looks at the cancellation. */
#define FIXED_PIECE 65536u

/* Reads between two looks at the cancellation. */
#define READ_PIECE 1024u

struct run {
  struct pm_memory *memory;
  const uint8_t *input;
  uint32_t input_bytes;
  uint8_t *output;
  uint32_t output_bytes;
  const atomic_int *cancel;
  struct pm_outcome *outcome;
};

static bool cancelled(const struct run *run) {
  return run->cancel && atomic_load_explicit(run->cancel, memory_order_relaxed);
}

static enum pm_status fault_status(const struct pm_memory *memory) {
  return memory->flag == PM_FLAG_BUS ? PM_FAULT_BUS : PM_FAULT_SEGV;
}

static enum pm_status fail_at(struct run *run, enum pm_status status, uint64_t address) {
  run->outcome->address = address;
  return status;
}

static enum pm_status check_address(struct run *run, const struct pm_step *step, uint64_t count) {
  unsigned width = step->width;
  if (width != 1 && width != 2 && width != 4 && width != 8)
    return PM_BAD_PROGRAM;
  if (step->address & (width - 1))
    return PM_BAD_PROGRAM;
  if (!pm_width_exists(width))
    return fail_at(run, PM_NO_SUCH_WIDTH, step->address);
  uint64_t length = run->memory->length;
  if (step->address > length || count * width > length - step->address)
    return fail_at(run, PM_OUT_OF_RANGE, step->address);
  return PM_OK;
}

static enum pm_status run_wait(struct run *run, const struct pm_step *step, uint8_t *host,
                               uint64_t *cell) {
  struct pm_wait wait = {.width = step->width,
                         .mask = step->mask,
                         .equals = step->value,
                         .negate = step->flags & PM_FLAG_NEGATE,
                         .timeout_ns = step->timeout_ns,
                         .interval_us = step->interval_us};
  switch (pm_wait(host, &wait, &run->memory->fault, run->cancel, &cell[0], &cell[1])) {
  case PM_WAIT_MET:
    return PM_OK;
  case PM_WAIT_TIMEOUT:
    return fail_at(run, PM_TIMED_OUT, step->address);
  case PM_WAIT_CANCELLED:
    return fail_at(run, PM_CANCELLED, step->address);
  default:
    return PM_OK; /* the flag tells */
  }
}

/* Steps that make one or two accesses at one address. */
static enum pm_status run_single(struct run *run, const struct pm_step *step, uint64_t *cell) {
  struct pm_memory *memory = run->memory;
  enum pm_status status = check_address(run, step, 1);
  if (status != PM_OK)
    return status;
  uint8_t *host = pm_memory_find(memory, step->address, &run->outcome->errno_value);
  if (!host)
    return fail_at(run, PM_MAP_FAILED, step->address);
  switch (step->op) {
  case PM_READ:
    cell[0] = pm_load(host, step->width);
    break;
  case PM_WRITE:
    pm_store(host, step->width, step->value);
    break;
  case PM_UPDATE: {
    uint64_t old = pm_load(host, step->width);
    if (memory->flag)
      break;
    cell[0] = old;
    cell[1] = (old & ~step->mask) | (step->value & step->mask);
    pm_store(host, step->width, cell[1]);
    break;
  }
  default:
    status = run_wait(run, step, host, cell);
    break;
  }
  if (memory->flag) {
    status = fail_at(run, fault_status(memory), step->address);
    pm_memory_recover(memory);
  }
  return status;
}

/*
 * Leading reads of `bits` bits from pages that were used before: what most programs consist of, in
 * a loop without all that other steps need. It stops before a step that is not plainly that. After
 * a fault the flag stays up and the step counts as not done: run_single then meets the harmless
 * page, not the device, and reports it.
 */
#define READ_LEADING(bits)                                                                         \
  static uint32_t read_leading##bits(struct pm_memory *memory, const struct pm_step *steps,        \
                                     uint32_t count, uint64_t *cells) {                            \
    if (memory->length < bits / 8)                                                                 \
      return 0;                                                                                    \
    const uint64_t last = memory->length - bits / 8;                                               \
    for (uint32_t i = 0; i < count; i++) {                                                         \
      const struct pm_step *step = &steps[i];                                                      \
      if (step->op != PM_READ || step->width != bits / 8 || step->address % (bits / 8) ||          \
          step->address > last)                                                                    \
        return i;                                                                                  \
      const uint8_t *host = pm_memory_peek(memory, step->address);                                 \
      if (!host)                                                                                   \
        return i;                                                                                  \
      cells[(size_t)i * 2] = pm_load##bits(host);                                                  \
      PM_AFTER_LOAD();                                                                             \
      if (memory->flag)                                                                            \
        return i;                                                                                  \
    }                                                                                              \
    return count;                                                                                  \
  }
READ_LEADING(8)
READ_LEADING(16)
READ_LEADING(32)
#if PM_HAS_64BIT_ACCESS
READ_LEADING(64)
#endif

static uint32_t read_leading(struct pm_memory *memory, const struct pm_step *steps, uint32_t count,
                             uint64_t *cells) {
  switch (steps->width) {
  case 1:
    return read_leading8(memory, steps, count, cells);
  case 2:
    return read_leading16(memory, steps, count, cells);
  case 4:
    return read_leading32(memory, steps, count, cells);
#if PM_HAS_64BIT_ACCESS
  case 8:
    return read_leading64(memory, steps, count, cells);
#endif
  default:
    return 0;
  }
}

/* One piece of a block that lies in one mapping. */
static size_t run_piece(struct run *run, const struct pm_step *step, uint8_t *host, size_t from,
                        size_t count) {
  const struct pm_fault *fault = &run->memory->fault;
  bool fixed = step->flags & PM_FLAG_FIXED;
  size_t data = step->data_offset + from * step->width;
  switch (step->op) {
  case PM_READ_BLOCK:
    return pm_load_block(host, step->width, count, fixed, run->output + data, fault);
  case PM_WRITE_BLOCK:
    return pm_store_block(host, step->width, count, fixed, run->input + data, fault);
  default:
    return pm_fill_block(host, step->width, count, step->value, fault);
  }
}

static bool data_fits(const struct run *run, const struct pm_step *step) {
  if (step->op == PM_FILL)
    return true;
  uint32_t room = step->op == PM_READ_BLOCK ? run->output_bytes : run->input_bytes;
  return step->data_offset % 8 == 0 && step->data_offset <= room &&
         (uint64_t)step->count * step->width <= room - step->data_offset;
}

static enum pm_status run_block(struct run *run, const struct pm_step *step) {
  struct pm_memory *memory = run->memory;
  bool fixed = step->op != PM_FILL && (step->flags & PM_FLAG_FIXED);
  enum pm_status status = check_address(run, step, fixed ? 1 : step->count);
  if (status != PM_OK)
    return status;
  if (!data_fits(run, step))
    return PM_BAD_PROGRAM;
  size_t done = 0;
  while (done < step->count) {
    uint64_t address = step->address + (fixed ? 0 : (uint64_t)done * step->width);
    size_t left = step->count - done;
    size_t available;
    run->outcome->elements = (uint32_t)done;
    if (cancelled(run))
      return fail_at(run, PM_CANCELLED, address);
    uint8_t *host =
        pm_memory_map(memory, address, fixed ? step->width : (uint64_t)left * step->width,
                      &available, &run->outcome->errno_value);
    if (!host)
      return fail_at(run, PM_MAP_FAILED, address);
    size_t count = fixed ? (left < FIXED_PIECE ? left : FIXED_PIECE) : available / step->width;
    size_t finished = run_piece(run, step, host, done, count);
    done += finished;
    if (finished < count) {
      run->outcome->elements = (uint32_t)done;
      status = fail_at(run, fault_status(memory),
                       step->address + (fixed ? 0 : (uint64_t)done * step->width));
      pm_memory_recover(memory);
      return status;
    }
  }
  return PM_OK;
}

static enum pm_status run_cache(struct run *run, const struct pm_step *step) {
  struct pm_memory *memory = run->memory;
  enum pm_status status = check_address(run, step, step->count);
  if (status != PM_OK)
    return status;
  if (step->width != 1 || (step->value != PM_CACHE_CLEAN && step->value != PM_CACHE_FLUSH))
    return PM_BAD_PROGRAM;
  struct pm_cache_control control;
  if (!pm_cache_find(&control))
    return fail_at(run, PM_NO_CACHE_CONTROL, step->address);
  for (uint32_t done = 0; done < step->count;) {
    size_t available;
    run->outcome->elements = done;
    if (cancelled(run))
      return fail_at(run, PM_CANCELLED, step->address + done);
    uint8_t *host = pm_memory_map(memory, step->address + done, step->count - done, &available,
                                  &run->outcome->errno_value);
    if (!host)
      return fail_at(run, PM_MAP_FAILED, step->address + done);
    done += (uint32_t)pm_cache_lines(&control, host, available, (enum pm_cache_action)step->value,
                                     &memory->fault);
    if (memory->flag) {
      run->outcome->elements = done;
      status = fail_at(run, fault_status(memory), step->address + done);
      pm_memory_recover(memory);
      return status;
    }
  }
  return PM_OK;
}

static enum pm_status run_step(struct run *run, const struct pm_step *step, uint64_t *cell) {
  if (cancelled(run))
    return PM_CANCELLED;
  if (pm_step_writes(step) && !run->memory->writable)
    return PM_BAD_PROGRAM;
  switch (step->op) {
  case PM_READ:
  case PM_WRITE:
  case PM_UPDATE:
  case PM_WAIT:
    return run_single(run, step, cell);
  case PM_READ_BLOCK:
  case PM_WRITE_BLOCK:
  case PM_FILL:
    return run_block(run, step);
  case PM_CACHE:
    return run_cache(run, step);
  case PM_DELAY:
    return pm_delay(step->timeout_ns, run->cancel) ? PM_OK : PM_CANCELLED;
  case PM_FENCE_STEP:
    PM_FENCE();
    return PM_OK;
  default:
    return PM_BAD_PROGRAM;
  }
}

static void run_steps(struct run *run, const struct pm_step *steps, uint32_t count,
                      uint64_t *cells) {
  enum pm_status status = PM_OK;
  uint32_t done = 0;
  while (status == PM_OK && done < count) {
    uint32_t left = count - done;
    if (steps[done].op == PM_READ && !cancelled(run))
      done += read_leading(run->memory, &steps[done], left < READ_PIECE ? left : READ_PIECE,
                           &cells[(size_t)done * 2]);
    if (done == count)
      break;
    status = run_step(run, &steps[done], &cells[(size_t)done * 2]);
    if (status == PM_OK)
      done++;
  }
  run->outcome->status = status;
  run->outcome->done = done;
  /* A fault that a cancellation kept from being looked at: the page goes back all the same. */
  if (run->memory->flag)
    pm_memory_recover(run->memory);
}

/*
 * In the last page of a regular file, bytes beyond its end read as zero and swallow writes without
 * a fault. When the file has shrunk under us, the first access that reached beyond is the failure.
 */
static void check_truncation(struct run *run, const struct pm_step *steps, uint32_t step_count) {
  struct pm_outcome *outcome = run->outcome;
  uint64_t present = pm_memory_present_length(run->memory);
  if (present >= run->memory->length)
    return;
  for (uint32_t i = 0; i <= outcome->done && i < step_count; i++) {
    const struct pm_step *step = &steps[i];
    if (!pm_step_accesses(step))
      continue;
    uint32_t all = pm_step_is_block(step) ? step->count : 1;
    uint32_t accesses = i < outcome->done ? all : outcome->elements;
    bool rises = pm_step_rises(step);
    uint64_t good = step->address < present ? (present - step->address) / step->width : 0;
    if (accesses <= (rises || !good ? good : accesses))
      continue;
    outcome->status = PM_FAULT_BUS;
    outcome->done = i;
    outcome->elements = (uint32_t)good;
    outcome->address = step->address + good * step->width;
    return;
  }
}

/*
 * Maps what the steps need, as far as so much is kept mapped: what the kernel refuses is then known
 * before the first access. Steps that are wrong in themselves are left to run_steps.
 */
static enum pm_status map_ahead(struct run *run, const struct pm_step *steps, uint32_t count) {
  for (uint32_t i = 0; i < count; i++) {
    const struct pm_step *step = &steps[i];
    if (!pm_step_accesses(step))
      continue;
    uint64_t extent = pm_step_extent(step);
    if (check_address(run, step, extent / (step->width ? step->width : 1)) != PM_OK)
      return PM_OK;
    for (uint64_t done = 0; done < extent && !pm_memory_holds_much(run->memory);) {
      size_t available;
      if (!pm_memory_map(run->memory, step->address + done, extent - done, &available,
                         &run->outcome->errno_value))
        return fail_at(run, PM_MAP_FAILED, step->address + done);
      done += available;
    }
  }
  return PM_OK;
}

/* NULL when the program is malformed. */
static const struct pm_step *find_steps(const struct pm_header *header, size_t program_bytes,
                                        uint64_t *input_offset) {
  if (program_bytes < sizeof *header || header->magic != PM_PROGRAM_MAGIC)
    return NULL;
  uint64_t body = sizeof *header + (uint64_t)header->step_count * sizeof(struct pm_step);
  if (body + header->input_bytes > program_bytes)
    return NULL;
  *input_offset = body;
  return (const struct pm_step *)(header + 1);
}

void pm_prepare(struct pm_memory *memory, const void *program, size_t program_bytes,
                struct pm_outcome *outcome) {
  const struct pm_header *header = program;
  uint64_t input_offset;
  *outcome = (struct pm_outcome){.status = PM_BAD_PROGRAM};
  const struct pm_step *steps = find_steps(header, program_bytes, &input_offset);
  if (!steps)
    return;
  struct run run = {.memory = memory, .outcome = outcome};
  outcome->status = map_ahead(&run, steps, header->step_count);
}

void pm_run(struct pm_memory *memory, const void *program, size_t program_bytes, uint64_t *cells,
            size_t cell_count, uint8_t *data, size_t data_bytes, const atomic_int *cancel,
            struct pm_outcome *outcome) {
  const struct pm_header *header = program;
  uint64_t input_offset;
  *outcome = (struct pm_outcome){.status = PM_BAD_PROGRAM};
  const struct pm_step *steps = find_steps(header, program_bytes, &input_offset);
  if (!steps || header->output_bytes > data_bytes || header->step_count > cell_count / 2)
    return;
  struct run run = {.memory = memory,
                    .input = (const uint8_t *)program + input_offset,
                    .input_bytes = header->input_bytes,
                    .output = data,
                    .output_bytes = header->output_bytes,
                    .cancel = cancel,
                    .outcome = outcome};
  if (pm_steps_write(steps, header->step_count)) {
    outcome->status = map_ahead(&run, steps, header->step_count);
    if (outcome->status != PM_OK)
      return;
  }
  run_steps(&run, steps, header->step_count, cells);
  if (memory->regular_file)
    check_truncation(&run, steps, header->step_count);
}
