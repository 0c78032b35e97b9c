#define _GNU_SOURCE
#include "agent_refusal.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "agent_error.h"
#include "agent_text.h"

/* drivers/char/mem.c, open_port() and memory_open(). */
static bool refuse_devmem(const char *path, const char *what, int error) {
  const char *cannot = "cannot be opened for";
  switch (error) {
  case ENOENT:
    agent_fail("%s %s %s: there is no such node: the kernel has no /dev/mem, or a container hides "
               "it",
               path, cannot, what);
    agent_advise("use a kernel with CONFIG_DEVMEM=y, or run outside of the container");
    return false;
  case ENXIO:
    agent_fail("%s %s %s: the kernel was built without CONFIG_DEVMEM (ENXIO)", path, cannot, what);
    agent_advise("use a kernel with CONFIG_DEVMEM=y");
    return false;
  case EACCES:
    if (geteuid() == 0) {
      agent_fail("%s %s %s: a security module, or a file system mounted with nodev, forbids it "
                 "(EACCES)",
                 path, cannot, what);
      agent_advise("look into the kernel's log for what SELinux or AppArmor denied");
      return false;
    }
    agent_fail("%s %s %s: its permissions do not allow it (EACCES)", path, cannot, what);
    agent_advise("run it as root");
    return false;
  case EPERM:
    if (geteuid() != 0) {
      agent_fail("%s %s %s: this process lacks the capability CAP_SYS_RAWIO (EPERM)", path, cannot,
                 what);
      agent_advise("run it as root, outside of a user namespace");
      return false;
    }
    agent_fail("%s %s %s: the kernel is locked down, or a device cgroup or a security module "
               "forbids it (EPERM)",
               path, cannot, what);
    agent_advise("mount securityfs and read /sys/kernel/security/lockdown, which says why");
    return false;
  default:
    return agent_fail("%s %s %s: %s", path, cannot, what, agent_errno_name(error));
  }
}

bool agent_refuse_open(const char *name, const char *what, int error) {
  if (strcmp(name, "/dev/mem") == 0)
    return refuse_devmem(name, what, error);
  const char *path = agent_clip(name);
  const char *cannot = "cannot be opened for";
  switch (error) {
  case ENOENT:
  case ENOTDIR:
    return agent_refuse("%s %s %s: there is no such file", path, cannot, what);
  case EISDIR:
    return agent_refuse("%s is a directory: expected a file or a device node", path);
  case ENXIO:
    return agent_refuse("%s %s %s: there is no device behind this node (ENXIO)", path, cannot,
                        what);
  case EACCES:
    agent_fail("%s %s %s: its permissions do not allow it (EACCES)", path, cannot, what);
    agent_advise("run it as root, or change the permissions");
    return false;
  case EPERM:
    return agent_fail("%s %s %s: the kernel does not permit it (EPERM)", path, cannot, what);
  case EROFS:
    return agent_fail("%s %s %s: its file system is mounted read-only (EROFS)", path, cannot, what);
  default:
    return agent_fail("%s %s %s: %s", path, cannot, what, agent_errno_name(error));
  }
}

/* drivers/char/mem.c, mmap_mem(). */
static const char *devmem_reason(int error) {
  if (error == EPERM)
    return "CONFIG_STRICT_DEVMEM forbids it: RAM, or a region that a driver claims (EPERM)";
#if defined(__x86_64__)
  /* arch/x86/mm/pat/memtype.c: phys_mem_access_prot_allowed() and reserve_pfn_range(). */
  if (error == EINVAL)
    return "it is RAM, and the page attribute table forbids a second mapping of it, or beyond what "
           "the CPU has (EINVAL)";
  if (error == EAGAIN)
    return "the kernel maps it cached, and x86 allows no uncached mapping beside that (EAGAIN)";
#else
  if (error == EINVAL)
    return "it is beyond the physical addresses of this kernel (EINVAL)";
#endif
  return NULL;
}

static const char *file_reason(int error) {
  switch (error) {
  case ENODEV:
    return "its driver or file system does not support mmap (ENODEV)";
  case EACCES:
    return "it was not opened for this (EACCES)";
  case EPERM:
    return "the kernel does not permit it (EPERM)";
  case EINVAL:
    return "the driver has no memory at this offset (EINVAL)";
  case EOVERFLOW:
    return "the driver has no memory at this offset (EOVERFLOW)";
  case ENXIO:
    return "the driver has no memory at this offset (ENXIO)";
  default:
    return NULL;
  }
}

bool agent_refuse_map(const char *name, bool devmem, uint64_t address, int error) {
  const char *reason = devmem ? devmem_reason(error) : file_reason(error);
  unsigned long long at = address;
  if (!reason)
    return agent_fail("0x%08llx (%s) cannot be mapped: mmap failed with %s", at, name,
                      agent_errno_name(error));
  agent_fail("0x%08llx (%s) cannot be mapped: %s", at, name, reason);
  if (devmem && error == EPERM)
    agent_advise("for a region that a driver claims, unbind the driver or boot with iomem=relaxed");
  return false;
}
