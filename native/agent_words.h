/* Files of 64-bit words, of which most are 0: /proc/PID/pagemap, and what is known of frames. */
#ifndef PHYSMEM_AGENT_WORDS_H
#define PHYSMEM_AGENT_WORDS_H

#include <stdbool.h>
#include <stdint.h>

struct agent_walk {
  uint64_t walked; /* words that were read, told or not */
  bool ended;      /* the file has no more */
};

/*
 * Puts the words of [first, first + count) that have a bit of the mask into the answer, as
 * PM_ASK_WORDS has them: as many as fit, and no more than AGENT_WORDS_MOST are read; holes of a
 * page table are passed over where the kernel tells them (Linux 6.7). Returns 0, or the errno of
 * the first read.
 */
#define AGENT_WORDS_MOST (1u << 20)
int agent_walk_words(int fd, uint64_t first, uint64_t count, uint64_t mask,
                     struct agent_walk *walk);

/*
 * Whether any page of [start, end) of the process is of one of the categories (PAGE_IS_* of
 * linux/fs.h), as PAGEMAP_SCAN tells it. Returns 0 or an errno: ENOTTY before Linux 6.7.
 */
int agent_scan_pages(int fd, uint64_t start, uint64_t end, uint64_t categories, bool *found);

#endif
