/* Watchpoints for tests in JavaScript: open(cell: bigint, widthBytes, events), counts(), close(),
 * strays().
 */
#include <node_api.h>

#include "watch.h"

static struct watch watch;

static napi_value open_watch(napi_env env, napi_callback_info info) {
  napi_value arguments[3], result;
  size_t count = 3;
  uint64_t cell;
  uint32_t width, events;
  bool lossless;
  napi_get_cb_info(env, info, &count, arguments, NULL, NULL);
  napi_get_value_bigint_uint64(env, arguments[0], &cell, &lossless);
  napi_get_value_uint32(env, arguments[1], &width);
  napi_get_value_uint32(env, arguments[2], &events);
  napi_create_int32(env, watch_open(&watch, (uintptr_t)cell, width, events), &result);
  return result;
}

static napi_value counts(napi_env env, napi_callback_info info) {
  napi_value result, element;
  uint64_t values[WATCH_EVENTS];
  (void)info;
  watch_read(&watch, values);
  napi_create_array(env, &result);
  for (uint32_t i = 0; i < WATCH_EVENTS; i++) {
    napi_create_double(env, (double)values[i], &element);
    napi_set_element(env, result, i, element);
  }
  return result;
}

static napi_value close_watch(napi_env env, napi_callback_info info) {
  (void)env;
  (void)info;
  watch_close(&watch);
  return NULL;
}

static napi_value strays(napi_env env, napi_callback_info info) {
  napi_value result;
  (void)info;
  napi_create_uint32(env, watch_strays(), &result);
  return result;
}

NAPI_MODULE_INIT() {
  napi_property_descriptor properties[] = {
      {"open", NULL, open_watch, NULL, NULL, NULL, napi_enumerable, NULL},
      {"counts", NULL, counts, NULL, NULL, NULL, napi_enumerable, NULL},
      {"close", NULL, close_watch, NULL, NULL, NULL, napi_enumerable, NULL},
      {"strays", NULL, strays, NULL, NULL, NULL, napi_enumerable, NULL},
  };
  napi_define_properties(env, exports, 4, properties);
  return exports;
}
