#define _GNU_SOURCE
#include "agent_look.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent_text.h"

static uint32_t kind_of(mode_t mode) {
  switch (mode & S_IFMT) {
  case S_IFREG:
    return PM_KIND_FILE;
  case S_IFDIR:
    return PM_KIND_FOLDER;
  case S_IFLNK:
    return PM_KIND_LINK;
  case S_IFCHR:
    return PM_KIND_CHARACTER_DEVICE;
  case S_IFBLK:
    return PM_KIND_BLOCK_DEVICE;
  default:
    return PM_KIND_OTHER;
  }
}

/* include/linux/kdev_t.h, new_encode_dev(). */
static struct pm_node_status to_status(const struct stat *from) {
  uint64_t number = from->st_rdev;
  return (struct pm_node_status){
      .kind = kind_of(from->st_mode),
      .mode = from->st_mode,
      .uid = from->st_uid,
      .gid = from->st_gid,
      .dev = from->st_dev,
      .ino = from->st_ino,
      .rdev_major = number >> 8 & 0xfff,
      .rdev_minor = (number & 0xff) | (number >> 12 & 0xfff00),
      .size = (uint64_t)from->st_size,
  };
}

/* To read some devices, and even to open them, acts on them. The log of the kernel is 1:11. */
static bool may_be_read(const struct stat *status) {
  return S_ISREG(status->st_mode) || (S_ISCHR(status->st_mode) && status->st_rdev == 0x10b);
}

static int read_file(const char *path, size_t most, uint8_t *room, size_t *used) {
  struct stat status;
  if (fstatat(AT_FDCWD, path, &status, 0))
    return errno;
  if (!may_be_read(&status))
    return S_ISDIR(status.st_mode) ? EISDIR : ENODEV;
  int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  if (fd < 0)
    return errno;
  int error = 0;
  while (*used < most) {
    ssize_t count = read(fd, room + *used, most - *used);
    if (count < 0 && errno != EAGAIN && errno != EINTR && !*used)
      error = errno;
    if (count <= 0 && !(count < 0 && errno == EINTR))
      break;
    if (count > 0)
      *used += (size_t)count;
  }
  close(fd);
  return error;
}

/* Of a file system that does not tell the kind of an entry, the entry does. */
static uint32_t entry_kind(int folder, const struct dirent64 *entry) {
  struct stat status;
  if (entry->d_type != DT_UNKNOWN)
    return kind_of((mode_t)entry->d_type << 12);
  return fstatat(folder, entry->d_name, &status, AT_SYMLINK_NOFOLLOW) ? PM_KIND_OTHER
                                                                      : kind_of(status.st_mode);
}

static bool put_entry(int folder, const struct dirent64 *entry, uint8_t *room, size_t room_bytes,
                      size_t *used) {
  uint32_t head[2] = {entry_kind(folder, entry), (uint32_t)strlen(entry->d_name)};
  if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
    return true;
  if (room_bytes - *used < sizeof head + head[1])
    return false;
  memcpy(room + *used, head, sizeof head);
  memcpy(room + *used + sizeof head, entry->d_name, head[1]);
  *used += sizeof head + head[1];
  return true;
}

static int read_folder(const char *path, uint8_t *room, size_t room_bytes, size_t *used) {
  static _Alignas(8) char some[4096];
  int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0)
    return errno;
  int error = 0;
  while (!error) {
    ssize_t count = getdents64(fd, some, sizeof some);
    if (count <= 0) {
      error = count < 0 ? errno : 0;
      break;
    }
    for (ssize_t at = 0; at < count && !error;) {
      const struct dirent64 *entry = (const struct dirent64 *)(const void *)(some + at);
      if (!put_entry(fd, entry, room, room_bytes, used))
        error = EOVERFLOW;
      at += entry->d_reclen;
    }
  }
  close(fd);
  return error;
}

/* Of some files each read is an access (configuration space): no more is read. */
static int read_word(const char *path, uint32_t offset, uint8_t *room, size_t room_bytes,
                     size_t *used) {
  struct stat status;
  const size_t bytes = 4;
  if (room_bytes < bytes)
    return EOVERFLOW;
  if (offset % bytes)
    return EINVAL;
  if (fstatat(AT_FDCWD, path, &status, 0))
    return errno;
  if (!S_ISREG(status.st_mode))
    return ENODEV;
  int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  if (fd < 0)
    return errno;
  ssize_t count = pread(fd, room, bytes, (off_t)offset);
  int error = count < 0 ? errno : 0;
  close(fd);
  *used = bytes;
  return error ? error : (size_t)count == bytes ? 0 : EIO;
}

static int read_link(const char *path, uint8_t *room, size_t room_bytes, size_t *used) {
  ssize_t count = readlink(path, (char *)room, room_bytes);
  if (count < 0)
    return errno;
  *used = (size_t)count;
  return *used == room_bytes ? EOVERFLOW : 0;
}

static int read_status(const char *path, int flags, uint8_t *room, size_t room_bytes,
                       size_t *used) {
  struct stat status;
  if (room_bytes < sizeof(struct pm_node_status))
    return EOVERFLOW;
  if (fstatat(AT_FDCWD, path, &status, flags))
    return errno;
  struct pm_node_status told = to_status(&status);
  memcpy(room, &told, sizeof told);
  *used = sizeof told;
  return 0;
}

/* The kernel knows where a descriptor leads; O_PATH opens nothing. */
static int read_real(const char *path, uint8_t *room, size_t room_bytes, size_t *used) {
  int fd = open(path, O_PATH | O_CLOEXEC);
  if (fd < 0)
    return errno;
  char link[32];
  struct agent_text text = {.bytes = link, .room = sizeof link, .fd = -1};
  agent_add(&text, "/proc/self/fd/%d", fd);
  int error = read_link(link, room, room_bytes, used);
  close(fd);
  return error;
}

int agent_look_up(uint32_t what, const char *path, uint32_t most, uint8_t *room, size_t room_bytes,
                  size_t *used) {
  *used = 0;
  switch (what) {
  case PM_LOOK_BYTES:
    return read_file(path, most < room_bytes ? most : room_bytes, room, used);
  case PM_LOOK_ENTRIES:
    return read_folder(path, room, room_bytes, used);
  case PM_LOOK_LINK:
    return read_link(path, room, room_bytes, used);
  case PM_LOOK_STATUS:
    return read_status(path, 0, room, room_bytes, used);
  case PM_LOOK_LINK_STATUS:
    return read_status(path, AT_SYMLINK_NOFOLLOW, room, room_bytes, used);
  case PM_LOOK_WORD:
    return read_word(path, most, room, room_bytes, used);
  default:
    return read_real(path, room, room_bytes, used);
  }
}

int agent_open_path(const char *path, uint32_t flags, int *fd, struct pm_node_status *status) {
  struct stat found;
  int access = flags & PM_OPEN_WRITE_ONLY ? O_WRONLY : flags & PM_OPEN_WRITE ? O_RDWR : O_RDONLY;
  int sync = flags & PM_OPEN_CACHED ? 0 : O_SYNC;
  *fd = open(path, access | sync | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  if (*fd < 0)
    return errno;
  if (fstat(*fd, &found)) {
    int error = errno;
    close(*fd);
    return error;
  }
  *status = to_status(&found);
  return 0;
}
