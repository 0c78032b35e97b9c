#define _GNU_SOURCE
#include "thread.h"

#include <signal.h>

/*
 * The engine needs a few KiB; the C library puts a thread's variables and the kernel a signal's
 * frame (11 KiB with AMX) into the same stack. Only what is touched takes memory.
 */
#define STACK_BYTES (256u * 1024)

int pm_thread_start(pthread_t *thread, void *(*run)(void *), void *data) {
  pthread_attr_t attributes;
  sigset_t others, before;
  int error = pthread_attr_init(&attributes);
  if (error)
    return error;
  error = pthread_attr_setstacksize(&attributes, STACK_BYTES);
  if (!error) {
    /* Signals are for the threads of Node; a fault is its own thread's (guard.c). */
    sigfillset(&others);
    sigdelset(&others, SIGBUS);
    sigdelset(&others, SIGSEGV);
    pthread_sigmask(SIG_SETMASK, &others, &before);
    error = pthread_create(thread, &attributes, run, data);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
  }
  pthread_attr_destroy(&attributes);
  return error;
}
