/* What answers each kind of request: see agent_protocol.h. */
#ifndef PHYSMEM_AGENT_REQUESTS_H
#define PHYSMEM_AGENT_REQUESTS_H

#include "agent_frames.h"

/* Puts an answer, or returns an errno for one that has nothing else. */
typedef int agent_request(const struct pm_frame *frame, struct agent_reader *reader);

/* Whether all of a request was read, and no more. */
static inline bool agent_is_whole(const struct agent_reader *reader) {
  return !reader->bad && !reader->left;
}

agent_request agent_ask_look;
agent_request agent_ask_open;
agent_request agent_ask_close;
agent_request agent_ask_memory;
agent_request agent_ask_forget;
agent_request agent_ask_run;
agent_request agent_ask_prepare;
agent_request agent_ask_read;
agent_request agent_ask_write;
agent_request agent_ask_stream;
agent_request agent_ask_words;
agent_request agent_ask_scan;
agent_request agent_ask_port;
agent_request agent_ask_lock;
agent_request agent_ask_unlock;
agent_request agent_ask_i2c;
agent_request agent_ask_fresh_node;

#endif
