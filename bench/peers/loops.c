/*
 * What a C programmer writes: plain loops over a mapped file through volatile pointers.
 *   loops gpio FILE
 *   loops polled FILE                    stores value and time of one register
 *   loops scattered FILE ADDRESSES       a file of 64-bit addresses, as many as there are
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "answer.h"

static uint8_t *memory;
static uint64_t *addresses;
static uint32_t *values;
static long count;

static void *map(const char *path, size_t *length) {
  struct stat status;
  int fd = open(path, O_RDWR);
  if (fd < 0 || fstat(fd, &status) < 0)
    exit(1);
  *length = (size_t)status.st_size;
  void *mapped = mmap(NULL, *length, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (mapped == MAP_FAILED)
    exit(1);
  return mapped;
}

static void gpio(long times) {
  volatile uint32_t *data = (volatile uint32_t *)(void *)(memory + 0x10);
  for (long i = 0; i < times; i++) {
    uint32_t value = *data;
    value ^= 1u << 5;
    *data = value;
  }
}

/* Times are counted in accesses. */
static void scattered(long times) {
  for (long done = 0; done < times; done += count) {
    for (long i = 0; i < count; i++)
      values[i] = *(volatile uint32_t *)(void *)(memory + addresses[i]);
    __asm__ volatile("" : : "r"(values) : "memory"); /* the values are wanted each time */
  }
}

#define POLLED 400000

static struct { uint64_t time_ns, value; } polled_samples[POLLED];

static void polled(long times) {
  volatile uint32_t *data = (volatile uint32_t *)(void *)(memory + 0x10);
  for (long i = 0; i < times; i++) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    polled_samples[i % POLLED].time_ns = (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
    polled_samples[i % POLLED].value = *data;
  }
  __asm__ volatile("" : : "r"(polled_samples) : "memory");
}

int main(int argc, char **argv) {
  size_t length;
  if (argc < 3)
    return 2;
  memory = map(argv[2], &length);
  if (argc == 3) {
    answer(strcmp(argv[1], "polled") == 0 ? polled : gpio);
    return 0;
  }
  addresses = map(argv[3], &length);
  count = (long)(length / sizeof *addresses);
  values = calloc((size_t)count, sizeof *values);
  answer(scattered);
  return 0;
}
