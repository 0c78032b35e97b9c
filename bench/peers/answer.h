/* The conversation with the bench: for every line on standard input one round, and its ns. */
#include <stdio.h>
#include <time.h>

static double now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

#define ROUND_NS 40e6

/* `run(times)` makes `times` operations; a round is as many as take 40 ms. */
static void answer(void (*run)(long times)) {
  long times = 1;
  double taken = 0;
  char line[64];
  while (taken < ROUND_NS) {
    times *= 2;
    double start = now_ns();
    run(times);
    taken = now_ns() - start;
  }
  while (fgets(line, sizeof line, stdin)) {
    double start = now_ns();
    run(times);
    printf("%.4f\n", (now_ns() - start) / (double)times);
    fflush(stdout);
  }
}
