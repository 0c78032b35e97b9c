#define _GNU_SOURCE
#include "agent_output.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent_error.h"

bool agent_hold_descriptors(void) {
  struct stat status;
  for (int fd = 0; fd <= 2; fd++)
    if (fstat(fd, &status) && (errno != EBADF || open("/dev/null", O_RDWR) != fd))
      return false;
  return true;
}

bool agent_is_standard_output(const char *path) {
  static const char *const all[] = {"-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++)
    if (strcmp(path, all[i]) == 0)
      return true;
  return false;
}

/* src/base/errno.ts, FILE_REASONS; NULL where no more is known than the name. */
static const char *reason_of(int error) {
  switch (error) {
  case EACCES:
    return "its permissions do not allow it (EACCES)";
  case EPERM:
    return "the kernel does not permit it (EPERM)";
  case EROFS:
    return "its file system is mounted read-only (EROFS)";
  case ENOSPC:
    return "no space is left on the device (ENOSPC)";
  case EDQUOT:
    return "the quota of this user is used up (EDQUOT)";
  case EFBIG:
    return "it would be larger than is allowed (EFBIG)";
  case ETXTBSY:
    return "it is a program that is running (ETXTBSY)";
  default:
    return agent_errno_name(error);
  }
}

bool agent_fail_output(int error) {
  return agent_fail("standard output cannot be written: %s", reason_of(error));
}

bool agent_fail_file(const char *path, int error) {
  const char *shown = agent_clip(path);
  switch (error) {
  case ENOENT:
    return agent_refuse("%s cannot be written: its folder does not exist", shown);
  case ENOTDIR:
    return agent_refuse("%s cannot be written: a part of its path is not a directory", shown);
  case EISDIR:
    return agent_refuse("%s cannot be written: it is a directory", shown);
  default:
    return agent_fail("%s cannot be written: %s", shown, reason_of(error));
  }
}

bool agent_end_output(struct agent_text *out) {
  return agent_flush(out) || agent_fail_output(out->failed);
}
