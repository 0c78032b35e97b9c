#include "agent_requests.h"

#include <errno.h>
#include <string.h>

#include "agent_lock.h"

/* All paths are looked at before the file of the first is opened. */
static bool are_paths(struct agent_reader reader, uint32_t count, char path[AGENT_PATH_BYTES]) {
  for (uint32_t i = 0; i < count; i++)
    agent_take_path(&reader, agent_take32(&reader), path);
  return agent_is_whole(&reader);
}

int agent_ask_lock(const struct pm_frame *frame, struct agent_reader *reader) {
  static char path[AGENT_PATH_BYTES];
  uint32_t wait_ms = agent_take32(reader), count = agent_take32(reader), tried = 0;
  if (wait_ms > PM_LOCK_WAIT_MOST || !count || count > PM_LOCKS_MOST ||
      !are_paths(*reader, count, path))
    return EBADMSG;
  if (agent_is_locked_out())
    return EBUSY;
  agent_begin_answer(frame, 0);
  uint8_t *told = agent_put_room(sizeof tried);
  agent_watch_input(frame->id);
  for (; tried < count && !agent_is_locked_out(); tried++) {
    uint32_t detail;
    agent_take_path(reader, agent_take32(reader), path);
    agent_put32(agent_take_lock(path, wait_ms, &detail));
    agent_put32(detail);
  }
  agent_stop_watching();
  memcpy(told, &tried, sizeof tried);
  return 0;
}

int agent_ask_unlock(const struct pm_frame *frame, struct agent_reader *reader) {
  if (!agent_is_whole(reader))
    return EBADMSG;
  agent_leave_locks();
  agent_begin_answer(frame, 0);
  return 0;
}
