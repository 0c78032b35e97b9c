#define _GNU_SOURCE
#include "agent_requests.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "agent_fresh_node.h"
#include "agent_look.h"
#include "agent_nodes.h"
#include "agent_words.h"

int agent_ask_open(const struct pm_frame *frame, struct agent_reader *reader) {
  static char path[AGENT_PATH_BYTES];
  struct pm_node_status status;
  uint32_t flags = agent_take32(reader), number;
  agent_take_path(reader, agent_take32(reader), path);
  const uint32_t known = PM_OPEN_WRITE | PM_OPEN_CACHED | PM_OPEN_WRITE_ONLY;
  if (!agent_is_whole(reader) || flags & ~known)
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

int agent_ask_fresh_node(const struct pm_frame *frame, struct agent_reader *reader) {
  uint32_t minor = agent_take32(reader);
  int error = 0;
  if (!agent_is_whole(reader) || minor > 15)
    return EBADMSG;
  bool made = agent_try_fresh_node(minor, &error);
  agent_begin_answer(frame, 0);
  agent_put32(made);
  agent_put32((uint32_t)error);
  return 0;
}

int agent_ask_close(const struct pm_frame *frame, struct agent_reader *reader) {
  uint32_t number = agent_take32(reader);
  if (!agent_is_whole(reader))
    return EBADMSG;
  if (!agent_has_node(number))
    return EBADF;
  agent_close_node(number);
  agent_begin_answer(frame, 0);
  return 0;
}

int agent_ask_read(const struct pm_frame *frame, struct agent_reader *reader) {
  uint32_t number = agent_take32(reader), bytes = agent_take32(reader);
  uint64_t offset = agent_take64(reader);
  if (!agent_is_whole(reader) || offset > INT64_MAX)
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

int agent_ask_write(const struct pm_frame *frame, struct agent_reader *reader) {
  uint32_t number = agent_take32(reader), bytes = agent_take32(reader);
  uint64_t offset = agent_take64(reader);
  const uint8_t *from = agent_take_bytes(reader, bytes);
  if (!agent_is_whole(reader) || offset > INT64_MAX)
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

int agent_ask_words(const struct pm_frame *frame, struct agent_reader *reader) {
  uint32_t number = agent_take32(reader), zero = agent_take32(reader), ended;
  uint64_t first = agent_take64(reader), count = agent_take64(reader);
  uint64_t mask = agent_take64(reader);
  const uint64_t most = INT64_MAX / sizeof(uint64_t);
  struct agent_walk walk;
  if (!agent_is_whole(reader) || zero || first > most || count > most - first)
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

int agent_ask_scan(const struct pm_frame *frame, struct agent_reader *reader) {
  uint32_t number = agent_take32(reader), zero = agent_take32(reader);
  uint64_t start = agent_take64(reader), end = agent_take64(reader);
  uint64_t categories = agent_take64(reader);
  bool found;
  if (!agent_is_whole(reader) || zero)
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
