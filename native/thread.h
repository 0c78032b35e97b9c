/* Threads of the addon's own: none of Node's few is ever kept waiting. */
#ifndef PHYSMEM_THREAD_H
#define PHYSMEM_THREAD_H

#include <pthread.h>

/* What each calls itself, so that it is distinguished from those of Node. */
#define PM_THREAD_NAME "physmem"

/* Starts a thread that takes no signal but those of its faults. Returns an errno. */
int pm_thread_start(pthread_t *thread, void *(*run)(void *), void *data);

#endif
