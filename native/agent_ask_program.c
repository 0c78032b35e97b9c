#include "agent_requests.h"

#include <errno.h>
#include <string.h>

#include "agent_lock.h"
#include "agent_nodes.h"
#include "agent_program.h"
#include "engine.h"
#include "program.h"

int agent_ask_memory(const struct pm_frame *frame, struct agent_reader *reader) {
  uint32_t node = agent_take32(reader), flags = agent_take32(reader), number;
  uint64_t base = agent_take64(reader), length = agent_take64(reader);
  const uint32_t known = PM_MEMORY_WRITABLE | PM_MEMORY_REGULAR | PM_MEMORY_WHOLE;
  bool fits = base % 8 == 0 && !(flags & PM_MEMORY_WHOLE && length == UINT64_MAX);
  if (!agent_is_whole(reader) || flags & ~known || !fits)
    return EBADMSG;
  if (!agent_has_node(node))
    return EBADF;
  int error = agent_add_memory(node, flags, base, length, &number);
  if (error)
    return error;
  agent_begin_answer(frame, 0);
  agent_put32(number);
  return 0;
}

int agent_ask_forget(const struct pm_frame *frame, struct agent_reader *reader) {
  uint32_t number = agent_take32(reader);
  if (!agent_is_whole(reader))
    return EBADMSG;
  if (!agent_find_memory(number))
    return EBADF;
  agent_forget_memory(number);
  agent_begin_answer(frame, 0);
  return 0;
}

static struct pm_told tell(const struct pm_outcome *outcome) {
  return (struct pm_told){.status = outcome->status,
                          .done = outcome->done,
                          .step = outcome->step,
                          .elements = outcome->elements,
                          .errno_value = outcome->errno_value,
                          .address = outcome->address};
}

/* Room for the results of a program, in the answer; false when it is too little. */
static bool put_results(const struct pm_program *program, bool words, struct pm_results *results) {
  size_t count = words ? program->step_count : 2 * (size_t)program->step_count;
  size_t bytes = words ? (count * sizeof(uint32_t) + 7) & ~(size_t)7 : count * sizeof(uint64_t);
  size_t room = agent_room_left();
  if (bytes > room || program->output_bytes > room - bytes)
    return false;
  void *values = agent_put_room(bytes);
  *results = (struct pm_results){.count = count,
                                 .data = agent_put_room(program->output_bytes),
                                 .data_bytes = program->output_bytes};
  if (words)
    results->words = values;
  else
    results->cells = values;
  memset(values, 0, bytes);
  memset(results->data, 0, results->data_bytes);
  return true;
}

/* Runs a program into the answer. */
static void run_into_answer(struct pm_memory *memory, const struct pm_program *program, bool words,
                            uint32_t id, struct pm_outcome *outcome) {
  struct pm_results results;
  if (!put_results(program, words, &results)) {
    outcome->status = PM_BAD_PROGRAM;
    return;
  }
  agent_watch_input(id);
  pm_run_checked(memory, program, &results, &agent_cancel, outcome);
  agent_stop_watching();
}

int agent_ask_run(const struct pm_frame *frame, struct agent_reader *reader) {
  uint32_t number = agent_take32(reader), flags = agent_take32(reader);
  const struct pm_program *program;
  struct pm_outcome outcome;
  if (reader->bad || flags & ~(uint32_t)(PM_RUN_PACKED | PM_RUN_WORDS | PM_RUN_LOCKED) ||
      !agent_take_program(reader, flags, &program, &outcome))
    return EBADMSG;
  struct pm_memory *memory = agent_find_memory(number);
  if (!memory)
    return EBADF;
  if (flags & PM_RUN_LOCKED && agent_is_locked_out())
    return EBUSY;
  agent_begin_answer(frame, 0);
  agent_put32(0);
  uint8_t *told = agent_put_room(sizeof(struct pm_told));
  if (program)
    run_into_answer(memory, program, flags & PM_RUN_WORDS, frame->id, &outcome);
  struct pm_told wire = tell(&outcome);
  memcpy(told, &wire, sizeof wire);
  return 0;
}

int agent_ask_prepare(const struct pm_frame *frame, struct agent_reader *reader) {
  uint32_t number = agent_take32(reader), flags = agent_take32(reader);
  const struct pm_program *program;
  struct pm_outcome outcome;
  if (reader->bad || flags & ~(uint32_t)PM_RUN_PACKED ||
      !agent_take_program(reader, flags, &program, &outcome))
    return EBADMSG;
  struct pm_memory *memory = agent_find_memory(number);
  if (!memory)
    return EBADF;
  if (program)
    pm_prepare(memory, program, &outcome);
  struct pm_told wire = tell(&outcome);
  agent_begin_answer(frame, 0);
  agent_put32(0);
  agent_put_bytes(&wire, sizeof wire);
  return 0;
}

/* What a stream reads in one piece: its answer fits with room for what is passed over, a bit for a
 * byte. */
#define PIECE_BYTES (112u << 10)

/* A program of one read block. */
struct piece {
  struct pm_header header;
  struct pm_step step;
};

static uint32_t data_bytes(const struct pm_step *step) {
  if (step->flags & PM_FLAG_SKIP)
    return (uint32_t)pm_skip_map_offset(step) + (step->count + 7) / 8;
  return step->count * step->width;
}

/* Reads one piece and puts the answer. Returns whether another follows; `whole` becomes whether the
 * last was read. */
static bool put_piece(const struct pm_frame *frame, struct pm_memory *memory, struct piece *piece,
                      bool last, bool *whole) {
  struct pm_step *step = &piece->step;
  uint64_t cells[2] = {0};
  struct pm_outcome outcome;
  piece->header.output_bytes = data_bytes(step);
  agent_begin_answer(frame, 0);
  uint8_t *more = agent_put_room(sizeof(uint32_t));
  uint8_t *told = agent_put_room(sizeof(struct pm_told));
  agent_put32(step->count);
  agent_put32(0);
  uint8_t *data = agent_put_room(piece->header.output_bytes);
  pm_run(memory, piece, sizeof *piece, cells, 2, data, piece->header.output_bytes, &agent_cancel,
         &outcome);
  /* Without what was not read: of a piece that failed nothing is told behind its last element. */
  if (outcome.status != PM_OK && !(step->flags & PM_FLAG_SKIP))
    agent_take_back(piece->header.output_bytes - outcome.elements * step->width);
  struct pm_told wire = tell(&outcome);
  uint32_t follows = outcome.status == PM_OK && !last;
  *whole = outcome.status == PM_OK && last;
  memcpy(more, &follows, sizeof follows);
  memcpy(told, &wire, sizeof wire);
  return follows;
}

/* Whether the stream before was read to its end. */
static bool is_whole;

int agent_ask_stream(const struct pm_frame *frame, struct agent_reader *reader) {
  uint32_t number = agent_take32(reader), width = agent_take32(reader);
  uint32_t flags = agent_take32(reader), zero = agent_take32(reader);
  uint64_t address = agent_take64(reader), elements = agent_take64(reader);
  const uint32_t of_step = PM_FLAG_FIXED | PM_FLAG_SKIP;
  bool fits = width && width <= 8 && elements && elements <= (UINT64_MAX - address) / width;
  bool is_wanted = is_whole || !(flags & PM_STREAM_BEHIND);
  is_whole = false;
  if (!agent_is_whole(reader) || zero || flags & ~(of_step | PM_STREAM_BEHIND) || !fits)
    return EBADMSG;
  struct pm_memory *memory = agent_find_memory(number);
  if (!memory)
    return EBADF;
  if (!is_wanted)
    return EINTR;
  struct piece piece = {.header = {.magic = PM_PROGRAM_MAGIC, .step_count = 1},
                        .step = {.op = PM_READ_BLOCK,
                                 .width = (uint8_t)width,
                                 .flags = (uint8_t)(flags & of_step),
                                 .address = address}};
  /* All the time, since a piece takes less than it takes until the first look. */
  agent_watch_input(frame->id);
  bool follows = true, is_sent = true;
  while (follows && is_sent) {
    uint32_t most = PIECE_BYTES / width;
    piece.step.count = elements < most ? (uint32_t)elements : most;
    elements -= piece.step.count;
    follows = put_piece(frame, memory, &piece, !elements, &is_whole);
    is_sent = !follows || agent_send_answer();
    piece.step.address += flags & PM_FLAG_FIXED ? 0 : (uint64_t)piece.step.count * width;
  }
  agent_stop_watching();
  return is_sent ? 0 : EPIPE;
}
