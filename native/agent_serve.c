#define _GNU_SOURCE
#include "agent_serve.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "access.h"
#include "agent_error.h"
#include "agent_frames.h"
#include "agent_look.h"
#include "agent_nodes.h"
#include "agent_port.h"
#include "agent_words.h"
#include "engine.h"
#include "mapping.h"

/* Whether all of a request was read, and no more. */
static bool is_whole(const struct agent_reader *reader) { return !reader->bad && !reader->left; }

/* Each of these puts an answer, or returns an errno for one that has nothing else. */
typedef int answer_request(const struct pm_frame *frame, struct agent_reader *reader);

/* Answers one look-up. False when it does not fit behind the others. */
static bool put_look(uint32_t what, uint32_t most, const char *path, bool first) {
  uint32_t head[2];
  uint8_t *start = agent_put_room(sizeof head);
  if (!start)
    return false;
  size_t room = agent_room_left(), used;
  int error = agent_look_up(what, path, most, agent_put_room(room), room, &used);
  bool cut = what == PM_LOOK_BYTES && used == room && most > room;
  if (!first && (cut || error == EOVERFLOW)) {
    agent_take_back(room + sizeof head);
    return false;
  }
  if (error)
    used = 0;
  head[0] = (uint32_t)error;
  head[1] = (uint32_t)used;
  memcpy(start, head, sizeof head);
  agent_take_back(room - used);
  return true;
}

/* All of it is read before any path is looked at. */
static bool check_looks(struct agent_reader reader, uint32_t count) {
  static char path[AGENT_PATH_BYTES];
  for (uint32_t i = 0; i < count && !reader.bad; i++) {
    uint32_t what = agent_take32(&reader);
    agent_take32(&reader);
    agent_take_path(&reader, agent_take32(&reader), path);
    reader.bad = reader.bad || what < PM_LOOK_BYTES || what > PM_LOOK_REAL;
  }
  return count && is_whole(&reader);
}

static int look(const struct pm_frame *frame, struct agent_reader *reader) {
  static char path[AGENT_PATH_BYTES];
  uint32_t count = agent_take32(reader), answered = 0;
  if (!check_looks(*reader, count))
    return EBADMSG;
  agent_begin_answer(frame, 0);
  uint8_t *told = agent_put_room(sizeof answered);
  for (bool fits = true; fits && answered < count; answered += fits) {
    uint32_t what = agent_take32(reader), most = agent_take32(reader);
    agent_take_path(reader, agent_take32(reader), path);
    fits = put_look(what, most, path, !answered);
  }
  memcpy(told, &answered, sizeof answered);
  return 0;
}

static int open_node(const struct pm_frame *frame, struct agent_reader *reader) {
  static char path[AGENT_PATH_BYTES];
  struct pm_node_status status;
  uint32_t flags = agent_take32(reader), number;
  agent_take_path(reader, agent_take32(reader), path);
  if (!is_whole(reader) || flags & ~(uint32_t)(PM_OPEN_WRITE | PM_OPEN_CACHED))
    return EBADMSG;
  if (!agent_free_node(&number))
    return EMFILE;
  int fd, error = agent_open_path(path, flags, &fd, &status);
  if (error)
    return error;
  agent_keep_node(number, fd);
  agent_begin_answer(frame, 0);
  agent_put32(number);
  agent_put_bytes(&status, sizeof status);
  return 0;
}

static int close_request(const struct pm_frame *frame, struct agent_reader *reader) {
  uint32_t number = agent_take32(reader);
  if (!is_whole(reader))
    return EBADMSG;
  if (!agent_has_node(number))
    return EBADF;
  agent_close_node(number);
  agent_begin_answer(frame, 0);
  return 0;
}

static int make_memory(const struct pm_frame *frame, struct agent_reader *reader) {
  uint32_t node = agent_take32(reader), flags = agent_take32(reader), number;
  uint64_t base = agent_take64(reader), length = agent_take64(reader);
  const uint32_t known = PM_MEMORY_WRITABLE | PM_MEMORY_REGULAR | PM_MEMORY_WHOLE;
  bool fits = base % 8 == 0 && !(flags & PM_MEMORY_WHOLE && length == UINT64_MAX);
  if (!is_whole(reader) || flags & ~known || !fits)
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

static int forget_request(const struct pm_frame *frame, struct agent_reader *reader) {
  uint32_t number = agent_take32(reader);
  if (!is_whole(reader))
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

/* Runs a program into the answer, behind `told`. */
static void run_into_answer(struct pm_memory *memory, const uint8_t *bytes, size_t count,
                            uint8_t *told, uint32_t id) {
  struct pm_outcome outcome;
  struct pm_program *program = pm_program_check(bytes, count, &outcome);
  if (program) {
    const struct pm_header *header = (const struct pm_header *)(const void *)bytes;
    struct pm_results results = {.count = 2 * (size_t)header->step_count,
                                 .data_bytes = header->output_bytes};
    size_t cells = results.count * sizeof *results.cells;
    size_t room = agent_room_left();
    if (cells > room || results.data_bytes > room - cells) {
      outcome.status = PM_BAD_PROGRAM;
    } else {
      results.cells = (uint64_t *)(void *)agent_put_room(cells);
      results.data = agent_put_room(results.data_bytes);
      memset(results.cells, 0, cells);
      memset(results.data, 0, results.data_bytes);
      agent_watch_input(id);
      pm_run_checked(memory, program, &results, &agent_cancel, &outcome);
      agent_stop_watching();
    }
    pm_program_free(program);
  }
  struct pm_told wire = tell(&outcome);
  memcpy(told, &wire, sizeof wire);
}

static int run(const struct pm_frame *frame, struct agent_reader *reader) {
  uint32_t number = agent_take32(reader);
  bool zero = !agent_take32(reader);
  if (reader->bad || !zero)
    return EBADMSG;
  struct pm_memory *memory = agent_find_memory(number);
  if (!memory)
    return EBADF;
  agent_begin_answer(frame, 0);
  agent_put32(0);
  uint8_t *told = agent_put_room(sizeof(struct pm_told));
  run_into_answer(memory, reader->at, reader->left, told, frame->id);
  return 0;
}

static int prepare(const struct pm_frame *frame, struct agent_reader *reader) {
  uint32_t number = agent_take32(reader);
  bool zero = !agent_take32(reader);
  struct pm_outcome outcome;
  if (reader->bad || !zero)
    return EBADMSG;
  struct pm_memory *memory = agent_find_memory(number);
  if (!memory)
    return EBADF;
  struct pm_program *program = pm_program_check(reader->at, reader->left, &outcome);
  if (program)
    pm_prepare(memory, program, &outcome);
  pm_program_free(program);
  struct pm_told wire = tell(&outcome);
  agent_begin_answer(frame, 0);
  agent_put32(0);
  agent_put_bytes(&wire, sizeof wire);
  return 0;
}

static int read_node(const struct pm_frame *frame, struct agent_reader *reader) {
  uint32_t number = agent_take32(reader), bytes = agent_take32(reader);
  uint64_t offset = agent_take64(reader);
  if (!is_whole(reader) || offset > INT64_MAX)
    return EBADMSG;
  if (!agent_has_node(number))
    return EBADF;
  agent_begin_answer(frame, 0);
  uint8_t *told = agent_put_room(sizeof bytes);
  if (bytes > agent_room_left())
    return EMSGSIZE;
  ssize_t count = pread(agent_node_fd(number), agent_put_room(bytes), bytes, (off_t)offset);
  if (count < 0)
    return errno;
  agent_take_back(bytes - (size_t)count);
  bytes = (uint32_t)count;
  memcpy(told, &bytes, sizeof bytes);
  return 0;
}

static int write_node(const struct pm_frame *frame, struct agent_reader *reader) {
  uint32_t number = agent_take32(reader), bytes = agent_take32(reader);
  uint64_t offset = agent_take64(reader);
  const uint8_t *from = agent_take_bytes(reader, bytes);
  if (!is_whole(reader) || offset > INT64_MAX)
    return EBADMSG;
  if (!agent_has_node(number))
    return EBADF;
  ssize_t count = pwrite(agent_node_fd(number), from, bytes, (off_t)offset);
  if (count < 0)
    return errno;
  agent_begin_answer(frame, 0);
  agent_put32((uint32_t)count);
  return 0;
}

static int tell_words(const struct pm_frame *frame, struct agent_reader *reader) {
  uint32_t number = agent_take32(reader), zero = agent_take32(reader), ended;
  uint64_t first = agent_take64(reader), count = agent_take64(reader);
  uint64_t mask = agent_take64(reader);
  const uint64_t most = INT64_MAX / sizeof(uint64_t);
  struct agent_walk walk;
  if (!is_whole(reader) || zero || first > most || count > most - first)
    return EBADMSG;
  if (!agent_has_node(number))
    return EBADF;
  agent_begin_answer(frame, 0);
  uint8_t *told = agent_put_room(sizeof ended + sizeof walk.walked);
  int error = agent_walk_words(agent_node_fd(number), first, count, mask, &walk);
  if (error)
    return error;
  ended = walk.ended;
  memcpy(told, &ended, sizeof ended);
  memcpy(told + sizeof ended, &walk.walked, sizeof walk.walked);
  return 0;
}

static int scan(const struct pm_frame *frame, struct agent_reader *reader) {
  uint32_t number = agent_take32(reader), zero = agent_take32(reader);
  uint64_t start = agent_take64(reader), end = agent_take64(reader);
  uint64_t categories = agent_take64(reader);
  bool found;
  if (!is_whole(reader) || zero)
    return EBADMSG;
  if (!agent_has_node(number))
    return EBADF;
  int error = agent_scan_pages(agent_node_fd(number), start, end, categories, &found);
  if (error)
    return error;
  agent_begin_answer(frame, 0);
  agent_put32(found);
  return 0;
}

static int use_port(const struct pm_frame *frame, struct agent_reader *reader) {
  uint32_t what = agent_take32(reader), port = agent_take32(reader);
  uint32_t bytes = agent_take32(reader), value = agent_take32(reader);
  const uint32_t ports = 0x10000;
  if (!is_whole(reader) || what < PM_PORT_ALLOW || what > PM_PORT_OUT || port >= ports || !bytes ||
      bytes > ports - port)
    return EBADMSG;
  bool is_access = what != PM_PORT_ALLOW;
  bool is_width = (bytes == 1 || bytes == 2 || bytes == 4) && port % bytes == 0;
  bool fits = bytes >= 4 || value >> 8 * bytes == 0;
  if ((is_access && !is_width) || (what == PM_PORT_OUT ? !fits : value))
    return EBADMSG;
  int error = agent_use_port(what, port, bytes, &value);
  if (error)
    return error;
  agent_begin_answer(frame, 0);
  agent_put32(what == PM_PORT_IN ? value : 0);
  return 0;
}

/* What a stream reads in one piece: its answer fits with room for what is passed over. */
#define PIECE_BYTES (64u << 10)

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

/* Reads one piece and puts the answer. Returns whether another follows. */
static bool put_piece(const struct pm_frame *frame, struct pm_memory *memory, struct piece *piece,
                      bool last) {
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
  memcpy(more, &follows, sizeof follows);
  memcpy(told, &wire, sizeof wire);
  return follows;
}

static int stream(const struct pm_frame *frame, struct agent_reader *reader) {
  uint32_t number = agent_take32(reader), width = agent_take32(reader);
  uint32_t flags = agent_take32(reader), zero = agent_take32(reader);
  uint64_t address = agent_take64(reader), elements = agent_take64(reader);
  bool fits = width && width <= 8 && elements && elements <= (UINT64_MAX - address) / width;
  if (!is_whole(reader) || zero || flags & ~(PM_FLAG_FIXED | PM_FLAG_SKIP) || !fits)
    return EBADMSG;
  struct pm_memory *memory = agent_find_memory(number);
  if (!memory)
    return EBADF;
  struct piece piece = {.header = {.magic = PM_PROGRAM_MAGIC, .step_count = 1},
                        .step = {.op = PM_READ_BLOCK,
                                 .width = (uint8_t)width,
                                 .flags = (uint8_t)flags,
                                 .address = address}};
  /* All the time, since a piece takes less than it takes until the first look. */
  agent_watch_input(frame->id);
  bool follows = true;
  while (follows) {
    uint32_t most = PIECE_BYTES / width;
    piece.step.count = elements < most ? (uint32_t)elements : most;
    elements -= piece.step.count;
    follows = put_piece(frame, memory, &piece, !elements);
    if (follows && !agent_send_answer())
      break;
    piece.step.address += flags & PM_FLAG_FIXED ? 0 : (uint64_t)piece.step.count * width;
  }
  agent_stop_watching();
  return follows ? EPIPE : 0;
}

static answer_request *const requests[] = {
    [PM_ASK_LOOK] = look,          [PM_ASK_OPEN] = open_node,        [PM_ASK_CLOSE] = close_request,
    [PM_ASK_MEMORY] = make_memory, [PM_ASK_FORGET] = forget_request, [PM_ASK_RUN] = run,
    [PM_ASK_PREPARE] = prepare,    [PM_ASK_READ] = read_node,        [PM_ASK_WRITE] = write_node,
    [PM_ASK_STREAM] = stream,      [PM_ASK_WORDS] = tell_words,      [PM_ASK_SCAN] = scan,
    [PM_ASK_PORT] = use_port,
};

#define KINDS (sizeof requests / sizeof *requests)

static bool answer_frame(const struct pm_frame *frame, struct agent_reader *reader) {
  /* Too late: what it would end is done. */
  if (frame->kind == PM_ASK_CANCEL)
    return true;
  answer_request *request = frame->kind < KINDS ? requests[frame->kind] : NULL;
  int error = request && !frame->zero ? request(frame, reader) : EBADMSG;
  if (error)
    agent_begin_answer(frame, error);
  return agent_send_answer();
}

#if defined(__x86_64__)
#define CPU "x64"
#elif defined(__aarch64__)
#define CPU "arm64"
#elif defined(__arm__)
#define CPU "arm"
#else
#define CPU "riscv64"
#endif

int agent_serve(int in, int out) {
  struct pm_hello hello = {.version = PM_AGENT_VERSION,
                           .page_size = (uint32_t)pm_page_size(),
                           .abilities = (PM_HAS_64BIT_ACCESS ? PM_HAS_ACCESS_64 : 0) |
                                        (PM_HAS_CACHE_CONTROL ? PM_HAS_CACHE_LINES : 0),
                           .uid = geteuid(),
                           .frame_most = PM_FRAME_MOST,
                           .cpu = CPU};
  struct pm_frame frame;
  struct agent_reader reader;
  enum agent_frame_end end = AGENT_INPUT_ENDED;
  if (agent_begin_frames(in, out, &hello))
    while ((end = agent_next_frame(&frame, &reader)) == AGENT_FRAME &&
           answer_frame(&frame, &reader))
      ;
  agent_close_nodes();
  return end == AGENT_INPUT_BROKEN ? AGENT_USAGE : AGENT_DONE;
}
