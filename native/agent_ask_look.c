#include "agent_requests.h"

#include <errno.h>
#include <string.h>

#include "agent_look.h"

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
    reader.bad = reader.bad || what < PM_LOOK_BYTES || what > PM_LOOK_WORD;
  }
  return count && agent_is_whole(&reader);
}

int agent_ask_look(const struct pm_frame *frame, struct agent_reader *reader) {
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
