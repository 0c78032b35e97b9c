/*
 * /dev/physmem by plain system calls: the witness of the module, of which it shares no line but the
 * header. Each answer is one line on standard output: `ok`, the name of an errno, or what was seen.
 *
 *   range ADDRESS LENGTH             kind, caching and flags, how far
 *   check ADDRESS LENGTH CACHING     refusal, caching, address
 *   read ADDRESS [CACHING]           a 64-bit word, through a read-only map
 *   write ADDRESS VALUE [CACHING]
 *   inputs RAM MIXED DEVICE NOTHING  what bad input gets; MIXED: a page of RAM and one that is none
 *   readonly RAM                     what a read-only descriptor gives
 *   denied                           what every way in gives to whoever may not
 *   locked                           the same, after locking the kernel down
 *   hold LENGTH CACHING [BELOW]      a buffer with a pattern, until standard input ends
 *   conflict RESERVED                maps of the same memory with two cachings
 *   translate ADDRESS                of the kernel
 *   dma DEVFN RAM                    of a buffer and of RAM: address, mask, flags
 *   as-user WORDS…                   any of these as user 1000, with /dev/physmem already open
 */
#include "kmod.h"

static int range(uint64_t start, uint64_t length) {
  static const char *kinds[] = {"none", "ram", "reserved", "device"};
  struct physmem_range asked = {.start = start, .length = length};
  if (ioctl(device, PHYSMEM_GET_RANGE, &asked))
    return puts(errno_name()), 0;
  printf("%s caching %u%s%s length 0x%llx\n", kinds[asked.kind], asked.caching,
         asked.flags & PHYSMEM_RANGE_BUFFER ? " buffer" : "",
         asked.flags & PHYSMEM_RANGE_BUSY ? " busy" : "", asked.length);
  return 0;
}

static void print_check(uint64_t start, uint64_t length, uint32_t caching) {
  struct physmem_check check = {.start = start, .length = length, .caching = caching};
  if (ioctl(device, PHYSMEM_CHECK_MAP, &check))
    puts(errno_name());
  else
    printf("refusal %u caching %u address 0x%llx\n", check.refusal, check.caching, check.address);
}

static int read_word(uint64_t at, uint32_t caching) {
  if (choose(caching))
    die("caching");
  const char *map = map_of(device, PROT_READ, at & ~(PAGE - 1), PAGE);
  if (map == MAP_FAILED)
    return puts(errno_name()), 0;
  printf("0x%llx\n", (unsigned long long)*(const volatile uint64_t *)(map + (at & (PAGE - 1))));
  return 0;
}

static int write_word(uint64_t at, uint64_t value, uint32_t caching) {
  if (choose(caching))
    die("caching");
  char *map = map_of(device, PROT_READ | PROT_WRITE, at & ~(PAGE - 1), PAGE);
  if (map == MAP_FAILED)
    return puts(errno_name()), 0;
  *(volatile uint64_t *)(map + (at & (PAGE - 1))) = value;
  return puts("ok"), 0;
}

static void allocation(const char *what, uint64_t length, uint32_t caching, uint64_t below,
                       uint64_t alignment) {
  struct physmem_allocate got = allocate(length, caching, below, alignment);
  say(what, got.fd);
  if (got.fd >= 0)
    close(got.fd);
}

static int inputs(uint64_t ram, uint64_t mixed, uint64_t registers, uint64_t nothing) {
  const int rw = PROT_READ | PROT_WRITE;
  struct physmem_range asked = {.start = ram, .length = 0};
  struct physmem_version version;
  struct physmem_translate translate = {.virtual_address = 0x1000};
  struct physmem_dma dma = {.address = ram, .length = 8, .domain = 0xffffffff};
  uint32_t caching = 4;

  if (ioctl(device, PHYSMEM_GET_VERSION, &version))
    die("version");
  say("an unknown number", ioctl(device, _IO(PHYSMEM_MAGIC, 99), 0));
  say("a number of somebody else", ioctl(device, _IO('T', 1), 0));
  say("a struct of the wrong size",
      ioctl(device, _IOC(_IOC_READ | _IOC_WRITE, PHYSMEM_MAGIC, 4, 8), &asked));
  say("a pointer to nothing", ioctl(device, PHYSMEM_GET_RANGE, (void *)8));
  say("an ioctl of buffers", ioctl(device, PHYSMEM_GET_BUFFER, &asked));
  say("an unknown caching", ioctl(device, PHYSMEM_SET_CACHING, &caching));
  say("a range of no bytes", ioctl(device, PHYSMEM_GET_RANGE, &asked));
  asked.length = 1ull << 63;
  say("a range of 2^63 bytes", ioctl(device, PHYSMEM_GET_RANGE, &asked));
  asked.start = ~0ull;
  asked.length = 2;
  say("a range that wraps", ioctl(device, PHYSMEM_GET_RANGE, &asked));
  asked = (struct physmem_range){.start = ram, .length = 1, .reserved = 1};
  say("a reserved field", ioctl(device, PHYSMEM_GET_RANGE, &asked));
  say("map of RAM and what is none", try_map(device, PROT_READ, mixed, 2 * PAGE));
  say("map of nothing", try_map(device, PROT_READ, nothing, PAGE));
  say("map beyond the CPU's addresses", try_map(device, PROT_READ, version.address_limit, PAGE));
  say("map over their end", try_map(device, PROT_READ, version.address_limit - PAGE, 2 * PAGE));
  say("map at 2^63", try_map(device, PROT_READ, 1ull << 63, PAGE));
  say("map at the last page", try_map(device, PROT_READ, ~(PAGE - 1), PAGE));
  say("map that wraps", try_map(device, PROT_READ, ~(PAGE - 1), 2 * PAGE));
  say("map of no bytes", try_map(device, PROT_READ, ram, 0));
  say("map at no page", try_map(device, PROT_READ, ram + 8, PAGE));
  say("private map", mmap(NULL, PAGE, rw, MAP_PRIVATE, device, (off_t)ram) == MAP_FAILED ? -1 : 0);
  choose(PHYSMEM_UNCACHED);
  say("uncached map of RAM", try_map(device, rw, ram, PAGE));
  choose(PHYSMEM_WRITE_COMBINE);
  say("write-combining map of RAM", try_map(device, rw, ram, PAGE));
  choose(PHYSMEM_WRITE_BACK);
  say("write-back map of RAM", try_map(device, rw, ram, PAGE));
  say("write-back map of a device", try_map(device, rw, registers, PAGE));
  choose(PHYSMEM_AUTO);
  allocation("buffer of no bytes", 0, 0, 0, 0);
  allocation("buffer of 2^63 bytes", 1ull << 63, 0, 0, 0);
  allocation("buffer of 2^64 - 1 bytes", ~0ull, 0, 0, 0);
  allocation("buffer larger than memory", 1ull << 40, 0, 0, 0);
  allocation("buffer below the first page", PAGE, 0, PAGE - 1, 0);
  allocation("buffer aligned to 3", PAGE, 0, 0, 3);
  allocation("buffer aligned to 2^63", PAGE, 0, 0, 1ull << 63);
  allocation("buffer of an unknown caching", PAGE, 4, 0, 0);
  operation("an unknown cache operation", device, ram, 64, 4, 0);
  operation("cache operation 0", device, ram, 64, 0, 0);
  operation("an unknown cache flag", device, ram, 64, PHYSMEM_CLEAN, 2);
  operation("clean of no bytes", device, ram, 0, PHYSMEM_CLEAN, 0);
  operation("clean that wraps", device, ram, ~0ull, PHYSMEM_CLEAN, 0);
  operation("clean of nothing", device, nothing, 64, PHYSMEM_CLEAN, 0);
  operation("clean of a device", device, registers, 64, PHYSMEM_CLEAN, 0);
  operation("invalidate of RAM", device, ram, 64, PHYSMEM_INVALIDATE, 0);
  say("translate of a user's address", ioctl(device, PHYSMEM_TRANSLATE, &translate));
  translate.virtual_address = 1ull << 63;
  say("translate of 2^63", ioctl(device, PHYSMEM_TRANSLATE, &translate));
  translate.virtual_address = ~0ull;
  say("translate of 2^64 - 1", ioctl(device, PHYSMEM_TRANSLATE, &translate));
  say("DMA of no function", ioctl(device, PHYSMEM_GET_DMA, &dma));
  dma.length = 0;
  say("DMA of no bytes", ioctl(device, PHYSMEM_GET_DMA, &dma));
  say("read()", (int)read(device, &dma, 8));
  return 0;
}

static int readonly(uint64_t ram) {
  int fd = open("/dev/physmem", O_RDONLY);
  if (fd < 0)
    die("open");
  say("writable map", try_map(fd, PROT_READ | PROT_WRITE, ram, PAGE));
  void *map = map_of(fd, PROT_READ, ram, PAGE);
  say("readable map", map == MAP_FAILED ? -1 : 0);
  say("made writable later", mprotect(map, PAGE, PROT_READ | PROT_WRITE));
  say("grown", mremap(map, PAGE, 2 * PAGE, MREMAP_MAYMOVE) == MAP_FAILED ? -1 : 0);
  return 0;
}

static int denied(void) {
  struct physmem_version version;
  struct physmem_range asked = {.start = 0x1000, .length = 1};
  struct physmem_cache cache = {.start = 0x1000, .length = 1, .operation = PHYSMEM_CLEAN};
  struct physmem_translate translate = {.virtual_address = ~0ull};
  struct physmem_check check = {.start = 0x1000, .length = PAGE};
  struct physmem_dma dma = {.address = 0x1000, .length = 1};

  say("open", open("/dev/physmem", O_RDONLY));
  say("version", ioctl(device, PHYSMEM_GET_VERSION, &version));
  say("range", ioctl(device, PHYSMEM_GET_RANGE, &asked));
  say("check", ioctl(device, PHYSMEM_CHECK_MAP, &check));
  say("caching", choose(PHYSMEM_AUTO));
  say("buffer", allocate(PAGE, 0, 0, 0).fd);
  say("cache", ioctl(device, PHYSMEM_CACHE, &cache));
  say("translate", ioctl(device, PHYSMEM_TRANSLATE, &translate));
  say("dma", ioctl(device, PHYSMEM_GET_DMA, &dma));
  say("map", try_map(device, PROT_READ, 0x1000, PAGE));
  return 0;
}

static int hold(uint64_t length, uint32_t caching, uint64_t below) {
  struct physmem_allocate buffer = allocate(length, caching, below, 0);
  char ignored;
  if (buffer.fd < 0)
    return puts(errno_name()), 0;
  uint64_t *map = must_map(buffer.fd, 0, buffer.length);
  for (size_t i = 0; i < buffer.length / 8; i++)
    map[i] = PATTERN + i;
  printf("0x%llx\n", buffer.address);
  fflush(stdout);
  while (read(0, &ignored, 1) > 0)
    ;
  return 0;
}

/* A part of a map is not moved away from it: on x86 the caching would be kept account of for ever.
 */
static void moved(uint64_t reserved) {
  const int rw = PROT_READ | PROT_WRITE;
  choose(PHYSMEM_UNCACHED);
  char *map = (char *)must_map(device, reserved, 4 * PAGE);
  void *room = mmap(NULL, PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  void *part = mremap(map + PAGE, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, room);
  say("a part moved away", part == MAP_FAILED ? -1 : 0);
  operation("flush of what is mapped uncached", device, reserved, 64, PHYSMEM_FLUSH, 0);
  munmap(map, 4 * PAGE);
  operation("flush when it is not mapped", device, reserved, 64, PHYSMEM_FLUSH, 0);
  choose(PHYSMEM_WRITE_COMBINE);
  say("write-combining map of all of it", try_map(device, rw, reserved, 4 * PAGE));
}

static int conflict(uint64_t reserved) {
  const int rw = PROT_READ | PROT_WRITE;
  struct physmem_allocate buffer = allocate(4 * PAGE, PHYSMEM_WRITE_COMBINE, 0, 0);
  choose(PHYSMEM_WRITE_BACK);
  say("write-back map of a write-combining buffer", try_map(device, rw, buffer.address, PAGE));
  choose(PHYSMEM_UNCACHED);
  say("uncached map of it", try_map(device, rw, buffer.address, PAGE));
  choose(PHYSMEM_AUTO);
  say("map of it as it is", try_map(device, rw, buffer.address, buffer.length));
  say("map of it and its neighbour", try_map(device, rw, buffer.address, buffer.length + PAGE));
  choose(PHYSMEM_WRITE_BACK);
  void *first = map_of(device, rw, reserved, 2 * PAGE);
  say("write-back map of reserved memory", first == MAP_FAILED ? -1 : 0);
  choose(PHYSMEM_UNCACHED);
  say("uncached map of its second page", try_map(device, rw, reserved + PAGE, PAGE));
  print_check(reserved + PAGE, PAGE, PHYSMEM_UNCACHED);
  say("uncached map of the page after", try_map(device, rw, reserved + 2 * PAGE, PAGE));
  choose(PHYSMEM_WRITE_BACK);
  say("a second write-back map", try_map(device, rw, reserved, PAGE));
  say("half of it unmapped", munmap(first, PAGE));
  munmap(first, 2 * PAGE);
  choose(PHYSMEM_WRITE_COMBINE);
  say("write-combining map when it is gone", try_map(device, rw, reserved, 2 * PAGE));
  moved(reserved);
  return 0;
}

static int translate(uint64_t address) {
  struct physmem_translate asked = {.virtual_address = address};
  if (ioctl(device, PHYSMEM_TRANSLATE, &asked))
    return puts(errno_name()), 0;
  printf("0x%llx\n", asked.address);
  return 0;
}

static void print_dma(const char *what, int fd, struct physmem_dma dma) {
  if (ioctl(fd, PHYSMEM_GET_DMA, &dma))
    printf("%s: %s\n", what, errno_name());
  else
    printf("%s: %s, 0x%llx bytes, mask 0x%llx, flags %u\n", what,
           dma.dma_address == dma.address ? "the physical address" : "another address", dma.length,
           dma.dma_mask, dma.flags);
}

static int dma(uint32_t function, uint64_t ram) {
  struct physmem_allocate buffer = allocate(3 * PAGE, PHYSMEM_WRITE_BACK, 1ull << 32, 0);
  struct physmem_dma of_buffer = {.devfn = (uint8_t)function};
  struct physmem_dma of_ram = {.devfn = (uint8_t)function, .address = ram, .length = PAGE};
  struct physmem_dma far = {.devfn = (uint8_t)function, .address = 0xfffff000, .length = 0x1001};
  print_dma("buffer", buffer.fd, of_buffer);
  print_dma("buffer again", buffer.fd, of_buffer);
  print_dma("RAM", device, of_ram);
  print_dma("beyond 4 GiB", device, far);
  return 0;
}

static int locked(void) {
  struct physmem_allocate buffer = allocate(PAGE, 0, 0, 0);
  int fd = open("/sys/kernel/security/lockdown", O_WRONLY);
  if (fd < 0 || write(fd, "integrity", 9) != 9)
    die("lockdown");
  denied();
  say("map of a buffer that is there already", try_map(buffer.fd, PROT_READ, 0, PAGE));
  return 0;
}

static int run(int count, char **words);

static int as_user(int count, char **words) {
  become_user();
  return run(count, words);
}

static int run(int count, char **words) {
  uint64_t numbers[4] = {0};
  for (int i = 0; i < 4 && i + 1 < count; i++)
    numbers[i] = strtoull(words[i + 1], NULL, 0);
  const char *what = count > 0 ? words[0] : "";
  if (!strcmp(what, "range"))
    return range(numbers[0], numbers[1]);
  if (!strcmp(what, "check"))
    return print_check(numbers[0], numbers[1], (uint32_t)numbers[2]), 0;
  if (!strcmp(what, "read"))
    return read_word(numbers[0], (uint32_t)numbers[1]);
  if (!strcmp(what, "write"))
    return write_word(numbers[0], numbers[1], (uint32_t)numbers[2]);
  if (!strcmp(what, "inputs"))
    return inputs(numbers[0], numbers[1], numbers[2], numbers[3]);
  if (!strcmp(what, "readonly"))
    return readonly(numbers[0]);
  if (!strcmp(what, "denied"))
    return denied();
  if (!strcmp(what, "locked"))
    return locked();
  if (!strcmp(what, "hold"))
    return hold(numbers[0], (uint32_t)numbers[1], numbers[2]);
  if (!strcmp(what, "conflict"))
    return conflict(numbers[0]);
  if (!strcmp(what, "translate"))
    return translate(numbers[0]);
  if (!strcmp(what, "dma"))
    return dma((uint32_t)numbers[0], numbers[1]);
  if (!strcmp(what, "as-user"))
    return as_user(count - 1, words + 1);
  fprintf(stderr, "kmod-try: %s is nothing that can be tried\n", what);
  return 2;
}

int main(int count, char **words) {
  open_device();
  return run(count - 1, words + 1);
}
