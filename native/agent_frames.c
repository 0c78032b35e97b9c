#define _GNU_SOURCE
#include "agent_frames.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "agent_text.h"

/* How much may have come behind the request that is being answered. */
#define AHEAD_BYTES (64u << 10)
#define WATCH_US 20000

/* What a pipe holds of answers that nobody has read yet, where it can: a stream runs on meanwhile.
 */
#define PIPE_BYTES (256 << 10)

static int input, output;
static bool ended;

/* The request that is being answered stands at the start, and what came behind it behind. */
static _Alignas(8) uint8_t came[sizeof(struct pm_frame) + PM_FRAME_MOST + AHEAD_BYTES];
static volatile size_t came_bytes;
static size_t current_bytes; /* of the request, with its header; 0 when none is */

static _Alignas(8) uint8_t answer[sizeof(struct pm_frame) + PM_FRAME_MOST];
static size_t answer_bytes;

uint32_t agent_take32(struct agent_reader *reader) {
  uint32_t value = 0;
  const uint8_t *bytes = agent_take_bytes(reader, sizeof value);
  if (bytes)
    memcpy(&value, bytes, sizeof value);
  return value;
}

uint64_t agent_take64(struct agent_reader *reader) {
  uint64_t value = 0;
  const uint8_t *bytes = agent_take_bytes(reader, sizeof value);
  if (bytes)
    memcpy(&value, bytes, sizeof value);
  return value;
}

const uint8_t *agent_take_bytes(struct agent_reader *reader, size_t count) {
  const uint8_t *bytes = reader->at;
  if (reader->bad || count > reader->left) {
    reader->bad = true;
    return NULL;
  }
  reader->at += count;
  reader->left -= count;
  return bytes;
}

void agent_take_path(struct agent_reader *reader, uint32_t bytes, char path[AGENT_PATH_BYTES]) {
  const uint8_t *from = agent_take_bytes(reader, bytes);
  *path = 0;
  if (!from || bytes >= AGENT_PATH_BYTES || !bytes || *from != '/' ||
      memchr(from, 0, bytes) != NULL) {
    reader->bad = true;
    return;
  }
  memcpy(path, from, bytes);
  path[bytes] = 0;
}

/* Takes what there is, once; `ended` when there will be no more. */
static void read_some(void) {
  ssize_t count = read(input, came + came_bytes, sizeof came - came_bytes);
  if (count > 0)
    came_bytes += (size_t)count;
  else if (count == 0 || (errno != EINTR && errno != EAGAIN))
    ended = true;
}

static struct pm_frame frame_at(size_t at) {
  struct pm_frame frame;
  memcpy(&frame, came + at, sizeof frame);
  return frame;
}

enum agent_frame_end agent_next_frame(struct pm_frame *frame, struct agent_reader *contents) {
  memmove(came, came + current_bytes, came_bytes - current_bytes);
  came_bytes -= current_bytes;
  current_bytes = 0;
  for (;;) {
    if (came_bytes >= sizeof *frame) {
      *frame = frame_at(0);
      if (frame->bytes > PM_FRAME_MOST)
        return AGENT_INPUT_BROKEN;
      if (came_bytes - sizeof *frame >= frame->bytes) {
        current_bytes = sizeof *frame + frame->bytes;
        *contents = (struct agent_reader){.at = came + sizeof *frame, .left = frame->bytes};
        return AGENT_FRAME;
      }
    }
    if (ended)
      return came_bytes ? AGENT_INPUT_BROKEN : AGENT_INPUT_ENDED;
    struct pollfd ready = {.fd = input, .events = POLLIN};
    poll(&ready, 1, -1);
    read_some();
  }
}

atomic_int agent_cancel;
static volatile uint32_t watched_id;

/* Whether the watched request is cancelled by what came behind it. */
static bool is_cancelled(void) {
  size_t at = current_bytes;
  while (came_bytes - at >= sizeof(struct pm_frame)) {
    struct pm_frame frame = frame_at(at);
    uint32_t id;
    if (frame.bytes > PM_FRAME_MOST || frame.bytes > came_bytes - at - sizeof frame)
      return false;
    if (frame.kind == PM_ASK_CANCEL && frame.bytes == sizeof id) {
      memcpy(&id, came + at + sizeof frame, sizeof id);
      if (id == watched_id)
        return true;
    }
    at += sizeof frame + frame.bytes;
  }
  return false;
}

static void look_at_input(int signal_number) {
  int saved_errno = errno;
  (void)signal_number;
  struct pollfd ready = {.fd = input, .events = POLLIN};
  if (!ended && came_bytes < sizeof came && poll(&ready, 1, 0) > 0)
    read_some();
  if (ended || is_cancelled())
    atomic_store(&agent_cancel, 1);
  errno = saved_errno;
}

void agent_watch_input(uint32_t id) {
  struct sigaction action = {.sa_handler = look_at_input, .sa_flags = SA_RESTART};
  struct itimerval often = {.it_interval = {.tv_usec = WATCH_US},
                            .it_value = {.tv_usec = WATCH_US}};
  atomic_store(&agent_cancel, 0);
  watched_id = id;
  if (is_cancelled())
    atomic_store(&agent_cancel, 1);
  sigemptyset(&action.sa_mask);
  sigaction(SIGALRM, &action, NULL);
  setitimer(ITIMER_REAL, &often, NULL);
}

void agent_stop_watching(void) {
  struct itimerval never = {.it_value = {.tv_usec = 0}};
  struct sigaction nothing = {.sa_handler = SIG_IGN};
  setitimer(ITIMER_REAL, &never, NULL);
  sigaction(SIGALRM, &nothing, NULL);
}

bool agent_begin_frames(int in, int out, const struct pm_hello *hello) {
  input = in;
  output = out;
  ended = false;
  came_bytes = current_bytes = 0;
  fcntl(out, F_SETPIPE_SZ, PIPE_BYTES);
  return !agent_write_all(out, PM_AGENT_MARK, PM_AGENT_MARK_BYTES) &&
         !agent_write_all(out, hello, sizeof *hello);
}

void agent_begin_answer(const struct pm_frame *request, int error) {
  struct pm_frame head = {.kind = request->kind, .id = request->id};
  memcpy(answer, &head, sizeof head);
  answer_bytes = sizeof head;
  agent_put32((uint32_t)error);
}

size_t agent_room_left(void) { return sizeof answer - answer_bytes; }

uint8_t *agent_put_room(size_t count) {
  uint8_t *room = answer + answer_bytes;
  if (count > agent_room_left())
    return NULL;
  answer_bytes += count;
  return room;
}

void agent_put_bytes(const void *bytes, size_t count) {
  uint8_t *room = agent_put_room(count);
  if (room)
    memcpy(room, bytes, count);
}

void agent_put32(uint32_t value) { agent_put_bytes(&value, sizeof value); }

void agent_put64(uint64_t value) { agent_put_bytes(&value, sizeof value); }

void agent_take_back(size_t count) { answer_bytes -= count; }

bool agent_send_answer(void) {
  uint32_t bytes = (uint32_t)(answer_bytes - sizeof(struct pm_frame));
  memcpy(answer, &bytes, sizeof bytes);
  return !agent_write_all(output, answer, answer_bytes);
}
