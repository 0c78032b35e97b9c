/* Runs programs that were checked. */
#include "program.h"
#include "access.h"
#include "cache.h"
#include "memory.h"
#include "transfer.h"

#include <string.h>

/* Elements of a block between two looks at the cancellation. */
#define BLOCK_PIECE 65536u

/* Reads between two looks at the cancellation. */
#define READ_PIECE 1024u

struct run {
  struct pm_memory *memory;
  const struct pm_program *program;
  uint8_t *const *hosts; /* by step; NULL when addresses are looked up one by one */
  const struct pm_results *results;
  atomic_int *cancel;
  struct pm_outcome *outcome;
  bool at_once;      /* gives up where it would have to wait */
  uint64_t since_ns; /* of a wait that goes on, when it began; or 0 */
  uint32_t accesses; /* of the step under way: elements, or loads of a wait, as far as is known */
};

static bool is_set(void *cancel) {
  return cancel && atomic_load_explicit((atomic_int *)cancel, memory_order_relaxed);
}

static bool cancelled(const struct run *run) { return is_set(run->cancel); }

static enum pm_status fail_at(struct run *run, enum pm_status status, uint64_t address) {
  run->outcome->address = address;
  return status;
}

/* After a fault was seen. */
static enum pm_status faulted(struct run *run, uint64_t address) {
  enum pm_status status = run->memory->flag == PM_FLAG_BUS ? PM_FAULT_BUS : PM_FAULT_SEGV;
  pm_memory_recover(run->memory);
  return fail_at(run, status, address);
}

static enum pm_status run_wait(struct run *run, const struct pm_step *step, uint8_t *host,
                               uint64_t *cell) {
  struct pm_wait wait = {.width = step->width,
                         .mask = step->mask,
                         .equals = step->value,
                         .negate = step->flags & PM_FLAG_NEGATE,
                         .timeout_ns = step->timeout_ns,
                         .interval_us = step->interval_us,
                         .since_ns = run->since_ns};
  run->since_ns = 0;
  /* Zeros past the end of a file that shrank would be waited on until the time is over. */
  if (run->memory->regular_file &&
      step->address + step->width > pm_memory_present_length(run->memory))
    return fail_at(run, PM_FAULT_BUS, step->address);
  run->accesses = 1;
  const struct pm_fault *fault = &run->memory->fault;
  struct pm_stop stop = {is_set, run->cancel};
  switch (run->at_once ? pm_wait_look(host, &wait, fault, &cell[0], &cell[1])
                       : pm_wait(host, &wait, fault, &stop, &cell[0], &cell[1])) {
  case PM_WAIT_TIMEOUT:
    return fail_at(run, PM_TIMED_OUT, step->address);
  case PM_WAIT_CANCELLED:
    return fail_at(run, PM_CANCELLED, step->address);
  case PM_WAIT_UNMET:
    run->memory->wait_since = wait.since_ns;
    return PM_PENDING;
  case PM_WAIT_MET:
  case PM_WAIT_FAULT:
    break;
  }
  return PM_OK; /* the flag tells */
}

/* Steps that make one or two accesses at one address. */
static enum pm_status run_single(struct run *run, const struct pm_step *step, uint64_t *cell) {
  struct pm_memory *memory = run->memory;
  uint8_t *host = run->hosts ? run->hosts[step - run->program->steps]
                             : pm_memory_find(memory, step->address, &run->outcome->errno_value);
  enum pm_status status = PM_OK;
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
  return memory->flag ? faulted(run, step->address) : status;
}

/* One piece of a block that lies in one mapping: returns the elements that were done. */
static size_t run_piece(struct run *run, const struct pm_step *step, uint8_t *host, size_t from,
                        size_t count) {
  const struct pm_fault *fault = &run->memory->fault;
  bool fixed = step->flags & PM_FLAG_FIXED;
  size_t data = step->data_offset + from * step->width;
  struct pm_cache_control control;
  switch (step->op) {
  case PM_READ_BLOCK:
    return pm_load_block(host, step->width, count, fixed, run->results->data + data, fault);
  case PM_WRITE_BLOCK:
    return pm_store_block(host, step->width, count, fixed, run->program->input + data, fault);
  case PM_FILL:
    return pm_fill_block(host, step->width, count, step->value, fault);
  default:
    pm_cache_find(&control);
    return pm_cache_lines(&control, host, count, (enum pm_cache_action)step->value, fault);
  }
}

/* Where a block notes what it passes over; NULL when it ends at the first fault. */
static uint8_t *skip_map(const struct run *run, const struct pm_step *step) {
  if (step->op != PM_READ_BLOCK || !(step->flags & PM_FLAG_SKIP))
    return NULL;
  uint8_t *map = run->results->data + step->data_offset + pm_skip_map_offset(step);
  memset(map, 0, ((size_t)step->count + 7) / 8);
  return map;
}

/* Whether the fault is of the next element alone: then it is noted, and done. */
static bool pass_over(struct run *run, uint8_t *map) {
  if (!map || run->memory->flag != PM_FLAG_BUS || run->memory->regular_file)
    return false;
  pm_memory_recover(run->memory);
  map[run->accesses / 8] |= (uint8_t)(1u << run->accesses % 8);
  run->accesses++;
  return true;
}

static enum pm_status run_block(struct run *run, const struct pm_step *step) {
  bool rises = pm_step_rises(step);
  uint8_t *map = skip_map(run, step);
  while (run->accesses < step->count) {
    uint32_t left = step->count - run->accesses;
    uint64_t address = step->address + (rises ? (uint64_t)run->accesses * step->width : 0);
    size_t available;
    if (cancelled(run))
      return fail_at(run, PM_CANCELLED, address);
    uint8_t *host = pm_memory_map(run->memory, address, (uint64_t)(rises ? left : 1) * step->width,
                                  &available, &run->outcome->errno_value);
    if (!host)
      return fail_at(run, PM_MAP_FAILED, address);
    size_t mapped = rises ? available / step->width : left;
    size_t count = mapped < BLOCK_PIECE ? mapped : BLOCK_PIECE;
    size_t done = run_piece(run, step, host, run->accesses, count);
    run->accesses += (uint32_t)done;
    if (run->memory->flag && !pass_over(run, map))
      return faulted(run, address + (rises ? (uint64_t)done * step->width : 0));
  }
  return PM_OK;
}

static enum pm_status run_step(struct run *run, const struct pm_step *step, uint64_t *cell) {
  switch (step->op) {
  case PM_DELAY:
    if (run->at_once)
      return PM_PENDING;
    return pm_delay(step->timeout_ns, &(struct pm_stop){is_set, run->cancel}) ? PM_OK
                                                                              : PM_CANCELLED;
  case PM_FENCE_STEP:
    PM_FENCE();
    return PM_OK;
  default:
    return pm_step_is_block(step) ? run_block(run, step) : run_single(run, step, cell);
  }
}

/* Consecutive reads whose addresses are known: what most programs consist of. */
static enum pm_status run_reads(struct run *run) {
  const struct pm_results *results = run->results;
  const struct pm_fault *fault = &run->memory->fault;
  uint32_t first = run->outcome->done;
  uint32_t reads = run->program->reads[first];
  uint32_t count = reads < READ_PIECE ? reads : READ_PIECE;
  uint8_t *const *hosts = &run->hosts[first];
  const struct pm_step *steps = &run->program->steps[first];
  size_t done =
      results->words
          ? pm_load_words(hosts, steps->width, count, results->words + first, fault)
          : pm_load_cells(hosts, steps->width, count, results->cells + 2 * (size_t)first, fault);
  run->outcome->done += (uint32_t)done;
  return done < count ? faulted(run, steps[done].address) : PM_OK;
}

static enum pm_status run_steps(struct run *run) {
  const struct pm_program *program = run->program;
  const struct pm_results *results = run->results;
  enum pm_status status = PM_OK;
  while (status == PM_OK && run->outcome->done < program->step_count) {
    uint32_t at = run->outcome->done;
    run->accesses = 0;
    if (cancelled(run))
      return PM_CANCELLED;
    if (run->hosts && program->reads[at]) {
      status = run_reads(run);
      continue;
    }
    uint64_t own[2] = {0};
    uint64_t *cell = results->words ? own : &results->cells[(size_t)at * 2];
    status = run_step(run, &program->steps[at], cell);
    if (status != PM_OK)
      break;
    if (results->words && program->steps[at].op == PM_READ)
      results->words[at] = (uint32_t)own[0];
    run->outcome->done++;
  }
  return status;
}

/*
 * In the last page of a regular file, bytes beyond its end read as zero and swallow writes without
 * a fault. When the file has shrunk under us, the first access that reached beyond is the failure.
 */
static void check_truncation(struct run *run) {
  struct pm_outcome *outcome = run->outcome;
  uint64_t present = pm_memory_present_length(run->memory);
  if (present >= run->memory->length)
    return;
  for (uint32_t i = 0; i <= outcome->done && i < run->program->step_count; i++) {
    const struct pm_step *step = &run->program->steps[i];
    if (!pm_step_accesses(step))
      continue;
    uint32_t all = pm_step_is_block(step) ? step->count : 1;
    uint32_t accesses = i < outcome->done ? all : run->accesses;
    uint64_t good = step->address < present ? (present - step->address) / step->width : 0;
    if (accesses <= (pm_step_rises(step) || !good ? good : accesses))
      continue;
    outcome->status = PM_FAULT_BUS;
    outcome->done = i;
    outcome->address = step->address + good * step->width;
    run->accesses = (uint32_t)good;
    return;
  }
}

static bool is_one_read_block(const struct pm_program *program) {
  return program->step_count == 1 && program->steps->op == PM_READ_BLOCK;
}

static bool has_room(const struct pm_program *program, const struct pm_results *results) {
  size_t steps = results->words ? results->count : results->count / 2;
  return program->step_count <= steps && program->output_bytes <= results->data_bytes &&
         (program->narrow || !results->words);
}

/* Runs the steps from `first` on; those before it are done. */
static void run_from(struct run *run, uint32_t first) {
  const struct pm_program *program = run->program;
  struct pm_outcome *outcome = run->outcome;
  run->since_ns = run->memory->wait_since;
  run->memory->wait_since = 0;
  *outcome = (struct pm_outcome){.status = PM_BAD_PROGRAM};
  if (first > program->step_count || !has_room(program, run->results))
    return;
  outcome->status = is_one_read_block(program)
                        ? pm_check_memory(run->memory, program, outcome)
                        : pm_ready(run->memory, program, outcome, &run->hosts);
  outcome->done = first;
  if (outcome->status != PM_OK)
    return;
  outcome->status = run_steps(run);
  if (run->memory->regular_file && program->accesses)
    check_truncation(run);
  outcome->step = outcome->done;
  if (outcome->done < program->step_count && pm_step_is_block(&program->steps[outcome->done]))
    outcome->elements = run->accesses;
}

void pm_run_checked(struct pm_memory *memory, const struct pm_program *program,
                    const struct pm_results *results, atomic_int *cancel,
                    struct pm_outcome *outcome) {
  memory->wait_since = 0;
  pm_run_rest(memory, program, results, 0, cancel, outcome);
}

void pm_run_at_once(struct pm_memory *memory, const struct pm_program *program,
                    const struct pm_results *results, struct pm_outcome *outcome) {
  struct run run = {.memory = memory,
                    .program = program,
                    .results = results,
                    .at_once = true,
                    .outcome = outcome};
  memory->wait_since = 0;
  run_from(&run, 0);
}

void pm_run_rest(struct pm_memory *memory, const struct pm_program *program,
                 const struct pm_results *results, uint32_t first, atomic_int *cancel,
                 struct pm_outcome *outcome) {
  struct run run = {.memory = memory,
                    .program = program,
                    .results = results,
                    .cancel = cancel,
                    .outcome = outcome};
  run_from(&run, first);
}

void pm_run(struct pm_memory *memory, const void *bytes, size_t length, uint64_t *cells,
            size_t cell_count, uint8_t *data, size_t data_bytes, atomic_int *cancel,
            struct pm_outcome *outcome) {
  struct pm_program *program = pm_program_check(bytes, length, outcome);
  struct pm_results results = {
      .cells = cells, .count = cell_count, .data = data, .data_bytes = data_bytes};
  if (!program)
    return;
  pm_run_checked(memory, program, &results, cancel, outcome);
  pm_program_free(program);
}
