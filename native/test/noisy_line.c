/*
 * A serial line between two pseudo-terminals, whose paths it prints: `noisy_line SEED FLIPPED LOST
 * TEXT`, of a million bytes so many with a bit that is turned, so many that are lost, and so many
 * before which other text comes. The same bytes with the same seed are treated the same way. Ends
 * with its standard input, of which a byte 'c' cuts the line: nothing passes any more.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

static const char *const texts[] = {"\r\n[ 12.345678] usb 1-1: new device~",
                                    "login: ", "# ~\x7d~\n", "\x11\x13\xff"};

struct side {
  int fd, slave;
  uint64_t noise;
  unsigned texts;
  uint8_t out[1 << 16];
  size_t bytes;
};

static unsigned rates[3];

static uint32_t any(struct side *side) {
  side->noise = side->noise * 6364136223846793005ull + 1442695040888963407ull;
  return (uint32_t)(side->noise >> 33);
}

static bool happens(struct side *side, unsigned rate) { return any(side) % 1000000 < rate; }

static void put(struct side *side, const void *bytes, size_t count) {
  if (count > sizeof side->out - side->bytes)
    return;
  memcpy(side->out + side->bytes, bytes, count);
  side->bytes += count;
}

static void pass(struct side *to, uint8_t byte) {
  if (happens(to, rates[2])) {
    const char *text = texts[to->texts++ % (sizeof texts / sizeof *texts)];
    put(to, text, strlen(text));
  }
  if (happens(to, rates[0]))
    byte ^= (uint8_t)(1u << any(to) % 8);
  if (!happens(to, rates[1]))
    put(to, &byte, 1);
}

static void open_side(struct side *side) {
  struct termios raw;
  side->fd = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK);
  if (side->fd < 0 || grantpt(side->fd) || unlockpt(side->fd))
    exit(1);
  /* It stays open, so that the line is one whoever is at its end; without an echo. */
  side->slave = open(ptsname(side->fd), O_RDWR | O_NOCTTY);
  if (side->slave < 0 || tcgetattr(side->slave, &raw))
    exit(1);
  cfmakeraw(&raw);
  tcsetattr(side->slave, TCSANOW, &raw);
  printf("%s\n", ptsname(side->fd));
}

int main(int count, char **words) {
  static struct side sides[2];
  bool is_cut = false;
  if (count != 5)
    return 2;
  for (int i = 0; i < 3; i++)
    rates[i] = (unsigned)atoi(words[2 + i]);
  for (int i = 0; i < 2; i++) {
    open_side(&sides[i]);
    sides[i].noise = (uint64_t)atoi(words[1]) * 2 + (unsigned)i;
  }
  fflush(stdout);
  for (;;) {
    struct pollfd all[3] = {{.fd = 0, .events = POLLIN}};
    for (int i = 0; i < 2; i++)
      all[1 + i] = (struct pollfd){.fd = sides[i].fd,
                                   .events = (short)((sides[!i].bytes < 4096 ? POLLIN : 0) |
                                                     (sides[i].bytes ? POLLOUT : 0))};
    poll(all, 3, -1);
    char word;
    if (all[0].revents && read(0, &word, 1) <= 0)
      return 0;
    is_cut = is_cut || all[0].revents;
    for (int i = 0; i < 2; i++) {
      uint8_t bytes[4096];
      struct side *side = &sides[i];
      ssize_t got = all[1 + i].revents & POLLIN ? read(side->fd, bytes, sizeof bytes) : 0;
      for (ssize_t at = 0; at < got && !is_cut; at++)
        pass(&sides[!i], bytes[at]);
      ssize_t put_bytes =
          all[1 + i].revents & POLLOUT ? write(side->fd, side->out, side->bytes) : 0;
      if (put_bytes > 0) {
        side->bytes -= (size_t)put_bytes;
        memmove(side->out, side->out + put_bytes, side->bytes);
      }
    }
  }
}
