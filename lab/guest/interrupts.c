/*
 * Waits for the interrupts of an edu card that is bound to uio_pci_generic, as a driver in C does:
 * blocked in read(), while another process raises them. Prints the nanoseconds from raising each to
 * having it, one a line.
 *
 *   interrupts /dev/uioN /sys/bus/pci/devices/ADDRESS COUNT
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

enum { STATUS = 0x24 / 4, RAISE = 0x60 / 4, ACKNOWLEDGE = 0x64 / 4 };
enum { PCI_COMMAND_HIGH = 5, INTX_DISABLE = 4 };

static int open_in(const char *folder, const char *name) {
  char path[256];
  snprintf(path, sizeof path, "%s%s", folder, name);
  int fd = open(path, O_RDWR | O_SYNC);
  if (fd < 0) {
    perror(path);
    exit(1);
  }
  return fd;
}

static int64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}

int main(int count, char **words) {
  if (count != 4)
    return 2;
  int uio = open_in(words[1], ""), config = open_in(words[2], "/config");
  int bar = open_in(words[2], "/resource0");
  volatile uint32_t *card = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, bar, 0);
  if (card == MAP_FAILED) {
    perror("mmap");
    return 1;
  }
  volatile int64_t *raised =
      mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  int go[2];
  if (raised == MAP_FAILED || pipe(go) != 0) {
    perror("interrupts");
    return 1;
  }
  pid_t child = fork();
  if (child == 0) {
    char one;
    close(go[1]);
    while (read(go[0], &one, 1) == 1) {
      usleep(1000); /* the other waits by then */
      *raised = now();
      card[RAISE] = 1;
    }
    return 0;
  }
  for (int round = atoi(words[3]); round > 0; round--) {
    uint8_t high;
    uint32_t counted;
    if (pread(config, &high, 1, PCI_COMMAND_HIGH) != 1)
      return 1;
    high &= (uint8_t)~INTX_DISABLE;
    if (pwrite(config, &high, 1, PCI_COMMAND_HIGH) != 1 || write(go[1], "", 1) != 1)
      return 1;
    if (read(uio, &counted, sizeof counted) != sizeof counted)
      return 1;
    printf("%lld\n", (long long)(now() - *raised));
    card[ACKNOWLEDGE] = card[STATUS];
  }
  close(go[1]);
  return child < 0;
}
