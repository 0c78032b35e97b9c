/*
 * Windows for JavaScript: one guarded mapping each. The fault flag is a word of a JavaScript
 * array, so that the accessors in src/engine/windows see it without a call.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "access.h"
#include "addon.h"
#include "mapping.h"
#include "transfer.h"

struct window {
  struct pm_mapping mapping;
  struct pm_fault fault;
  volatile uint32_t *words; /* flag, offset, value: shared with JavaScript */
  napi_ref keep_words;
  napi_ref buffer; /* over the mapping; NULL without one */
  bool open;
};

static void close_window(struct window *window) {
  if (!window->open)
    return;
  window->open = false;
  pm_mapping_close(&window->mapping);
}

static void finalize_window(napi_env env, void *data, void *hint) {
  struct window *window = data;
  (void)hint;
  close_window(window);
  if (window->keep_words)
    napi_delete_reference(env, window->keep_words);
  if (window->buffer)
    napi_delete_reference(env, window->buffer);
  free(window);
}

/* NULL, with an exception pending, when the stretch is not inside the open mapping. */
static uint8_t *at(napi_env env, const struct window *window, double offset, double bytes) {
  if (window->open && offset >= 0 && bytes >= 0 && offset + bytes <= (double)window->mapping.length)
    return window->mapping.host + (size_t)offset;
  pm_throw(env, "outside of the window");
  return NULL;
}

static uint8_t *get_place(napi_env env, const struct window *window, napi_value value,
                          unsigned width) {
  double offset;
  return pm_get_number(env, value, &offset) ? at(env, window, offset, width) : NULL;
}

enum { FLAG, OFFSET, VALUE, WORDS };

/*
 * read8() ... write32(): the accessors of `access: 'native'`. Numbers come and go in the shared
 * words: as arguments and results they would take longer than the call itself.
 */
#define NARROW(bits)                                                                               \
  static napi_value read##bits(napi_env env, napi_callback_info info) {                            \
    void *data;                                                                                    \
    if (!pm_get_data(env, info, &data))                                                            \
      return NULL;                                                                                 \
    const struct window *window = data;                                                            \
    const uint8_t *place = at(env, window, window->words[OFFSET], bits / 8);                       \
    if (!place)                                                                                    \
      return NULL;                                                                                 \
    window->words[VALUE] = pm_load##bits(place);                                                   \
    PM_AFTER_LOAD();                                                                               \
    return NULL;                                                                                   \
  }                                                                                                \
  static napi_value write##bits(napi_env env, napi_callback_info info) {                           \
    void *data;                                                                                    \
    if (!pm_get_data(env, info, &data))                                                            \
      return NULL;                                                                                 \
    const struct window *window = data;                                                            \
    uint8_t *place = at(env, window, window->words[OFFSET], bits / 8);                             \
    if (!place)                                                                                    \
      return NULL;                                                                                 \
    PM_BEFORE_STORE();                                                                             \
    pm_store##bits(place, (uint##bits##_t)window->words[VALUE]);                                   \
    return NULL;                                                                                   \
  }
NARROW(8)
NARROW(16)
NARROW(32)

static napi_value read64(napi_env env, napi_callback_info info) {
  napi_value argument;
  void *window;
  if (!pm_get_arguments(env, info, 1, &argument, &window))
    return NULL;
  const uint8_t *place = get_place(env, window, argument, 8);
  return place ? pm_u64(env, pm_load(place, 8)) : NULL;
}

static napi_value write64(napi_env env, napi_callback_info info) {
  napi_value arguments[2];
  void *window;
  uint64_t value;
  if (!pm_get_arguments(env, info, 2, arguments, &window))
    return NULL;
  uint8_t *place = get_place(env, window, arguments[0], 8);
  if (place && pm_get_u64(env, arguments[1], &value))
    pm_store(place, 8, value);
  return NULL;
}

struct block {
  uint8_t *place;
  void *bytes;
  size_t count;
  unsigned width;
  bool fixed;
};

/* (offset, width in bytes, fixed, bytes) */
static bool get_block(napi_env env, napi_callback_info info, struct window **window,
                      struct block *block) {
  napi_value arguments[4];
  void *data;
  double offset, width;
  size_t length;
  if (!pm_get_arguments(env, info, 4, arguments, &data) ||
      !pm_get_number(env, arguments[0], &offset) || !pm_get_number(env, arguments[1], &width) ||
      !pm_get_bool(env, arguments[2], &block->fixed) ||
      !pm_get_bytes(env, arguments[3], &block->bytes, &length))
    return false;
  *window = data;
  block->width = (unsigned)width;
  if (!pm_width_exists(block->width) || (uintptr_t)block->bytes % block->width) {
    pm_throw(env, "bad width or alignment");
    return false;
  }
  block->count = length / block->width;
  block->place = at(env, data, offset, block->fixed ? width : (double)length);
  return block->place != NULL;
}

static napi_value read_block(napi_env env, napi_callback_info info) {
  struct window *window;
  struct block block;
  if (!get_block(env, info, &window, &block))
    return NULL;
  return pm_double(env, (double)pm_load_block(block.place, block.width, block.count, block.fixed,
                                              block.bytes, &window->fault));
}

static napi_value write_block(napi_env env, napi_callback_info info) {
  struct window *window;
  struct block block;
  if (!get_block(env, info, &window, &block))
    return NULL;
  return pm_double(env, (double)pm_store_block(block.place, block.width, block.count, block.fixed,
                                               block.bytes, &window->fault));
}

/* Between two looks at whether this thread is to end. */
#define LOOK_NS 20000000u

/* A function of JavaScript, called now and then. */
struct looking {
  napi_env env;
  napi_value look;
  uint64_t called_ns;
};

/* Of a clock that costs next to nothing, and counts by a few milliseconds. */
static uint64_t coarse_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/*
 * A thread that is to end (worker.terminate()) is told so only where JavaScript begins: a call does
 * not succeed then.
 */
static bool is_terminated(void *data) {
  struct looking *looking = data;
  uint64_t now = coarse_ns();
  napi_value undefined;
  if (now - looking->called_ns < LOOK_NS)
    return false;
  looking->called_ns = now;
  return napi_get_undefined(looking->env, &undefined) != napi_ok ||
         napi_call_function(looking->env, undefined, looking->look, 0, NULL, NULL) != napi_ok;
}

/*
 * wait(offset, width in bytes, mask, equals, negate, timeoutMs, intervalUs, result: 2 cells, look):
 * calls `look()` now and then, and ends where that throws.
 */
static napi_value wait(napi_env env, napi_callback_info info) {
  napi_value arguments[9];
  void *window;
  double width, timeout_ms, interval_us;
  struct pm_wait how = {0};
  void *cells;
  size_t cell_bytes;
  if (!pm_get_arguments(env, info, 9, arguments, &window) ||
      !pm_get_number(env, arguments[1], &width) || !pm_get_u64(env, arguments[2], &how.mask) ||
      !pm_get_u64(env, arguments[3], &how.equals) || !pm_get_bool(env, arguments[4], &how.negate) ||
      !pm_get_number(env, arguments[5], &timeout_ms) ||
      !pm_get_number(env, arguments[6], &interval_us) ||
      !pm_get_bytes(env, arguments[7], &cells, &cell_bytes))
    return NULL;
  how.width = (unsigned)width;
  if (!pm_width_exists(how.width) || cell_bytes < 2 * sizeof(uint64_t))
    return pm_throw(env, "bad arguments");
  /* Checked in TypeScript to be at most a day; a number that C cannot convert is no time at all. */
  how.timeout_ns = timeout_ms > 0 && timeout_ms < 1e9 ? (uint64_t)(timeout_ms * 1e6) : 0;
  how.interval_us = interval_us > 0 && interval_us < 4e9 ? (uint32_t)interval_us : 0;
  const uint8_t *place = get_place(env, window, arguments[0], how.width);
  if (!place)
    return NULL;
  struct looking looking = {env, arguments[8], coarse_ns()};
  struct pm_stop stop = {is_terminated, &looking};
  uint64_t *cell = cells;
  enum pm_wait_end reason =
      pm_wait(place, &how, &((struct window *)window)->fault, &stop, &cell[0], &cell[1]);
  /* What `look` threw is pending then. */
  return reason == PM_WAIT_CANCELLED ? NULL : pm_uint32(env, reason);
}

/* Unmaps; the typed arrays over the mapping end before it does. */
static void detach_and_close(napi_env env, struct window *window) {
  napi_value buffer;
  if (window->buffer && napi_get_reference_value(env, window->buffer, &buffer) == napi_ok && buffer)
    napi_detach_arraybuffer(env, buffer);
  close_window(window);
}

/*
 * recover(): after a fault; maps the page back, lowers the flag, returns the fault's offset. Where
 * the page cannot even be shut off, the window is closed: what it shows would not be the device.
 */
static napi_value recover(napi_env env, napi_callback_info info) {
  void *data;
  if (!pm_get_data(env, info, &data))
    return NULL;
  struct window *window = data;
  if (!window->open)
    return pm_throw(env, "the window is closed");
  uintptr_t offset = window->fault.address - (uintptr_t)window->mapping.host;
  if (!pm_mapping_restore(&window->mapping))
    detach_and_close(env, window);
  *window->fault.flag = PM_NO_FAULT;
  return pm_double(env, (double)offset);
}

/* close(): detaches the buffer, if any, and unmaps. */
static napi_value close_function(napi_env env, napi_callback_info info) {
  void *window;
  if (pm_get_data(env, info, &window))
    detach_and_close(env, window);
  return NULL;
}

/* Where external buffers are not allowed, the window works through the native accessors. */
static bool add_buffer(napi_env env, napi_value object, struct window *window) {
  napi_value buffer;
  if (napi_create_external_arraybuffer(env, window->mapping.host, window->mapping.length, NULL,
                                       NULL, &buffer) != napi_ok)
    return true;
  return napi_create_reference(env, buffer, 1, &window->buffer) == napi_ok &&
         pm_set(env, object, "buffer", buffer);
}

/* The holder frees the window when the object and all of its functions are gone. */
static napi_value make_object(napi_env env, struct window *window, napi_value holder) {
  napi_value object;
  static const struct {
    const char *name;
    napi_callback callback;
  } functions[] = {
      {"read8", read8},
      {"read16", read16},
      {"read32", read32},
      {"read64", read64},
      {"write8", write8},
      {"write16", write16},
      {"write32", write32},
      {"write64", write64},
      {"wait", wait},
      {"recover", recover},
      {"readBlock", read_block},
      {"close", close_function},
      {"writeBlock", write_block},
  };
  if (napi_create_object(env, &object) != napi_ok)
    return NULL;
  for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
    if (!pm_define_held(env, object, functions[i].name, functions[i].callback, window, holder))
      return NULL;
  return add_buffer(env, object, window) ? object : NULL;
}

/* windowMap(fd, offset, length, writable, words: Uint32Array(3)), page-aligned */
static napi_value window_map(napi_env env, napi_callback_info info) {
  napi_value arguments[5], holder;
  double fd, offset, length;
  bool writable;
  void *words;
  size_t words_bytes;
  if (!pm_get_arguments(env, info, 5, arguments, NULL) || !pm_get_number(env, arguments[0], &fd) ||
      !pm_get_number(env, arguments[1], &offset) || !pm_get_number(env, arguments[2], &length) ||
      !pm_get_bool(env, arguments[3], &writable) ||
      !pm_get_bytes(env, arguments[4], &words, &words_bytes))
    return NULL;
  if (words_bytes < WORDS * sizeof(uint32_t))
    return pm_throw(env, "bad arguments");
  struct window *window = calloc(1, sizeof *window);
  if (!window)
    return pm_throw_errno(env, ENOMEM);
  window->words = words;
  window->fault.flag = &window->words[FLAG];
  int error = pm_mapping_open(&window->mapping, (int)fd, (uint64_t)offset, (size_t)length, writable,
                              &window->fault);
  if (error) {
    free(window);
    return pm_throw_errno(env, error);
  }
  window->open = true;
  if (napi_create_reference(env, arguments[4], 1, &window->keep_words) != napi_ok ||
      napi_create_external(env, window, finalize_window, NULL, &holder) != napi_ok) {
    finalize_window(env, window, NULL);
    return pm_throw_errno(env, ENOMEM);
  }
  napi_value object = make_object(env, window, holder);
  if (object)
    return object;
  /* The holder frees it later. */
  detach_and_close(env, window);
  return pm_throw_errno(env, ENOMEM);
}

bool pm_init_window(napi_env env, napi_value exports) {
  return pm_define(env, exports, "windowMap", window_map, NULL);
}
