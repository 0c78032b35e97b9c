/* The start of the addon: what each of its files exports, in one object. */
#include "addon.h"

#include "access.h"
#include "mapping.h"

NAPI_MODULE_INIT() {
  if (!pm_set(env, exports, "version", pm_uint32(env, PM_ADDON_VERSION)) ||
      !pm_set(env, exports, "pageSize", pm_uint32(env, (uint32_t)pm_page_size())) ||
      !pm_set(env, exports, "has64BitAccess", pm_bool(env, PM_HAS_64BIT_ACCESS)) ||
      !pm_init_cpu(env, exports) || !pm_init_program(env, exports) ||
      !pm_init_memory(env, exports) || !pm_init_sample(env, exports) ||
      !pm_init_window(env, exports) || !pm_init_linux(env, exports) ||
      !pm_init_port(env, exports) || !pm_init_kmod(env, exports) ||
      !pm_init_hugepages(env, exports) || !pm_init_uio(env, exports) ||
      !pm_init_i2c(env, exports) || !pm_init_module(env, exports))
    return pm_throw(env, "physmem: the addon could not start");
  return exports;
}
