#include "agent_serve.h"

#include <errno.h>
#include <unistd.h>

#include "access.h"
#include "agent_error.h"
#include "agent_lock.h"
#include "agent_nodes.h"
#include "agent_requests.h"
#include "cache.h"
#include "engine.h"
#include "mapping.h"

static agent_request *const requests[] = {
    [PM_ASK_LOOK] = agent_ask_look,
    [PM_ASK_OPEN] = agent_ask_open,
    [PM_ASK_CLOSE] = agent_ask_close,
    [PM_ASK_MEMORY] = agent_ask_memory,
    [PM_ASK_FORGET] = agent_ask_forget,
    [PM_ASK_RUN] = agent_ask_run,
    [PM_ASK_PREPARE] = agent_ask_prepare,
    [PM_ASK_READ] = agent_ask_read,
    [PM_ASK_WRITE] = agent_ask_write,
    [PM_ASK_STREAM] = agent_ask_stream,
    [PM_ASK_WORDS] = agent_ask_words,
    [PM_ASK_SCAN] = agent_ask_scan,
    [PM_ASK_PORT] = agent_ask_port,
    [PM_ASK_LOCK] = agent_ask_lock,
    [PM_ASK_UNLOCK] = agent_ask_unlock,
    [PM_ASK_I2C] = agent_ask_i2c,
    [PM_ASK_FRESH_NODE] = agent_ask_fresh_node,
};

#define KINDS (sizeof requests / sizeof *requests)

static bool answer_frame(const struct pm_frame *frame, struct agent_reader *reader) {
  /* Too late: what it would end is done. */
  if (frame->kind == PM_ASK_CANCEL)
    return true;
  agent_request *request = frame->kind < KINDS ? requests[frame->kind] : NULL;
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

static void name(char (*to)[16], const char *text) {
  for (size_t at = 0; at < sizeof *to - 1 && text[at]; at++)
    (*to)[at] = text[at];
}

static void tell_caches(struct pm_hello *hello) {
  struct pm_cache_control control;
  if (!pm_cache_find(&control))
    return;
  hello->cache_line_bytes = (uint32_t)control.line_bytes;
  name(&hello->clean, control.clean);
  name(&hello->flush, control.flush);
}

int agent_serve(int in, int out) {
  struct pm_hello hello = {.version = PM_AGENT_VERSION,
                           .page_size = (uint32_t)pm_page_size(),
                           .abilities = (PM_HAS_64BIT_ACCESS ? PM_HAS_ACCESS_64 : 0) |
                                        (PM_HAS_CACHE_CONTROL ? PM_HAS_CACHE_LINES : 0),
                           .uid = geteuid(),
                           .frame_most = PM_FRAME_MOST,
                           .cpu = CPU};
  tell_caches(&hello);
  struct pm_frame frame;
  struct agent_reader reader;
  enum agent_frame_end end = AGENT_INPUT_ENDED;
  if (agent_begin_frames(in, out, &hello))
    while ((end = agent_next_frame(&frame, &reader)) == AGENT_FRAME &&
           answer_frame(&frame, &reader))
      ;
  agent_close_nodes();
  agent_leave_locks();
  return end == AGENT_INPUT_BROKEN ? AGENT_USAGE : AGENT_DONE;
}
