// SPDX-License-Identifier: GPL-2.0
/*
 * A device whose driver has a regmap, and counts how often each register was read: the parameter
 * `reads` has the counts of 0x00, 0x04 and so on. 0x08 is precious, 0x0c is only written, 0x10 is none,
 * and 0x14 cannot be read when it is tried.
 */
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/regmap.h>

#define REGISTERS 8

static unsigned int reads[REGISTERS];
module_param_array(reads, uint, NULL, 0444);

static struct platform_device *device;

static int cell_read(void *context, unsigned int reg, unsigned int *value)
{
	reads[reg / 4]++;
	*value = 0x1000 + reg;
	return reg == 0x14 ? -EIO : 0;
}

static int cell_write(void *context, unsigned int reg, unsigned int value)
{
	return 0;
}

static bool is_readable(struct device *dev, unsigned int reg)
{
	return reg != 0x0c && reg != 0x10;
}

static bool is_writeable(struct device *dev, unsigned int reg)
{
	return reg == 0x0c;
}

static bool is_precious(struct device *dev, unsigned int reg)
{
	return reg == 0x08;
}

static const struct regmap_config config = {
	.reg_bits = 32,
	.val_bits = 32,
	.reg_stride = 4,
	.max_register = 4 * (REGISTERS - 1),
	.readable_reg = is_readable,
	.writeable_reg = is_writeable,
	.precious_reg = is_precious,
	.reg_read = cell_read,
	.reg_write = cell_write,
};

static int __init physmem_regmap_init(void)
{
	struct regmap *map;

	device = platform_device_register_simple("physmem_regmap", -1, NULL, 0);
	if (IS_ERR(device))
		return PTR_ERR(device);
	map = devm_regmap_init(&device->dev, NULL, NULL, &config);
	if (!IS_ERR(map))
		return 0;
	platform_device_unregister(device);
	return PTR_ERR(map);
}
module_init(physmem_regmap_init);

static void __exit physmem_regmap_exit(void)
{
	platform_device_unregister(device);
}
module_exit(physmem_regmap_exit);

MODULE_DESCRIPTION("A regmap that counts reads");
MODULE_LICENSE("GPL");
