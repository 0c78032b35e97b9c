// SPDX-License-Identifier: GPL-2.0
/*
 * An I2C adapter with transactions of its own (I2C_FUNC_I2C), which i2c-stub and QEMU's SMBus of a PC
 * lack, and two devices on it: 0x48 with addresses of registers of 8 bits, 0x50 with those of 16.
 * Their registers follow each other, a byte each. What went over the bus is in the kernel's log, a
 * line a transaction: S a start, Sr a repeated one, P the end. The other addresses fail: 0x20 with
 * EAGAIN, 0x21 with ETIMEDOUT, 0x22 with EREMOTEIO, all else with ENXIO.
 */
#include <linux/i2c.h>
#include <linux/module.h>

static u8 sensor[256] = { 0x19, 0x80, 0x60, 0x4b, 0x00 };
static u8 eeprom[65536];

struct chip {
	u8 *registers;
	unsigned int pointer_bytes;
	unsigned int mask;
	unsigned int pointer;
};

static struct chip chips[] = {
	{ .registers = sensor, .pointer_bytes = 1, .mask = 0xff },
	{ .registers = eeprom, .pointer_bytes = 2, .mask = 0xffff },
};

static struct chip *chip_at(u16 address)
{
	return address == 0x48 ? &chips[0] : address == 0x50 ? &chips[1] : NULL;
}

static int refusal(u16 address)
{
	switch (address) {
	case 0x20:
		return -EAGAIN;
	case 0x21:
		return -ETIMEDOUT;
	case 0x22:
		return -EREMOTEIO;
	default:
		return -ENXIO;
	}
}

static void run(struct chip *chip, struct i2c_msg *message)
{
	unsigned int i;

	for (i = 0; i < message->len; i++) {
		u8 *at = &chip->registers[chip->pointer & chip->mask];

		if (message->flags & I2C_M_RD)
			message->buf[i] = *at;
		else if (i < chip->pointer_bytes)
			chip->pointer = (i ? chip->pointer << 8 : 0) | message->buf[i];
		else
			*at = message->buf[i];
		if (message->flags & I2C_M_RD || i >= chip->pointer_bytes)
			chip->pointer++;
	}
}

static int i2c_lab_xfer(struct i2c_adapter *adapter, struct i2c_msg *messages, int count)
{
	char text[256];
	int i, j, length = 0;

	for (i = 0; i < count; i++) {
		struct i2c_msg *message = &messages[i];
		struct chip *chip = chip_at(message->addr);

		if (!chip)
			return refusal(message->addr);
		run(chip, message);
		length += scnprintf(text + length, sizeof(text) - length, "%s %02x%c ", i ? "Sr" : "S",
				    message->addr, message->flags & I2C_M_RD ? 'r' : 'w');
		for (j = 0; j < message->len; j++)
			length += scnprintf(text + length, sizeof(text) - length, "%02x ",
					    message->buf[j]);
	}
	pr_info("i2c_lab: %sP\n", text);
	return count;
}

static u32 i2c_lab_functionality(struct i2c_adapter *adapter)
{
	return I2C_FUNC_I2C | I2C_FUNC_SMBUS_EMUL;
}

static const struct i2c_algorithm i2c_lab_algorithm = {
	.master_xfer = i2c_lab_xfer,
	.functionality = i2c_lab_functionality,
};

static struct i2c_adapter i2c_lab_adapter = {
	.owner = THIS_MODULE,
	.name = "the lab's adapter",
	.algo = &i2c_lab_algorithm,
};

static int __init i2c_lab_init(void)
{
	return i2c_add_adapter(&i2c_lab_adapter);
}
module_init(i2c_lab_init);

static void __exit i2c_lab_exit(void)
{
	i2c_del_adapter(&i2c_lab_adapter);
}
module_exit(i2c_lab_exit);

MODULE_DESCRIPTION("An I2C adapter with two devices, which logs its transactions");
MODULE_LICENSE("GPL");
