/*
 * Hostile frames for `physmem-agent serve`. The agent reads them from a file; what they name is
 * never looked at, and what they open is a file of two pages, for reading. Under sanitizers a
 * memory error or undefined behaviour in any of it ends the run.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../agent_fresh_node.h"
#include "../agent_i2c.h"
#include "../agent_lock_file.h"
#include "../agent_look.h"
#include "../agent_port.h"
#include "../agent_serve.h"
#include "../mapping.h"
#include "fuzz.h"

/* In place of agent_look.c: the paths of this machine are none of the fuzzer's. */
int agent_look_up(uint32_t what, const char *path, uint32_t most, uint8_t *room, size_t room_bytes,
                  size_t *used) {
  size_t length = strlen(path);
  must(*path == '/' && what >= PM_LOOK_BYTES && what <= PM_LOOK_WORD, "a look-up that is none");
  *used = most < room_bytes ? most : room_bytes;
  memset(room, (int)length, *used);
  return most == 77 ? EOVERFLOW : 0;
}

int agent_open_path(const char *path, uint32_t flags, int *fd, struct pm_node_status *status) {
  must(*path == '/' && !(flags & ~3u), "a path that is none");
  *status = (struct pm_node_status){.kind = PM_KIND_FILE};
  *fd = memfd_create("fuzz", MFD_CLOEXEC);
  must(*fd >= 0 && ftruncate(*fd, (off_t)(2 * pm_page_size())) == 0, "no file");
  return 0;
}

/* In place of agent_fresh_node.c: no node of this machine is ever made. */
bool agent_try_fresh_node(uint32_t minor, int *error) {
  must(minor <= 15, "a node that is none");
  *error = minor == 1 ? ENXIO : 0;
  return minor != 2;
}

/* In place of agent_i2c.c: no bus of this machine is ever used. */
int agent_use_i2c(int fd, const struct agent_i2c *use, int *ended, uint32_t *value) {
  size_t out = use->out_bytes, in = use->in_bytes;
  must(fd >= 0 && use->address <= 0x7f, "no device");
  must(out <= 32 && in <= 32, "bytes too many");
  must(use->what != PM_I2C_SMBUS || out + in == 2 || out + in == 3, "no transaction of SMBus");
  must(use->what != PM_I2C_TRANSFER || out, "no transaction");
  must(use->what >= PM_I2C_TRANSFER || (!out && !in), "bytes of no transaction");
  if (use->address == 0x48)
    return EBUSY;
  if (out)
    memset(use->in, use->out[out - 1], in);
  *ended = use->address == 0x20 ? EREMOTEIO : 0;
  *value = use->what == PM_I2C_FUNCTIONS;
  return 0;
}

/* In place of agent_lock_file.c: no file of this machine is made or opened. */
enum pm_lock agent_open_lock(const char *path, int *fd, uint32_t *detail) {
  must(*path == '/', "a path that is none");
  *detail = (uint32_t)strlen(path);
  if (path[1] == '!')
    return PM_LOCK_FOREIGN;
  *fd = path[1] == '?' ? open("/dev/null", O_PATH | O_CLOEXEC) : memfd_create("lock", MFD_CLOEXEC);
  must(*fd >= 0, "no file");
  return PM_LOCK_TAKEN;
}

/* In place of agent_port.c: no port of this machine is ever asked for. */
int agent_use_port(uint32_t what, uint32_t port, uint32_t bytes, uint32_t *value) {
  bool is_access = what == PM_PORT_IN || what == PM_PORT_OUT;
  must(what == PM_PORT_ALLOW || is_access, "no use of a port");
  must(port < 0x10000 && bytes && port + bytes <= 0x10000, "a port that is none");
  must(!is_access || ((bytes == 1 || bytes == 2 || bytes == 4) && port % bytes == 0), "no access");
  must(what == PM_PORT_OUT ? bytes == 4 || *value < 1u << 8 * bytes : !*value, "a value too many");
  if (port == 0x80)
    return EPERM;
  *value = what == PM_PORT_IN ? 0x26 : *value;
  return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
  int in = memfd_create("frames", MFD_CLOEXEC), out = open("/dev/null", O_WRONLY | O_CLOEXEC);
  must(in >= 0 && out >= 0, "no file");
  must(write(in, bytes, size) == (ssize_t)size && lseek(in, 0, SEEK_SET) == 0, "no input");
  int code = agent_serve(in, out);
  must(code == 0 || code == 2, "an exit code that is none");
  close(in);
  close(out);
  return 0;
}
