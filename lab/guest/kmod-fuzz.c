/*
 * Random and nearly right calls of /dev/physmem from several threads: kmod-fuzz SECONDS THREADS
 * SEED. What is mapped is touched only where it is a buffer of this program. At the end the calls
 * are counted that succeeded and that failed, of each kind, so that it is seen that both were met.
 * Beside them runs the race of kmod-race.h.
 */
#define _GNU_SOURCE
#include <pthread.h>

#include "kmod-race.h"

enum {
  RANGE,
  CHECK,
  CACHING,
  ALLOCATE,
  BUFFER,
  CACHE,
  TRANSLATE,
  DMA,
  JUNK,
  MAP,
  SPLIT,
  FORK,
  KINDS
};
static const char *names[KINDS] = {"range",     "check", "caching", "allocate", "buffer", "cache",
                                   "translate", "dma",   "junk",    "map",      "split",  "fork"};

enum { SHARED = 64, OWN = 24, INTERESTING = 256 };
/* So that the machine keeps enough for itself. */
#define MOST (96ll << 20)

static atomic_long done[KINDS][2];
static atomic_int buffers[SHARED]; /* descriptors + 1, that every thread uses and closes; 0: free */
static uint64_t interesting[INTERESTING];
static size_t interesting_count;
static uint64_t symbols[INTERESTING];
static size_t symbol_count;
static time_t end;

struct own {
  char *map;
  size_t length;
  int touchable;
};

struct thread {
  uint64_t state;
  struct own own[OWN];
};

/* xorshift64* */
static uint64_t any(struct thread *thread) {
  thread->state ^= thread->state >> 12;
  thread->state ^= thread->state << 25;
  thread->state ^= thread->state >> 27;
  return thread->state * 2685821657736338717ull;
}

static uint64_t below(struct thread *thread, uint64_t limit) { return any(thread) % limit; }

static void note(int kind, long result) { atomic_fetch_add(&done[kind][result < 0], 1); }

/* Where one thing ends and another begins, as the module itself tells; without the kernel's RAM. */
static void learn(void) {
  struct physmem_version version;
  if (ioctl(device, PHYSMEM_GET_VERSION, &version))
    die("version");
  for (uint64_t at = 0; at < version.address_limit && interesting_count + 2 < INTERESTING;) {
    struct physmem_range range = {.start = at, .length = version.address_limit - at};
    if (ioctl(device, PHYSMEM_GET_RANGE, &range))
      die("range");
    interesting[interesting_count++] = range.start;
    interesting[interesting_count++] = range.start + range.length / 2;
    at = range.start + range.length;
  }
}

/* Some addresses of the kernel, of its image and of modules. */
static void learn_symbols(void) {
  unsigned long long at;
  char line[512];
  FILE *stream = fopen("/proc/kallsyms", "r");
  for (size_t i = 0; stream && symbol_count < INTERESTING && fgets(line, sizeof line, stream); i++)
    if (i % 701 == 0 && sscanf(line, "%llx", &at) == 1)
      symbols[symbol_count++] = at;
  if (symbol_count == 0)
    die("/proc/kallsyms");
  fclose(stream);
}

static uint64_t address(struct thread *thread) {
  uint64_t base = interesting[below(thread, interesting_count)];
  switch (below(thread, 8)) {
  case 0:
    return any(thread);
  case 1:
    return any(thread) >> below(thread, 64);
  case 2:
    return base + below(thread, 3) - 1;
  case 3:
    return ~below(thread, 1 << 14);
  case 4:
    return (1ull << below(thread, 64)) - below(thread, 2);
  default:
    return (base & ~(PAGE - 1)) + PAGE * (below(thread, 17) - 8);
  }
}

static uint64_t size(struct thread *thread) {
  switch (below(thread, 8)) {
  case 0:
    return any(thread) >> below(thread, 64);
  case 1:
    return below(thread, 3);
  case 2:
    return (1ull << below(thread, 64)) + below(thread, 3) - 1;
  default:
    return PAGE * (1 + below(thread, 64));
  }
}

static uint32_t caching(struct thread *thread) {
  return (uint32_t)(below(thread, 20) ? below(thread, 4) : any(thread));
}

/* A buffer's descriptor, the device's, or one of something else. */
static int some_descriptor(struct thread *thread) {
  int fd = atomic_load(&buffers[below(thread, SHARED)]) - 1;
  return fd >= 0 && below(thread, 8) ? fd : below(thread, 8) ? device : (int)below(thread, 3);
}

static void drop(struct own *own) {
  if (own->map && munmap(own->map, own->length) == 0)
    own->map = NULL;
}

/* Only a program that owns a buffer alone may write to it; here all threads do, which harms nobody.
 */
static void touch(struct thread *thread, struct own *own) {
  for (int i = 0; own->touchable && i < 16; i++) {
    volatile uint64_t *word = (volatile uint64_t *)(own->map + below(thread, own->length / 8) * 8);
    *word = *word + any(thread);
  }
}

static void keep(struct thread *thread, char *map, size_t length, int touchable) {
  struct own *own = &thread->own[below(thread, OWN)];
  drop(own);
  if (own->map) /* it could not be unmapped */
    munmap(map, length);
  else
    *own = (struct own){map, length, touchable};
}

static void fuzz_allocate(struct thread *thread) {
  struct physmem_allocate wanted = {
      .length =
          below(thread, 6) ? PAGE * (1 + below(thread, 1 << below(thread, 12))) : size(thread),
      .below = below(thread, 3) ? 0 : address(thread),
      .alignment = below(thread, 3) ? 0 : 1ull << below(thread, below(thread, 4) ? 24 : 64),
      .caching = caching(thread),
  };
  int slot = (int)below(thread, SHARED);
  int old = atomic_exchange(&buffers[slot], 0);
  if (old)
    close(old - 1);
  if (wanted.length > (uint64_t)MOST / SHARED && below(thread, 50))
    wanted.length %= MOST / SHARED;
  int result = ioctl(device, PHYSMEM_ALLOCATE, &wanted);
  note(ALLOCATE, result);
  if (result < 0)
    return;
  int none = 0;
  if (wanted.length > (uint64_t)MOST / 4 ||
      !atomic_compare_exchange_strong(&buffers[slot], &none, wanted.fd + 1))
    close(wanted.fd);
}

static void fuzz_map(struct thread *thread) {
  int fd = some_descriptor(thread);
  struct physmem_buffer told;
  int is_buffer = fd > 2 && fd != device && ioctl(fd, PHYSMEM_GET_BUFFER, &told) == 0;
  uint64_t length = is_buffer && below(thread, 4) ? told.length : size(thread);
  uint64_t at = is_buffer ? (below(thread, 4) ? 0 : PAGE * below(thread, 64)) : address(thread);
  int protection = below(thread, 4) ? PROT_READ | PROT_WRITE : (int)below(thread, 8);
  int flags = below(thread, 8) ? MAP_SHARED : MAP_PRIVATE;

  if (fd < 3 || length > 1ull << 30)
    length = below(thread, 4) ? PAGE : length;
  length = (length + PAGE - 1) & ~(PAGE - 1);
  char *map = mmap(NULL, length, protection, flags, fd, (off_t)at);
  note(MAP, map == MAP_FAILED ? -1 : 0);
  if (map != MAP_FAILED)
    keep(thread, map, length, is_buffer && protection == (PROT_READ | PROT_WRITE));
}

/* Parts of maps: unmapped, moved, grown, protected, given advice about. */
static void fuzz_split(struct thread *thread) {
  struct own *own = &thread->own[below(thread, OWN)];
  if (!own->map)
    return;
  size_t pages = own->length / PAGE;
  char *at = own->map + PAGE * below(thread, pages + 1);
  size_t length = PAGE * (1 + below(thread, pages + 1));
  if (at + length > own->map + own->length) /* never of memory that belongs to somebody else */
    length = (size_t)(own->map + own->length - at);
  own->touchable = 0;
  switch (below(thread, 5)) {
  case 0:
    /* Unmapped, without leaving a hole in which another thread would map something. */
    note(SPLIT, mmap(at, length, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == at
                    ? 0
                    : -1);
    break;
  case 1:
    note(SPLIT, mprotect(at, length, (int)below(thread, 8)));
    break;
  case 2: {
    size_t wanted = PAGE * (1 + below(thread, 2 * pages));
    void *moved = mremap(own->map, own->length, wanted, MREMAP_MAYMOVE);
    note(SPLIT, moved == MAP_FAILED ? -1 : 0);
    if (moved != MAP_FAILED) {
      munmap(moved, wanted);
      own->map = NULL;
    }
    break;
  }
  case 3:
    note(SPLIT, madvise(at, length, (int)below(thread, 22)));
    break;
  default:
    note(SPLIT, msync(at, length, MS_SYNC));
  }
}

static void fuzz_fork(struct thread *thread) {
  int status;
  pid_t child = fork();
  note(FORK, child);
  if (child == 0) {
    for (int i = 0; i < OWN; i++)
      if (thread->own[i].map && below(thread, 2))
        touch(thread, &thread->own[i]);
    if (below(thread, 2))
      kill(getpid(), SIGKILL);
    _exit(0);
  }
  if (child > 0)
    waitpid(child, &status, 0);
}

static void fuzz_ioctl(struct thread *thread, int kind) {
  int fd = some_descriptor(thread);
  union {
    struct physmem_range range;
    struct physmem_check check;
    struct physmem_cache cache;
    struct physmem_translate translate;
    struct physmem_dma dma;
    struct physmem_buffer buffer;
    uint32_t caching;
    uint64_t words[32];
  } u = {0};
  void *argument = below(thread, 50) ? (void *)&u : (void *)(uintptr_t)any(thread);

  switch (kind) {
  case RANGE:
    u.range = (struct physmem_range){.start = address(thread), .length = size(thread)};
    note(kind, ioctl(fd, PHYSMEM_GET_RANGE, argument));
    break;
  case CHECK:
    u.check = (struct physmem_check){
        .start = address(thread), .length = size(thread), .caching = caching(thread)};
    note(kind, ioctl(fd, PHYSMEM_CHECK_MAP, argument));
    break;
  case CACHING:
    u.caching = caching(thread);
    note(kind, ioctl(fd, PHYSMEM_SET_CACHING, argument));
    break;
  case BUFFER:
    note(kind, ioctl(fd, PHYSMEM_GET_BUFFER, argument));
    break;
  case CACHE:
    u.cache =
        (struct physmem_cache){.start = fd == device ? address(thread) : PAGE * below(thread, 16),
                               .length = size(thread) % (8 << 20),
                               .operation = (uint32_t)below(thread, 5)};
    note(kind, ioctl(fd, PHYSMEM_CACHE, argument));
    break;
  case TRANSLATE:
    u.translate.virtual_address = below(thread, 2)
                                      ? ~(any(thread) >> below(thread, 64))
                                      : symbols[below(thread, symbol_count)] + size(thread);
    note(kind, ioctl(fd, PHYSMEM_TRANSLATE, argument));
    break;
  case DMA:
    u.dma = (struct physmem_dma){.devfn = (uint8_t)(below(thread, 32) << 3),
                                 .domain = below(thread, 8) ? 0 : (uint32_t)any(thread),
                                 .address = address(thread),
                                 .length = size(thread)};
    note(kind, ioctl(fd, PHYSMEM_GET_DMA, argument));
    break;
  default:
    for (int i = 0; i < 32; i++)
      u.words[i] = any(thread);
    if (below(thread, 2))
      note(JUNK, ioctl(fd, any(thread), argument));
    else
      note(JUNK,
           ioctl(fd, _IOC(below(thread, 4), PHYSMEM_MAGIC, below(thread, 12), below(thread, 256)),
                 argument));
  }
}

static void *fuzz(void *argument) {
  struct thread *thread = argument;
  while (time(NULL) < end) {
    int kind = (int)below(thread, KINDS);
    struct own *own = &thread->own[below(thread, OWN)];
    if (own->map && below(thread, 2))
      touch(thread, own);
    if (kind == ALLOCATE)
      fuzz_allocate(thread);
    else if (kind == MAP)
      fuzz_map(thread);
    else if (kind == SPLIT)
      fuzz_split(thread);
    else if (kind == FORK) {
      if (below(thread, 40) == 0)
        fuzz_fork(thread);
    } else
      fuzz_ioctl(thread, kind);
  }
  return NULL;
}

int main(int count, char **words) {
  if (count != 4)
    return 2;
  long threads = strtol(words[2], NULL, 0);
  open_device();
  learn();
  learn_symbols();
  end = time(NULL) + strtol(words[1], NULL, 0);
  pthread_t running[16], racing[2];
  static struct thread states[16];
  static struct race race;
  race.end = end;
  if (pthread_create(&racing[0], NULL, race_make, &race) ||
      pthread_create(&racing[1], NULL, race_map, &race))
    die("thread");
  for (long i = 0; i < threads && i < 16; i++) {
    states[i].state = strtoull(words[3], NULL, 0) * 16 + (uint64_t)i + 1;
    if (pthread_create(&running[i], NULL, fuzz, &states[i]))
      die("thread");
  }
  for (long i = 0; i < threads && i < 16; i++)
    pthread_join(running[i], NULL);
  for (int i = 0; i < 2; i++)
    pthread_join(racing[i], NULL);
  for (int kind = 0; kind < KINDS; kind++)
    printf("%s %ld %ld\n", names[kind], atomic_load(&done[kind][0]), atomic_load(&done[kind][1]));
  printf("race %ld %ld\n", race.done, race.refused);
  return 0;
}
