// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * What a driver claims is taken out of the mappings that were made before. The kernel does so for
 * /dev/mem in request_mem_region() itself (kernel/resource.c, revoke_iomem()), and lets no module
 * take part: iomem_get_mapping() is not exported, and claiming gives no notifier. So the module
 * looks when a driver was bound, and when a module was loaded, before which most claims are made.
 * What it does not see is described in docs/kernel-module.md, "Limits".
 */
#include <linux/amba/bus.h>
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/pci.h>
#include <linux/platform_device.h>

#include "internal.h"

static int physmem_bus_event(struct notifier_block *notifier, unsigned long event, void *device)
{
	if (event != BUS_NOTIFY_BOUND_DRIVER)
		return NOTIFY_DONE;
	physmem_revoke_claimed();
	return NOTIFY_OK;
}

static int physmem_module_event(struct notifier_block *notifier, unsigned long event, void *module)
{
	if (event != MODULE_STATE_LIVE)
		return NOTIFY_DONE;
	physmem_revoke_claimed();
	return NOTIFY_OK;
}

struct physmem_watched_bus {
	const void *type; /* struct bus_type, which only newer kernels take as constant */
	struct notifier_block notifier;
};

/* Of the buses whose devices have registers those that modules may watch. */
static struct physmem_watched_bus physmem_buses[] = {
	{ &platform_bus_type, { .notifier_call = physmem_bus_event } },
#ifdef CONFIG_PCI
	{ &pci_bus_type, { .notifier_call = physmem_bus_event } },
#endif
#ifdef CONFIG_ARM_AMBA
	{ &amba_bustype, { .notifier_call = physmem_bus_event } },
#endif
};

static struct notifier_block physmem_module_notifier = { .notifier_call = physmem_module_event };

static void physmem_unwatch(size_t count)
{
	while (count-- > 0)
		bus_unregister_notifier((void *)physmem_buses[count].type,
					&physmem_buses[count].notifier);
}

int physmem_revoke_start(void)
{
	size_t i;
	int error;

	for (i = 0; i < ARRAY_SIZE(physmem_buses); i++) {
		error = bus_register_notifier((void *)physmem_buses[i].type,
					      &physmem_buses[i].notifier);
		if (error)
			goto undo;
	}
	error = register_module_notifier(&physmem_module_notifier);
	if (!error)
		return 0;
undo:
	physmem_unwatch(i);
	return error;
}

void physmem_revoke_stop(void)
{
	unregister_module_notifier(&physmem_module_notifier);
	physmem_unwatch(ARRAY_SIZE(physmem_buses));
}
