/*
 * The devices of an I2C bus, by the calls of /dev/i2c-N. The caller knows that `fd` is of such a
 * node: the numbers of these calls (0x07..) mean other things to other drivers. Each returns 0 or
 * an errno.
 */
#ifndef PHYSMEM_I2C_H
#define PHYSMEM_I2C_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Addresses of 7 bits (UM10204, 3.1.10). */
#define PM_I2C_ADDRESS_MOST 0x7fu
/* More than an address of a register and a value have; the kernel takes up to 8192 a message. */
#define PM_I2C_BYTES_MOST 32u

/* What the adapter can (I2C_FUNC_*). */
int pm_i2c_functions(int fd, uint32_t *functions);

/*
 * Whose turn it is in SMBus transactions. EBUSY where a driver of the kernel has the address
 * (drivers/i2c/i2c-dev.c, i2cdev_check_addr).
 */
int pm_i2c_select(int fd, uint32_t address);

/*
 * One transaction that writes `out`, 1 to PM_I2C_BYTES_MOST bytes, and where `in` has bytes, at
 * most as many, reads them behind a repeated start.
 */
int pm_i2c_transfer(int fd, uint32_t address, const uint8_t *out, size_t out_bytes, uint8_t *in,
                    size_t in_bytes);

/*
 * One SMBus transaction with the selected device: byte data for 1 byte, word data for 2, of which
 * the low one comes first on the wire.
 */
int pm_i2c_smbus(int fd, bool is_read, uint8_t command, uint8_t *bytes, size_t count);

#endif
