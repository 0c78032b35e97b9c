#define _GNU_SOURCE
#include "agent_words.h"

#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "agent_frames.h"

#define WORD_BYTES sizeof(uint64_t)

/* Words that follow each other in the answer, behind their head: the zeros before them, and how
 * many they are. */
struct run {
  uint8_t *head; /* NULL for none */
  uint32_t zeros;
  uint32_t count;
};

/* False when there is no room for it. */
static bool put_word(struct run *run, uint64_t word) {
  bool opens = !run->head;
  if (agent_room_left() < WORD_BYTES + (opens ? 2 * sizeof(uint32_t) : 0))
    return false;
  if (opens) {
    run->head = agent_put_room(2 * sizeof(uint32_t));
    run->count = 0;
    memcpy(run->head, &run->zeros, sizeof run->zeros);
  }
  agent_put64(word);
  run->count++;
  memcpy(run->head + sizeof run->zeros, &run->count, sizeof run->count);
  return true;
}

static void put_zero(struct run *run) {
  if (run->head)
    *run = (struct run){.head = NULL};
  run->zeros++;
}

int agent_walk_words(int fd, uint64_t first, uint64_t count, struct agent_walk *walk) {
  static uint64_t some[4096];
  struct run run = {.head = NULL};
  uint64_t most = count < AGENT_WORDS_MOST ? count : AGENT_WORDS_MOST;
  *walk = (struct agent_walk){.walked = 0};
  while (walk->walked < most) {
    uint64_t left = most - walk->walked;
    size_t wanted = left < sizeof some / WORD_BYTES ? (size_t)left : sizeof some / WORD_BYTES;
    off_t from = (off_t)((first + walk->walked) * WORD_BYTES);
    ssize_t came = pread(fd, some, wanted * WORD_BYTES, from);
    if (came < 0 && errno == EINTR)
      continue;
    /* What failed behind others is asked for again. */
    if (came < 0)
      return walk->walked ? 0 : errno;
    walk->ended = (size_t)came < WORD_BYTES;
    if (walk->ended)
      break;
    for (size_t at = 0; at < (size_t)came / WORD_BYTES; at++, walk->walked++) {
      if (!some[at])
        put_zero(&run);
      else if (!put_word(&run, some[at]))
        return 0;
    }
  }
  return 0;
}

/* include/uapi/linux/fs.h since Linux 6.7; older headers lack it. */
struct pagemap_scan {
  uint64_t size, flags, start, end, walk_end, vec, vec_length, max_pages;
  uint64_t inverted, all_of, any_of, returned;
};
struct page_region {
  uint64_t start, end, categories;
};
#define SCAN_PAGEMAP _IOWR('f', 16, struct pagemap_scan)

int agent_scan_pages(int fd, uint64_t start, uint64_t end, uint64_t categories, bool *found) {
  struct page_region region;
  struct pagemap_scan scan = {.size = sizeof scan,
                              .start = start,
                              .end = end,
                              .vec = (uintptr_t)&region,
                              .vec_length = 1,
                              .any_of = categories,
                              .returned = categories};
  int regions = ioctl(fd, SCAN_PAGEMAP, &scan);
  *found = regions > 0;
  return regions < 0 ? errno : 0;
}
