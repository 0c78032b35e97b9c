#define _GNU_SOURCE
#include "agent_fresh_node.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent_text.h"

bool agent_try_fresh_node(uint32_t minor, int *error) {
  char path[64];
  struct agent_text text = {.bytes = path, .room = sizeof path, .fd = -1};
  agent_add(&text, "/tmp/physmem-node-%d", (int)getpid());
  /* include/linux/kdev_t.h, old_encode_dev(). It fails where the path is taken, by a link, too. */
  if (mknodat(AT_FDCWD, path, S_IFCHR | 0600, 1u << 8 | minor))
    return false;
  int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  *error = fd < 0 ? errno : 0;
  if (fd >= 0)
    close(fd);
  unlinkat(AT_FDCWD, path, 0);
  return true;
}
