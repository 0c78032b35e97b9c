import { chmodSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { System } from '../linux/system.ts'
import { FakeRoot } from '../linux/testing/fake-root.ts'
import { explainI2cOpen, ownedDevice } from './i2c.ts'
import { worded } from './testing/worded.ts'

const withBuses = () =>
  new FakeRoot()
    .put('sys/bus/i2c/devices/i2c-0/name', 'SMBus I801 adapter at 0700\n')
    .put('sys/bus/i2c/devices/i2c-1/name', 'SMBus stub driver\n')

describe('why /dev/i2c-N could not be opened', () => {
  it('without I2C', () => {
    using root = new FakeRoot()
    expect(worded(explainI2cOpen('ENOENT', 1, root.system))).toEqual({
      code: 'EREFUSED',
      reason:
        'there is no such node: the kernel has no I2C, or its modules are not loaded (ENOENT)',
      cure: 'load the driver of the adapter, and i2c-dev: modprobe i2c-dev',
      evidence: [],
    })
  })

  it('without the bus, with those that there are', () => {
    using root = withBuses()
    expect(worded(explainI2cOpen('ENOENT', 5, root.system))).toEqual({
      code: 'ENOPLACE',
      reason:
        'there is no I2C bus 5: there are 0 (SMBus I801 adapter at 0700), 1 (SMBus stub driver)',
    })
    using none = new FakeRoot().folder('sys/bus/i2c/devices')
    expect(worded(explainI2cOpen('ENOENT', 5, none.system))).toEqual({
      code: 'ENOPLACE',
      reason: 'there is no I2C bus 5: the kernel knows none',
      cure: 'load the driver of the adapter, or switch it on in the firmware or the device tree',
    })
  })

  it('without i2c-dev, or its node', () => {
    using root = withBuses()
    expect(worded(explainI2cOpen('ENOENT', 1, root.system))).toEqual({
      code: 'EREFUSED',
      reason: 'there is no such node: the module i2c-dev, which makes it, is not loaded (ENOENT)',
      cure: 'modprobe i2c-dev',
      evidence: [],
    })
    root.put('proc/sys/kernel/osrelease', '6.1.0\n')
    root.put('boot/config-6.1.0', 'CONFIG_I2C=y\n# CONFIG_I2C_CHARDEV is not set\n')
    expect(worded(explainI2cOpen('ENOENT', 1, root.system))).toEqual({
      code: 'EREFUSED',
      reason: 'there is no such node: the kernel was built without CONFIG_I2C_CHARDEV (ENOENT)',
      cure: 'use a kernel with CONFIG_I2C_CHARDEV=m',
      evidence: [{ file: '/boot/config-6.1.0', line: '# CONFIG_I2C_CHARDEV is not set' }],
    })
    root.folder('sys/class/i2c-dev/i2c-1')
    expect(worded(explainI2cOpen('ENOENT', 1, root.system))).toEqual({
      code: 'EREFUSED',
      reason: 'there is no such node, though the kernel has the bus: a container hides it',
      cure: 'run it outside of the container',
    })
  })

  it('without the permission: by the group that has the node', () => {
    using root = withBuses().put('dev/i2c-1', '').put('etc/group', 'root:x:0:\ni2c:x:998:pi\n')
    const reason = 'its permissions do not allow it (EACCES)'
    const { system } = root
    const of = (gid: number, mode: number): System => ({
      ...system,
      files: new Proxy(system.files, {
        get: (files, name, receiver) =>
          name === 'status'
            ? (path: string) => {
                const status = files.status(path)
                return status && { ...status, gid, mode }
              }
            : Reflect.get(files, name, receiver).bind(files),
      }),
    })
    chmodSync(root.at('dev/i2c-1'), 0o660)
    const cure = 'run it as root'
    const group = `${cure}, or add the user to the group i2c (usermod -aG i2c USER) and log in again`
    expect(worded(explainI2cOpen('EACCES', 1, of(998, 0o20660)))).toMatchObject({
      reason,
      cure: group,
    })
    expect(worded(explainI2cOpen('EACCES', 1, of(998, 0o20600)))).toMatchObject({ reason, cure })
    expect(worded(explainI2cOpen('EACCES', 1, of(997, 0o20660)))).toMatchObject({ reason, cure })
    expect(worded(explainI2cOpen('EACCES', 1, of(0, 0o20660)))).toMatchObject({ reason, cure })
  })

  it('since the adapter went away', () => {
    using root = withBuses()
    expect(worded(explainI2cOpen('ENODEV', 1, root.system))).toEqual({
      code: 'EREFUSED',
      reason: 'its adapter went away (ENODEV)',
    })
    expect(worded(explainI2cOpen('EMFILE', 1, root.system))).toEqual({
      code: 'EOPEN',
      reason: 'EMFILE',
    })
  })
})

describe('a device that a driver has', () => {
  it('is told with the driver, where it is on this bus', () => {
    using root = withBuses()
      .put('sys/bus/i2c/devices/1-0048/name', 'tmp105\n')
      .link('sys/bus/i2c/devices/1-0048/driver', '../../../bus/i2c/drivers/lm75')
    expect(worded(ownedDevice(1, 0x48, root.system))).toEqual({
      code: 'EREFUSED_BUSY',
      reason: 'the driver lm75 has this device (EBUSY)',
      cure: 'ask its driver (/sys/bus/i2c/devices/1-0048), or unbind it: echo 1-0048 > /sys/bus/i2c/drivers/lm75/unbind',
      evidence: [{ file: '/sys/bus/i2c/devices/1-0048/driver', line: 'lm75' }],
    })
    expect(worded(ownedDevice(0, 0x48, root.system))).toEqual({
      code: 'EREFUSED_BUSY',
      reason:
        'a driver of the kernel has this address, on this bus or one that is joined to it (EBUSY)',
      cure: 'unbind that driver from the device',
    })
  })
})
