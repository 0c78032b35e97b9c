/* Frames that come and go: see agent_protocol.h. */
#ifndef PHYSMEM_AGENT_FRAMES_H
#define PHYSMEM_AGENT_FRAMES_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "agent_protocol.h"

/* What stands in a request; `bad` when it asked for more than there is. */
struct agent_reader {
  const uint8_t *at;
  size_t left;
  bool bad;
};

uint32_t agent_take32(struct agent_reader *reader);
uint64_t agent_take64(struct agent_reader *reader);
const uint8_t *agent_take_bytes(struct agent_reader *reader, size_t count);

/* A path behind its length, with a zero behind it in `path`. */
#define AGENT_PATH_BYTES 4096u
void agent_take_path(struct agent_reader *reader, uint32_t bytes, char path[AGENT_PATH_BYTES]);

/* Begins with the mark and the hello. False when they cannot be written. */
bool agent_begin_frames(int in, int out, const struct pm_hello *hello);

enum agent_frame_end { AGENT_FRAME, AGENT_INPUT_ENDED, AGENT_INPUT_BROKEN };

/* Waits for the next request. Its contents, 8-byte aligned, are good until the next call. */
enum agent_frame_end agent_next_frame(struct pm_frame *frame, struct agent_reader *contents);

/*
 * While something runs the input is looked at every 20 ms: `cancel` becomes 1 when a PM_ASK_CANCEL
 * of that id has come, or the input has ended.
 */
extern atomic_int agent_cancel;
void agent_watch_input(uint32_t id);
void agent_stop_watching(void);

/* The answer to a request: what is put into it, and then sent. It is begun with an errno. */
void agent_begin_answer(const struct pm_frame *request, int error);
void agent_put32(uint32_t value);
void agent_put64(uint64_t value);
void agent_put_bytes(const void *bytes, size_t count);
/* Where `count` bytes can be put, 8-byte aligned when what was put before is; NULL for too many. */
uint8_t *agent_put_room(size_t count);
/* How much more fits, and how much of the room just put is taken back. */
size_t agent_room_left(void);
void agent_take_back(size_t count);
/* False when the client is gone. */
bool agent_send_answer(void);

#endif
