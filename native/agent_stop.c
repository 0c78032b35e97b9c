#define _GNU_SOURCE
#include "agent_stop.h"

#include <signal.h>

atomic_int agent_stop;
static volatile sig_atomic_t stopped_by;

static void stop(int signal_number) {
  stopped_by = signal_number;
  atomic_store(&agent_stop, 1);
}

void agent_listen(void) {
  static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
  for (unsigned i = 0; i < sizeof signals / sizeof *signals; i++) {
    struct sigaction before, action = {.sa_handler = stop, .sa_flags = (int)SA_RESETHAND};
    sigemptyset(&action.sa_mask);
    /* What is ignored, as by nohup, stays so. */
    if (!sigaction(signals[i], 0, &before) && before.sa_handler != SIG_IGN)
      sigaction(signals[i], &action, 0);
  }
}

const char *agent_stopper(void) {
  return stopped_by == SIGTERM ? "SIGTERM" : stopped_by == SIGHUP ? "SIGHUP" : "Ctrl-C";
}

void agent_die_stopped(void) {
  if (!stopped_by)
    return;
  struct sigaction action = {.sa_handler = SIG_DFL};
  sigemptyset(&action.sa_mask);
  sigaction(stopped_by, &action, 0);
  raise(stopped_by);
}
