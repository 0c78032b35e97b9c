/*
 * Jobs on threads of the engine: as many threads as there are jobs at once, so that none waits for
 * another, nor for what Node does on its own four. All functions belong to the JavaScript thread.
 */
#ifndef PHYSMEM_ADDON_POOL_H
#define PHYSMEM_ADDON_POOL_H

#include <node_api.h>

struct pm_job {
  void (*run)(struct pm_job *job);    /* on a thread of the pool */
  void (*cancel)(struct pm_job *job); /* makes `run` end soon, whether it has begun or not */
  /* On the JavaScript thread, after `run`: takes the job over. Without `env` it only frees. */
  void (*finish)(napi_env env, struct pm_job *job);
};

/* One for each environment. */
struct pm_pool;

struct pm_pool *pm_pool_create(void);

/* Frees a pool that is stopped. */
void pm_pool_destroy(struct pm_pool *pool);

/*
 * Makes sure that the next job has its thread: for what must not begin and then find none. Returns
 * as pm_pool_run does.
 */
int pm_pool_reserve(napi_env env, struct pm_pool *pool);

/*
 * Runs a job; the process stays until it has finished. Returns 0, or an errno when there can be no
 * thread for it: EAGAIN where the system allows no more.
 */
int pm_pool_run(napi_env env, struct pm_pool *pool, struct pm_job *job);

/*
 * Cancels all jobs and returns when their threads have ended. Is done by itself when the
 * environment ends. The pool may be used again.
 */
void pm_pool_stop(napi_env env, struct pm_pool *pool);

#endif
