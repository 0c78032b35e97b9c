#define _GNU_SOURCE
#include "agent_words.h"

#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "agent_frames.h"
#include "mapping.h"

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

static void put_zeros(struct run *run, uint32_t count) {
  if (run->head)
    *run = (struct run){.head = NULL};
  run->zeros += count;
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

/* Of the first page that is of one of the categories. Returns 1, 0 where there is none, or -1. */
static int find_page(int fd, uint64_t start, uint64_t end, uint64_t categories, uint64_t *found) {
  struct page_region region;
  struct pagemap_scan scan = {.size = sizeof scan,
                              .start = start,
                              .end = end,
                              .vec = (uintptr_t)&region,
                              .vec_length = 1,
                              .max_pages = 1,
                              .any_of = categories,
                              .returned = categories};
  int regions = ioctl(fd, SCAN_PAGEMAP, &scan);
  if (regions > 0)
    *found = region.start;
  return regions;
}

int agent_scan_pages(int fd, uint64_t start, uint64_t end, uint64_t categories, bool *found) {
  uint64_t page;
  int regions = find_page(fd, start, end, categories, &page);
  *found = regions > 0;
  return regions < 0 ? errno : 0;
}

/* PAGE_IS_PRESENT and PAGE_IS_SWAPPED: everything in a page table that is not nothing. */
#define THERE (8u | 16u)

/* Passes over what the kernel tells is not there, of a page table and where it tells it. */
static void skip_hole(int fd, uint64_t first, uint64_t count, struct run *run,
                      struct agent_walk *walk) {
  uint64_t page_size = pm_page_size(), at = first + walk->walked, end = first + count, next;
  if (at >= end || end > UINT64_MAX / page_size)
    return;
  int regions = find_page(fd, at * page_size, end * page_size, THERE, &next);
  uint64_t to = regions > 0 ? next / page_size : end;
  if (regions < 0 || to <= at || to > end)
    return;
  put_zeros(run, (uint32_t)(to - at));
  walk->walked = to - first;
}

int agent_walk_words(int fd, uint64_t first, uint64_t count, uint64_t mask,
                     struct agent_walk *walk) {
  static uint64_t some[4096];
  const uint64_t room = sizeof some / WORD_BYTES;
  struct run run = {.head = NULL};
  uint64_t read_words = 0;
  /* What is passed over is counted in 32 bits. */
  if (count > UINT32_MAX)
    count = UINT32_MAX;
  *walk = (struct agent_walk){.walked = 0};
  while (walk->walked < count && read_words < AGENT_WORDS_MOST) {
    uint64_t left = count - walk->walked;
    size_t wanted = left < room ? (size_t)left : (size_t)room;
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
    size_t words = (size_t)came / WORD_BYTES;
    read_words += words;
    for (size_t at = 0; at < words; at++, walk->walked++) {
      if (!(some[at] & mask))
        put_zeros(&run, 1);
      else if (!put_word(&run, some[at]))
        return 0;
    }
    if (run.zeros >= words && !run.head)
      skip_hole(fd, first, count, &run, walk);
  }
  return 0;
}
