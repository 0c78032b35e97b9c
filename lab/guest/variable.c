/*
 * Prints the number of its process and the address of a variable, and then says whenever the
 * variable changes. It never changes it itself.
 *
 *   variable                  the variable is in the program's own memory
 *   variable FILE [OFFSET]    it is where this page of a file or device is mapped
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static volatile uint32_t own = 0x01234567;

static volatile uint32_t *map(const char *file, off_t offset) {
  int fd = open(file, O_RDWR);
  void *at = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, offset);
  if (at != MAP_FAILED)
    return at;
  perror(file);
  exit(1);
}

int main(int count, char **words) {
  off_t offset = count > 2 ? (off_t)strtoull(words[2], NULL, 0) : 0;
  volatile uint32_t *variable = count > 1 ? map(words[1], offset) : &own;
  mlockall(MCL_CURRENT); /* never swapped out */
  uint32_t last = *variable;
  printf("%d %p\n", (int)getpid(), (void *)variable);
  printf("it is 0x%08x\n", last);
  for (;;) {
    fflush(stdout);
    while (*variable == last)
      usleep(10000);
    last = *variable;
    printf("it is 0x%08x now\n", last);
  }
}
