/*
 * Buffers of /dev/physmem, by plain system calls.
 *
 *   life      zeros, addresses, maps, closing
 *   pass      to another process, which has no rights
 *   killed    16 times 64 MiB to processes that are killed: more than the machine has
 *   caches    cache operations on buffers, RAM and hidden memory
 */
#include "kmod.h"

static int is_buffer(uint64_t address) {
  struct physmem_range asked = {.start = address, .length = 1};
  if (ioctl(device, PHYSMEM_GET_RANGE, &asked))
    die("range");
  return (asked.flags & PHYSMEM_RANGE_BUFFER) != 0;
}

static const char *yes(int truth) { return truth ? "yes" : "no"; }

/* Every page is looked at: zeros, and where pagemap has it. */
static void inspect(struct physmem_allocate *buffer, uint64_t *map) {
  static uint64_t entries[(64 << 20) / PAGE];
  uint64_t sum = 0, wrong = 0, pages = buffer->length / PAGE;
  int fd = open("/proc/self/pagemap", O_RDONLY);
  if (pread(fd, entries, pages * 8, (off_t)((uintptr_t)map / PAGE * 8)) != (ssize_t)pages * 8)
    die("pagemap");
  close(fd);
  for (uint64_t i = 0; i < buffer->length / 8; i++)
    sum |= map[i];
  for (uint64_t i = 0; i < pages; i++)
    wrong += (entries[i] & FRAME) != buffer->address / PAGE + i;
  printf("zeros: %s, pages elsewhere: %llu\n", yes(sum == 0), (unsigned long long)wrong);
}

static void life_of(uint64_t length, uint32_t caching, uint64_t below, uint64_t alignment) {
  struct physmem_allocate buffer = allocate(length, caching, below, alignment);
  struct physmem_buffer told = {0};
  uint64_t number = 0x1122334455667788;
  int ends[2];

  printf("0x%llx bytes, caching %u: ", (unsigned long long)length, caching);
  if (buffer.fd < 0) {
    puts(errno_name());
    return;
  }
  printf("got 0x%llx, close-on-exec %s, aligned %s, below %s\n", buffer.length,
         yes(fcntl(buffer.fd, F_GETFD) & FD_CLOEXEC),
         yes(buffer.address % (alignment ? alignment : PAGE) == 0),
         yes(!below || buffer.address + buffer.length <= below));
  if (ioctl(buffer.fd, PHYSMEM_GET_BUFFER, &told))
    die("buffer");
  printf("told the same: %s\n",
         yes(told.address == buffer.address && told.length == buffer.length &&
             told.caching == buffer.caching));
  uint64_t *map = must_map(buffer.fd, 0, buffer.length);
  inspect(&buffer, map);
  uint64_t *other = must_map(device, buffer.address, PAGE);
  other[1] = number;
  printf("seen by its physical address: %s\n", yes(map[1] == number));
  if (pipe(ends) || write(ends[1], map, 16) != 16 || read(ends[0], map + 4, 16) != 16)
    die("pipe");
  printf("system calls reach it: %s\n", yes(map[5] == number));
  madvise(map, buffer.length, MADV_DONTNEED);
  printf("still there when its pages were taken out of the map: %s\n", yes(map[5] == number));
  say("map beyond its end", try_map(buffer.fd, PROT_READ, buffer.length, PAGE));
  say("map over its end", try_map(buffer.fd, PROT_READ, buffer.length - PAGE, 2 * PAGE));
  say("private map", mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, buffer.fd, 0) == MAP_FAILED ? -1 : 0);
  say("closed", close(buffer.fd));
  say("closed again", close(buffer.fd));
  munmap(map, buffer.length);
  printf("lives by its physical map: %s\n", yes(is_buffer(buffer.address)));
  munmap(other, PAGE);
  printf("lives without: %s\n", yes(is_buffer(buffer.address)));
}

static int life(void) {
  life_of(1, PHYSMEM_AUTO, 0, 0);
  life_of(5 * PAGE, PHYSMEM_WRITE_BACK, 0, 0);
  life_of(1 << 20, PHYSMEM_WRITE_COMBINE, 1ull << 32, 1 << 21);
  life_of(1 << 20, PHYSMEM_UNCACHED, 0, 1 << 20);
  life_of(64 << 20, PHYSMEM_WRITE_BACK, 0, 0);
  life_of(64 << 20, PHYSMEM_WRITE_COMBINE, 0, 0);
  return 0;
}

static void send_descriptors(int socket, const int *descriptors, size_t count) {
  char control[64] = {0}, byte = 'x';
  struct iovec vector = {.iov_base = &byte, .iov_len = 1};
  struct msghdr message = {.msg_iov = &vector,
                           .msg_iovlen = 1,
                           .msg_control = control,
                           .msg_controllen = CMSG_SPACE(count * sizeof(int))};
  struct cmsghdr *header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(count * sizeof(int));
  memcpy(CMSG_DATA(header), descriptors, count * sizeof(int));
  if (sendmsg(socket, &message, 0) != 1)
    die("sendmsg");
}

static void receive_descriptors(int socket, int *descriptors, size_t count) {
  char control[64], byte;
  struct iovec vector = {.iov_base = &byte, .iov_len = 1};
  struct msghdr message = {.msg_iov = &vector,
                           .msg_iovlen = 1,
                           .msg_control = control,
                           .msg_controllen = sizeof control};
  if (recvmsg(socket, &message, 0) != 1)
    die("recvmsg");
  memcpy(descriptors, CMSG_DATA(CMSG_FIRSTHDR(&message)), count * sizeof(int));
}

static int receiver(int socket) {
  int descriptors[2];
  struct physmem_buffer told;
  struct physmem_version version;
  struct physmem_dma dma = {0};
  receive_descriptors(socket, descriptors, 2);
  become_user();
  say("the device", ioctl(descriptors[1], PHYSMEM_GET_VERSION, &version));
  say("a map of the device", try_map(descriptors[1], PROT_READ, 0x1000, PAGE));
  say("where the buffer lies", ioctl(descriptors[0], PHYSMEM_GET_BUFFER, &told));
  say("its address for a function", ioctl(descriptors[0], PHYSMEM_GET_DMA, &dma));
  uint64_t length = (uint64_t)lseek(descriptors[0], 0, SEEK_END);
  printf("its length: 0x%llx\n", (unsigned long long)length);
  say("another place in it", (int)lseek(descriptors[0], 8, SEEK_SET));
  uint64_t *map = must_map(descriptors[0], 0, length);
  printf("what the sender wrote: %s\n", yes(map[7] == PATTERN));
  map[8] = PATTERN + 1;
  operation("flush", descriptors[0], 0, length, PHYSMEM_FLUSH, 0);
  operation("invalidate", descriptors[0], 100, 1000, PHYSMEM_INVALIDATE, 0);
  return 0;
}

static int pass(void) {
  int sockets[2], status;
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, sockets))
    die("socketpair");
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    close(device); /* it gets it by the socket, as a stranger would */
    status = receiver(sockets[1]);
    fflush(stdout);
    _exit(status);
  }
  struct physmem_allocate buffer = allocate(2 * PAGE, PHYSMEM_WRITE_BACK, 0, 0);
  uint64_t *map = must_map(buffer.fd, 0, buffer.length);
  map[7] = PATTERN;
  send_descriptors(sockets[0], (int[]){buffer.fd, device}, 2);
  close(buffer.fd);
  waitpid(child, &status, 0);
  printf("what the receiver wrote: %s, it ended with %d\n", yes(map[8] == PATTERN + 1), status);
  munmap(map, buffer.length);
  printf("lives on: %s\n", yes(is_buffer(buffer.address)));
  return 0;
}

/* Memory that the kernel has taken out of its own map: memfd_secret(2). */
static void secret_memory(void) {
#ifdef SYS_memfd_secret
  int fd = (int)syscall(SYS_memfd_secret, 0);
  if (fd < 0) {
    say("secret memory", fd);
    return;
  }
  if (ftruncate(fd, PAGE))
    die("ftruncate");
  uint64_t *map = must_map(fd, 0, PAGE);
  map[3] = PATTERN;
  operation("flush of secret memory", device, physical(map), PAGE, PHYSMEM_FLUSH, 0);
  printf("it is unharmed: %s\n", yes(map[3] == PATTERN));
#endif
}

static int caches(void) {
  struct physmem_allocate buffer = allocate(3 * PAGE, PHYSMEM_WRITE_BACK, 0, 0);
  uint64_t *map = must_map(buffer.fd, 0, buffer.length);
  for (size_t i = 0; i < buffer.length / 8; i++)
    map[i] = PATTERN + i;
  operation("clean", buffer.fd, 0, buffer.length, PHYSMEM_CLEAN, 0);
  operation("flush of some bytes", buffer.fd, 4000, 1000, PHYSMEM_FLUSH, 0);
  operation("clean over the end", buffer.fd, 1, buffer.length, PHYSMEM_CLEAN, 0);
  operation("clean past the end", buffer.fd, buffer.length, 1, PHYSMEM_CLEAN, 0);
  operation("clean of 2^64 - 1 bytes", buffer.fd, 1, ~0ull, PHYSMEM_CLEAN, 0);
  operation("invalidate by its physical address", device, buffer.address + 8, 8192,
            PHYSMEM_INVALIDATE, 0);
  size_t wrong = 0;
  for (size_t i = 0; i < buffer.length / 8; i++)
    wrong += map[i] != PATTERN + i;
  printf("words lost: %zu\n", wrong);
  static uint64_t own[1024] __attribute__((aligned(4096)));
  for (size_t i = 0; i < 1024; i++)
    own[i] = i;
  operation("clean of RAM", device, physical(own), PAGE, PHYSMEM_CLEAN, 0);
  operation("invalidate of RAM that was cleaned", device, physical(own), PAGE, PHYSMEM_INVALIDATE,
            PHYSMEM_CACHE_ANY_RAM);
  printf("it is unharmed: %s\n", yes(own[500] == 500));
  secret_memory();
  return 0;
}

static int killed(void) {
  int got = 0, status;
  for (int i = 0; i < 16; i++) {
    pid_t child = fork();
    if (child == 0) {
      struct physmem_allocate buffer = allocate(64 << 20, PHYSMEM_AUTO, 0, 0);
      if (buffer.fd >= 0 && *must_map(buffer.fd, 0, buffer.length) == 0)
        kill(getpid(), SIGKILL);
      _exit(1);
    }
    waitpid(child, &status, 0);
    got += WIFSIGNALED(status);
  }
  printf("%d buffers, one after the other\n", got);
  return 0;
}

int main(int count, char **words) {
  const char *what = count > 1 ? words[1] : "";
  open_device();
  if (!strcmp(what, "life"))
    return life();
  if (!strcmp(what, "pass"))
    return pass();
  if (!strcmp(what, "killed"))
    return killed();
  if (!strcmp(what, "caches"))
    return caches();
  fprintf(stderr, "kmod-buffers: %s is nothing that can be tried\n", what);
  return 2;
}
