/**
 * Registers of regmaps by debugfs: of a packaged driver (lm75, on the chip that i2c-stub plays), as
 * i2cget and the driver's own files in sysfs have them; and of a driver that counts each read.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { labTitle, labUnavailable } from '../../machine/available.ts'
import { type Machine, startMachine } from '../../machine/machine.ts'
import { failed, inGuest, physmem, physmemJson, printed } from '../../machine/physmem.ts'

const passwd = 'root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1000::/:/bin/sh\n'
const series = '6.12'
const reason = labUnavailable('x86_64', series)
const CELL = 'regmap:physmem_regmap'

describe.skipIf(reason)(labTitle('registers of a regmap', reason), () => {
  let machine: Machine
  /** As debugfs names the regmap of the chip, and sysfs its bus. */
  let chip: string
  let bus: string

  beforeAll(async () => {
    machine = await startMachine({
      ...{ arch: 'x86_64', series },
      modules: ['i2c-dev', 'i2c-stub', 'lm75', 'physmem_regmap'],
      files: [{ path: '/etc/passwd', content: passwd }],
    })
    await machine.exec('insmod /lab/modules/*i2c_stub.ko chip_addr=0x48')
    const { stdout } = await machine.exec('grep -l "SMBus stub" /sys/bus/i2c/devices/i2c-*/name')
    bus = /i2c-(\d+)/.exec(stdout)?.[1] ?? ''
    chip = `regmap:${bus}-0048`
    await machine.exec(`i2cset -f -y ${bus} 0x48 0 0x0019 w`)
    await machine.exec(`echo lm75 0x48 > /sys/bus/i2c/devices/i2c-${bus}/new_device`)
  })

  afterAll(() => machine?.stop())

  async function get(register: number): Promise<string> {
    const { stdout } = await machine.exec(`i2cget -f -y ${bus} 0x48 ${register} w`)
    // The chip has its high byte first, and SMBus the low one.
    const [, low = '', high = ''] = /^0x(..)(..)\n$/.exec(stdout) ?? []
    return `0x0000${high}${low}`
  }

  it('are those of the chip', async () => {
    expect(await physmem(machine, `read ${chip}/0 -q`)).toEqual(printed('0x00001900'))
    await machine.exec(`i2cset -f -y ${bus} 0x48 0 0x801a w`)
    expect(await get(0)).toBe('0x00001a80')
    expect(await physmem(machine, `read ${chip}/0x0:15:8 ${chip}/0`)).toEqual(
      printed(`${chip}/0x0:15:8  0x1a        in 0x00001a80`, `${chip}/0x0       0x00001a80`),
    )
  })

  it('are those that the driver has written', async () => {
    await machine.exec('echo 60000 > /sys/class/hwmon/hwmon*/temp1_max')
    expect(await get(3)).toBe('0x00003c00')
    expect(await physmem(machine, `read ${chip}/3 -q`)).toEqual(printed('0x00003c00'))
  })

  it('are read with one read of the driver each, and no other', async () => {
    const reads = async () =>
      (await machine.readFile('/sys/module/physmem_regmap/parameters/reads')).toString().trim()
    expect(await reads()).toBe('0,0,0,0,0,0,0,0')
    expect(await physmem(machine, `read ${CELL}/0x18 ${CELL}/0 ${CELL}/0x18 -q`)).toEqual(
      printed('0x00001018', '0x00001000', '0x00001018'),
    )
    expect(await reads()).toBe('1,0,0,0,0,0,2,0')
    const head = `physmem: register`
    const none = (register: string, code: 1 | 2, why: string, ...more: string[]) =>
      failed(code, `${head} ${register} of ${CELL} cannot be read: ${why}`, ...more)
    expect(await physmem(machine, `read ${CELL}/0 ${CELL}/8`)).toEqual(
      none(
        '0x8',
        1,
        'its driver calls it precious, since a read has an effect: the kernel reads it for nobody',
        '  done: read 0 of 2 elements',
      ),
    )
    expect(await physmem(machine, `read ${CELL}/0xc`)).toEqual(
      none('0xc', 1, 'its driver does not allow reading it'),
    )
    expect(await physmem(machine, `read ${CELL}/0x10`)).toEqual(
      none('0x10', 2, 'its driver has no such register, but 7 registers from 0x0 to 0x1c'),
    )
    await physmem(machine, `doctor ${CELL}/0`)
    expect(await reads()).toBe('1,0,0,0,0,0,2,0')
    expect(await physmem(machine, `read ${CELL}/0x14`)).toEqual(
      failed(1, `physmem: 32-bit read at ${CELL}/0x14 failed: its driver could not read it`),
    )
    expect(await reads()).toBe('1,0,0,0,0,1,2,0')
  })

  it('are never written', async () => {
    const refused = failed(
      1,
      `physmem: ${chip.replace(/\/.*/, '')} cannot be written: the kernel only allows reading registers of a regmap, unless its source was edited (REGMAP_ALLOW_WRITE_DEBUGFS)`,
      '  cure: write to the device itself, by its bus or its physical address',
    )
    expect(await physmem(machine, `write ${chip}/3=0`)).toEqual(refused)
    expect(await physmem(machine, `write ${chip}/3=0 --dry-run`)).toEqual(refused)
  })

  it('are seen by the doctor', async () => {
    const { document } = await physmemJson(machine, 'doctor')
    const findings = document.findings as { id: string; verdict: string; reason: string }[]
    expect(findings.find(({ id }) => id === 'regmap')).toMatchObject({ verdict: 'works' })
  })

  describe('that are refused', () => {
    const why = (path: string, text: string) =>
      `physmem: /sys/kernel/debug/regmap/${path}/registers cannot be opened for reading: ${text}`

    it('are of no regmap', async () => {
      const { stderr, exitCode } = await physmem(machine, 'read regmap:nothing/0')
      expect(exitCode).toBe(2)
      expect(stderr).toMatch(/: there is no such regmap, but .*physmem_regmap.* \(ENOENT\)\n$/)
    })

    it('are closed to users', async () => {
      expect(await inGuest(machine, `su user -c "physmem read ${CELL}/0"`)).toEqual(
        failed(
          1,
          why('physmem_regmap', 'its permissions do not allow it (EACCES)'),
          '  cure: run it as root',
        ),
      )
    })

    it('are hidden where debugfs is not mounted', async () => {
      await machine.exec('umount /sys/kernel/debug')
      expect(await physmem(machine, `read ${CELL}/0`)).toEqual(
        failed(
          1,
          why('physmem_regmap', 'debugfs is not mounted at /sys/kernel/debug (ENOENT)'),
          '  cure: mount it: mount -t debugfs none /sys/kernel/debug',
        ),
      )
      await machine.exec('mount -t debugfs none /sys/kernel/debug')
      expect((await physmem(machine, `read ${CELL}/0`)).exitCode).toBe(0)
    })
  })
})

describe.skipIf(reason)(labTitle('regmaps of a kernel that is locked down', reason), () => {
  it('are read: debugfs leaves files open that are for reading only', async () => {
    await using machine = await startMachine({
      ...{ arch: 'x86_64', series, append: 'lockdown=confidentiality' },
      modules: ['i2c-stub', 'lm75'],
    })
    await machine.exec('insmod /lab/modules/*i2c_stub.ko chip_addr=0x48')
    await machine.exec(
      'echo lm75 0x48 > $(dirname $(grep -l stub /sys/bus/i2c/devices/i2c-*/name))/new_device',
    )
    const { stdout } = await machine.exec('ls /sys/kernel/debug/regmap')
    const name = stdout.split('\n').find((one) => one.endsWith('-0048'))
    expect(await physmem(machine, `read regmap:${name}/0 -q`)).toEqual(printed('0x00000000'))
  })
})
