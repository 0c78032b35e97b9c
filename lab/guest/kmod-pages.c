/*
 * What /dev/physmem says of pages that are no longer what they were, by plain system calls.
 *
 *   look ADDRESS [LENGTH]   what is there, whether it is mapped and cleaned
 *   caching ADDRESS         that a map of it must have, as a number
 *   poison                  of a page of this program that was declared broken, and the next
 *   flagged BIT             of the first page that has this bit in /proc/kpageflags
 *   revoked ADDRESS PAGES…  of maps that are held until a line is read, then touched
 *   charged FILE LENGTH     whether FILE, of a memory cgroup, counts a buffer
 */
#define _GNU_SOURCE
#include <setjmp.h>

#include "kmod.h"

static const char *map_answer(uint64_t at) { return answer(try_map(device, PROT_READ, at, PAGE)); }

static void look(const char *what, uint64_t at, uint64_t length) {
  static const char *kinds[] = {"none", "ram", "reserved", "device"};
  struct physmem_range range = {.start = at, .length = length};
  struct physmem_cache clean = {.start = at, .length = length, .operation = PHYSMEM_CLEAN};
  if (ioctl(device, PHYSMEM_GET_RANGE, &range))
    die("range");
  printf("%s: %s%s%s, map %s, clean ", what, kinds[range.kind],
         range.flags & PHYSMEM_RANGE_BUSY ? " busy" : "",
         range.flags & PHYSMEM_RANGE_UNUSABLE ? " unusable" : "", map_answer(at & ~(PAGE - 1)));
  puts(answer(ioctl(device, PHYSMEM_CACHE, &clean)));
}

/* Who declares a page broken is told like who touches it: mm/madvise.c, madvise_inject_error(). */
static void on_own_error(int number) { (void)number; }

static int caching(uint64_t at) {
  struct physmem_range range = {.start = at, .length = 1};
  if (ioctl(device, PHYSMEM_GET_RANGE, &range))
    die("range");
  return printf("%u\n", range.caching), 0;
}

static int poison(void) {
  signal(SIGBUS, on_own_error);
  char *pages = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  madvise(pages, 2 * PAGE, MADV_NOHUGEPAGE);
  pages[0] = pages[PAGE] = 1;
  uint64_t broken = physical(pages), sound = physical(pages + PAGE);
  look("before", broken, PAGE);
  if (madvise(pages, PAGE, MADV_HWPOISON))
    die("MADV_HWPOISON");
  look("broken", broken, PAGE);
  look("the other", sound, PAGE);
  return 0;
}

/* Documentation/admin-guide/mm/pagemap.rst: 8 bytes a page frame. */
static int flagged(uint64_t bit) {
  static uint64_t flags[512];
  uint64_t frame = 0;
  ssize_t got;
  int fd = open("/proc/kpageflags", O_RDONLY);
  while ((got = pread(fd, flags, sizeof flags, (off_t)(frame * 8))) > 0)
    for (ssize_t i = 0; i < got / 8; i++, frame++)
      if (flags[i] >> bit & 1)
        return look("flagged", frame * PAGE, PAGE), 0;
  return puts("none is flagged"), 0;
}

static sigjmp_buf interrupted;

static void on_bus_error(int number) { siglongjmp(interrupted, number); }

static const char *touched(const char *page) {
  if (sigsetjmp(interrupted, 1))
    return "SIGBUS";
  (void)*(const volatile uint32_t *)page;
  return "there";
}

/* Of every map a line: its pages, and whether it can be mapped again. */
static int revoked(char **words, int count) {
  const char *maps[4];
  uint64_t at[4], pages[4];
  int held = 0;
  signal(SIGBUS, on_bus_error);
  for (; held < 4 && count >= 2; held++, words += 2, count -= 2) {
    at[held] = strtoull(words[0], NULL, 0);
    pages[held] = strtoull(words[1], NULL, 0);
    maps[held] = (const char *)must_map(device, at[held], pages[held] * PAGE);
    for (uint64_t page = 0; page < pages[held]; page++)
      printf("mapped %s\n", touched(maps[held] + page * PAGE));
  }
  puts("held");
  char line[8];
  if (read(0, line, sizeof line) <= 0)
    die("standard input");
  for (int i = 0; i < held; i++) {
    for (uint64_t page = 0; page < pages[i]; page++)
      printf("%s, ", touched(maps[i] + page * PAGE));
    printf("again %s\n", answer(try_map(device, PROT_READ, at[i], pages[i] * PAGE)));
  }
  return 0;
}

static long count_of(const char *file) {
  char text[32] = "";
  int fd = open(file, O_RDONLY);
  if (fd < 0 || read(fd, text, sizeof text - 1) <= 0)
    die(file);
  close(fd);
  return strtol(text, NULL, 10);
}

static int charged(const char *file, uint64_t length) {
  long before = count_of(file);
  struct physmem_allocate buffer = allocate(length, PHYSMEM_WRITE_BACK, 0, 0);
  long during = count_of(file);
  if (buffer.fd < 0)
    die("buffer");
  uint64_t *map = must_map(buffer.fd, 0, length);
  map[0] = PATTERN;
  munmap(map, length);
  close(buffer.fd);
  printf("charged: %s, given back: %s\n", during - before >= (long)length ? "yes" : "no",
         during - count_of(file) >= (long)length ? "yes" : "no");
  return 0;
}

int main(int count, char **words) {
  const char *what = count > 1 ? words[1] : "";
  uint64_t number = count > 2 ? strtoull(words[2], NULL, 0) : 0;
  uint64_t second = count > 3 ? strtoull(words[3], NULL, 0) : 0;
  open_device();
  if (!strcmp(what, "look"))
    return look("there", number, second ? second : PAGE), 0;
  if (!strcmp(what, "caching"))
    return caching(number);
  if (!strcmp(what, "poison"))
    return poison();
  if (!strcmp(what, "flagged"))
    return flagged(number);
  if (!strcmp(what, "revoked"))
    return revoked(words + 2, count - 2);
  if (!strcmp(what, "charged"))
    return charged(words[2], second);
  fprintf(stderr, "kmod-pages: %s is nothing that can be tried\n", what);
  return 2;
}
