#define _GNU_SOURCE
#include "agent_lock_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent_frames.h"

static bool is_there(const char *path) {
  struct stat status;
  return fstatat(AT_FDCWD, path, &status, AT_SYMLINK_NOFOLLOW) == 0;
}

static bool has_folder(const char *path) {
  char folder[AGENT_PATH_BYTES];
  size_t length = strlen(path);
  while (length > 1 && path[length - 1] != '/')
    length--;
  memcpy(folder, path, length);
  folder[length] = 0;
  return is_there(folder);
}

static enum pm_lock trusted(int fd, uint32_t *detail) {
  struct stat status;
  if (fstat(fd, &status)) {
    *detail = (uint32_t)errno;
    return PM_LOCK_UNOPENED;
  }
  if (!S_ISREG(status.st_mode))
    return PM_LOCK_NO_FILE;
  *detail = status.st_uid;
  return status.st_uid == 0 || status.st_uid == geteuid() ? PM_LOCK_TAKEN : PM_LOCK_FOREIGN;
}

enum pm_lock agent_open_lock(const char *path, int *fd, uint32_t *detail) {
  *detail = 0;
  /* It may be made, or go, in between. Never O_CREAT without O_EXCL: in a folder of all it would
   * open what another put there (Documentation/admin-guide/sysctl/fs.rst, protected_regular). */
  for (int attempt = 0; attempt < 4; attempt++) {
    int flags = is_there(path) ? O_RDONLY | O_NOFOLLOW | O_NONBLOCK
                               : O_RDONLY | O_CREAT | O_EXCL | O_NOFOLLOW;
    *fd = open(path, flags | O_NOCTTY | O_CLOEXEC, 0644);
    if (*fd >= 0) {
      enum pm_lock how = trusted(*fd, detail);
      if (how != PM_LOCK_TAKEN)
        close(*fd);
      return how;
    }
    int error = errno;
    if ((error == EEXIST || error == ENOENT) && has_folder(path))
      continue;
    if (error == EEXIST || error == ENOENT)
      return PM_LOCK_NO_FOLDER;
    *detail = (uint32_t)error;
    return error == ELOOP ? PM_LOCK_LINK : PM_LOCK_UNOPENED;
  }
  return PM_LOCK_UNSTEADY;
}
