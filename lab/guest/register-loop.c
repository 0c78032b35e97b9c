/*
 * What a C programmer writes: reads a register of an edu card, changes a bit, writes it back,
 * through a volatile pointer. Prints the nanoseconds of a turn, the median of the rounds.
 *
 *   register-loop /sys/bus/pci/devices/ADDRESS/resource0 ROUNDS TURNS
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>

enum { LIVENESS = 0x04 / 4 };

static double now_ns(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static int by_value(const void *a, const void *b) {
  double first = *(const double *)a, second = *(const double *)b;
  return (first > second) - (first < second);
}

int main(int count, char **words) {
  if (count != 4)
    return 2;
  int fd = open(words[1], O_RDWR | O_SYNC);
  volatile uint32_t *card =
      fd < 0 ? MAP_FAILED : mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  int rounds = atoi(words[2]), turns = atoi(words[3]);
  double *taken = calloc((size_t)rounds, sizeof *taken);
  if (card == MAP_FAILED || !taken) {
    perror(words[1]);
    return 1;
  }
  for (int round = 0; round < rounds; round++) {
    double start = now_ns();
    for (int turn = 0; turn < turns; turn++) {
      uint32_t value = card[LIVENESS];
      value ^= 1u << 5;
      card[LIVENESS] = value;
    }
    taken[round] = (now_ns() - start) / turns;
  }
  qsort(taken, (size_t)rounds, sizeof *taken, by_value);
  printf("%.1f\n", taken[rounds / 2]);
  return 0;
}
