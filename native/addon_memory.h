/* What a run of a program and a sampling of one share: a memory, and a job that uses it. */
#ifndef PHYSMEM_ADDON_MEMORY_H
#define PHYSMEM_ADDON_MEMORY_H

#include <stdatomic.h>

#include "addon.h"
#include "addon_pool.h"
#include "engine.h"

/* A memory, and the arrays that all its runs share: how the last one ended, and the wish to stop.
 */
struct pm_handle {
  struct pm_memory *memory; /* NULL once destroyed */
  double *outcome;
  atomic_int *cancel;
  napi_ref keep;
  bool busy; /* another thread runs a program */
};

/*
 * Begins a job that uses a memory, and keeps `values` in `keep` until `pm_call_back`. Returns 0, or
 * an errno, with nothing begun and nothing kept, when there can be no thread.
 */
int pm_begin_job(napi_env env, struct pm_pool *pool, struct pm_job *job, struct pm_handle *handle,
                 const napi_value *values, uint32_t count, napi_ref *keep);

/* Calls the function that is kept at `index`, and lets go of all. */
void pm_call_back(napi_env env, napi_ref keep, uint32_t index);

#endif
