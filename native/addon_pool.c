/*
 * A thread gets a job by its semaphore, and gives itself back by the queue of a threadsafe
 * function: both lists of threads belong to the JavaScript thread alone, so that there is nothing
 * to lock.
 */
#include "addon_pool.h"

#include <errno.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/prctl.h>

#include "thread.h"

/* Threads that are kept for the next job. */
#define KEPT_IDLE 4u

struct worker {
  struct pm_pool *pool;
  struct worker *next;
  struct pm_job *current; /* while it is busy; of the JavaScript thread only */
  pthread_t thread;
  sem_t wake;
  _Atomic(struct pm_job *) job; /* to do next; NULL: end */
};

struct pm_pool {
  napi_threadsafe_function tell; /* NULL while nothing runs here */
  struct worker *busy, *idle;
  unsigned idle_count;
};

struct pm_pool *pm_pool_create(void) {
  return calloc(1, sizeof(struct pm_pool));
}

void pm_pool_destroy(struct pm_pool *pool) { free(pool); }

static void *work(void *data) {
  struct worker *worker = data;
  prctl(PR_SET_NAME, PM_THREAD_NAME);
  for (;;) {
    while (sem_wait(&worker->wake) != 0)
      continue; /* EINTR */
    struct pm_job *job = atomic_load(&worker->job);
    if (!job)
      return NULL;
    job->run(job);
    napi_call_threadsafe_function(worker->pool->tell, worker, napi_tsfn_nonblocking);
  }
}

static void end_worker(struct worker *worker) {
  atomic_store(&worker->job, NULL);
  sem_post(&worker->wake);
  pthread_join(worker->thread, NULL);
  sem_destroy(&worker->wake);
  free(worker);
}

static struct worker *new_worker(struct pm_pool *pool, int *error) {
  struct worker *worker = calloc(1, sizeof *worker);
  *error = ENOMEM;
  if (!worker)
    return NULL;
  worker->pool = pool;
  sem_init(&worker->wake, 0, 0);
  *error = pm_thread_start(&worker->thread, work, worker);
  if (!*error)
    return worker;
  sem_destroy(&worker->wake);
  free(worker);
  return NULL;
}

static struct worker *take_worker(struct pm_pool *pool, int *error) {
  struct worker *worker = pool->idle;
  if (!worker)
    return new_worker(pool, error);
  pool->idle = worker->next;
  pool->idle_count--;
  return worker;
}

static void leave_busy(struct worker *worker) {
  struct worker **link = &worker->pool->busy;
  while (*link != worker)
    link = &(*link)->next;
  *link = worker->next;
}

static void put_back(struct worker *worker) {
  struct pm_pool *pool = worker->pool;
  if (pool->idle_count == KEPT_IDLE) {
    end_worker(worker);
    return;
  }
  worker->next = pool->idle;
  pool->idle = worker;
  pool->idle_count++;
}

/* On the JavaScript thread, for each job that has ended. Without an environment the pool is gone.
 */
static void tell(napi_env env, napi_value callback, void *context, void *data) {
  struct pm_pool *pool = context;
  struct worker *worker = data;
  (void)callback;
  if (!env)
    return;
  struct pm_job *job = worker->current;
  leave_busy(worker);
  put_back(worker);
  if (!pool->busy)
    napi_unref_threadsafe_function(env, pool->tell);
  job->finish(env, job);
}

static void stop(void *data) {
  struct pm_pool *pool = data;
  for (struct worker *worker = pool->busy; worker; worker = worker->next)
    worker->current->cancel(worker->current);
  for (struct worker *worker; (worker = pool->busy);) {
    struct pm_job *job = worker->current;
    pool->busy = worker->next;
    end_worker(worker);
    job->finish(NULL, job);
  }
  for (struct worker *worker; (worker = pool->idle);) {
    pool->idle = worker->next;
    end_worker(worker);
  }
  pool->idle_count = 0;
  napi_release_threadsafe_function(pool->tell, napi_tsfn_abort);
  pool->tell = NULL;
}

void pm_pool_stop(napi_env env, struct pm_pool *pool) {
  if (!pool->tell)
    return;
  napi_remove_env_cleanup_hook(env, stop, pool);
  stop(pool);
}

/* The hook comes after the function: hooks run backwards, and its threads end before it does. */
static int begin(napi_env env, struct pm_pool *pool) {
  napi_value name;
  if (pool->tell)
    return 0;
  if (napi_create_string_utf8(env, "physmem.run", NAPI_AUTO_LENGTH, &name) != napi_ok ||
      napi_create_threadsafe_function(env, NULL, NULL, name, 0, 1, NULL, NULL, pool, tell,
                                      &pool->tell) != napi_ok)
    return ENOMEM;
  if (napi_unref_threadsafe_function(env, pool->tell) == napi_ok &&
      napi_add_env_cleanup_hook(env, stop, pool) == napi_ok)
    return 0;
  napi_release_threadsafe_function(pool->tell, napi_tsfn_abort);
  pool->tell = NULL;
  return ENOMEM;
}

int pm_pool_reserve(napi_env env, struct pm_pool *pool) {
  int error = begin(env, pool);
  if (error || pool->idle)
    return error;
  struct worker *worker = new_worker(pool, &error);
  if (worker)
    put_back(worker);
  return error;
}

int pm_pool_run(napi_env env, struct pm_pool *pool, struct pm_job *job) {
  int error = begin(env, pool);
  struct worker *worker = error ? NULL : take_worker(pool, &error);
  if (!worker)
    return error;
  if (!pool->busy)
    napi_ref_threadsafe_function(env, pool->tell);
  worker->next = pool->busy;
  pool->busy = worker;
  worker->current = job;
  atomic_store(&worker->job, job);
  sem_post(&worker->wake);
  return 0;
}
