/** What packaged kernels refuse: each with its own code, its reason and a cure, and with exit code 1. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { labTitle, labUnavailable } from '../../machine/available.ts'
import { type Machine, startMachine } from '../../machine/machine.ts'
import { failed, inGuest, physmem, physmemJson, printed } from '../../machine/physmem.ts'

const reason = labUnavailable('x86_64', '6.1')
const card = '0000:00:06.0'
const passwd = 'root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1000::/:/bin/sh\n'

describe.skipIf(reason)(labTitle('a packaged kernel', reason), () => {
  let machine: Machine

  beforeAll(async () => {
    machine = await startMachine({
      arch: 'x86_64',
      modules: ['e1000'],
      devices: ['-device', `e1000,addr=6`],
      files: [{ path: '/etc/passwd', content: passwd }],
    })
  })

  afterAll(() => machine?.stop())

  it('refuses to write RAM: STRICT_DEVMEM', async () => {
    const message =
      '0x00100000 (/dev/mem) cannot be mapped: it is RAM, which a kernel with CONFIG_STRICT_DEVMEM does not let /dev/mem reach (EPERM)'
    const cure = `install the headers of kernel ${machine.kernel.release}, then build and load the module: physmem kmod build && physmem kmod load; or reserve the range at boot (memmap=), or use a kernel without CONFIG_STRICT_DEVMEM`
    expect(await physmemJson(machine, 'write 0x100000=0')).toEqual({
      document: {
        command: 'write',
        results: [{ place: '0x100000', address: 0x100000, width: 32, value: 0, done: false }],
        error: {
          code: 'EREFUSED_STRICT_DEVMEM',
          message,
          place: '0x100000',
          address: 0x100000,
          errno: 'EPERM',
          cure,
          evidence: [{ file: '/proc/iomem', line: '00100000-2ffdffff : System RAM' }],
        },
      },
      stderr: `physmem: ${message}\n  cure: ${cure}\n`,
      exitCode: 1,
    })
  })

  it.each([
    'write 0x100000=0',
    'write 0xfec00000=0',
    `fill pci:${card}/bar0..+16 0`,
    'write kernel:_text=0',
  ])('refuses it in a dry run, too: %s', async (line) => {
    const dry = await physmem(machine, `${line} --dry-run`)
    const { stderr, exitCode } = await physmem(machine, line)
    expect(exitCode).toBe(1)
    expect(dry).toEqual({ stdout: '', stderr: stderr.replace(/^ {2}done: .*\n/m, ''), exitCode })
  })

  it('reads it all the same, as /proc/kcore does', async () => {
    const iomem = (await machine.readFile('/proc/iomem')).toString()
    const start = Number.parseInt(/([0-9a-f]+)-[0-9a-f]+ : Kernel code/.exec(iomem)?.[1] ?? '', 16)
    const [value = 0] = await machine.xp(start + 0x1000, 32)
    const place = `0x${(start + 0x1000).toString(16).padStart(8, '0')}`
    const shown = `0x${value.toString(16).padStart(8, '0')}`
    expect(await physmem(machine, `read ${place}`)).toEqual(printed(`${place}  ${shown}`))
  })

  it('refuses a region that a part of the kernel claims: IO_STRICT_DEVMEM', async () => {
    const iomem = (await machine.readFile('/proc/iomem')).toString()
    expect(iomem).toMatch(/^fec00000-fec003ff : IOAPIC 0$/m)
    const { document, stderr, exitCode } = await physmemJson(machine, 'write 0xfec00000=0')
    expect(document.error?.code).toBe('EREFUSED_BUSY')
    expect({ stdout: '', stderr, exitCode }).toEqual(
      failed(
        1,
        'physmem: 0xfec00000 (/dev/mem) cannot be mapped: "IOAPIC 0" claims it, and CONFIG_IO_STRICT_DEVMEM protects claimed regions (EPERM)',
        '  cure: unbind its driver, or boot with iomem=relaxed',
      ),
    )
  })

  it('refuses a BAR while a driver claims it; the cure that is named helps', async () => {
    const { document, stderr, exitCode } = await physmemJson(machine, `read pci:${card}/bar0+8`)
    expect(document.error?.code).toBe('EREFUSED_BUSY')
    const unbind = `echo ${card} > /sys/bus/pci/drivers/e1000/unbind`
    expect({ stdout: '', stderr, exitCode }).toEqual(
      failed(
        1,
        `physmem: pci:${card}/bar0+0x8 cannot be mapped: the driver e1000 claims it, and CONFIG_IO_STRICT_DEVMEM protects claimed regions (EINVAL)`,
        `  cure: unbind it: ${unbind}, or boot with iomem=relaxed`,
      ),
    )
    await machine.exec(unbind)
    const enable = `echo 1 > /sys/bus/pci/devices/${card}/enable`
    const read = await inGuest(machine, `${enable}; physmem read pci:${card}/bar0+0x5400 -q`)
    // RAL0: the first bytes of QEMU's own network addresses, 52:54:00:12.
    expect(read).toEqual(printed('0x12005452'))
  })

  it('refuses an address that this CPU does not have, before anything is opened', async () => {
    expect(await physmem(machine, 'read 0x100_0000_0000')).toEqual(
      failed(
        2,
        "physmem: 0x10000000000 is beyond this CPU's memory: its addresses have 40 bits (the last is 0xffffffffff)",
      ),
    )
  })

  it('refuses a user who is not root', async () => {
    expect(await inGuest(machine, 'su user -c "physmem read 0xfed00000"')).toEqual(
      failed(
        1,
        'physmem: /dev/mem cannot be opened for reading: its permissions do not allow it (EACCES); /proc/kcore cannot be opened for reading: its permissions do not allow it (EACCES)',
        '  cure: run it as root',
      ),
    )
  })

  it('refuses the BARs to such a user, too', async () => {
    expect(await inGuest(machine, `su user -c "physmem read pci:${card}/bar0"`)).toEqual(
      failed(
        1,
        `physmem: /sys/bus/pci/devices/${card}/resource0 cannot be opened for reading: its permissions do not allow it (EACCES)`,
        '  cure: run it as root, or change the permissions',
      ),
    )
  })

  it('refuses a user who lacks the capability, whatever the permissions of the node', async () => {
    await machine.exec('chmod 666 /dev/mem')
    const command = 'su user -c "physmem write 0xfed00148=0 --json"'
    const { stdout, stderr, exitCode } = await inGuest(machine, command)
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'EPERMISSION', errno: 'EPERM' } })
    expect({ stdout: '', stderr, exitCode }).toEqual(
      failed(
        1,
        'physmem: /dev/mem cannot be opened for writing: this process lacks the capability CAP_SYS_RAWIO (EPERM)',
        '  cure: run it as root, outside of a user namespace',
      ),
    )
  })
})

describe.skipIf(reason)(labTitle('a kernel that is locked down', reason), () => {
  let machine: Machine
  const why = 'the kernel is locked down (integrity), as its command line asks (EPERM)'
  const cure = '  cure: boot without lockdown='

  beforeAll(async () => {
    machine = await startMachine({
      arch: 'x86_64',
      append: 'lockdown=integrity',
      devices: ['-device', 'edu,addr=4'],
    })
  })

  afterAll(() => machine?.stop())

  it('still shows RAM for reading, which integrity leaves open', async () => {
    const iomem = (await machine.readFile('/proc/iomem')).toString()
    const start = Number.parseInt(/([0-9a-f]+)-[0-9a-f]+ : Kernel code/.exec(iomem)?.[1] ?? '', 16)
    const [value = 0] = await machine.xp(start + 0x1000, 32)
    const read = await physmem(machine, `read 0x${(start + 0x1000).toString(16)} -q`)
    expect(read).toEqual(printed(`0x${value.toString(16).padStart(8, '0')}`))
    const written = await physmem(machine, `write 0x${(start + 0x1000).toString(16)}=0`)
    const stderr = `physmem: /dev/mem cannot be opened for writing: ${why}\n${cure}\n`
    expect({ ...written, stdout: '' }).toEqual({ stdout: '', stderr, exitCode: 1 })
  })

  it('refuses /dev/mem altogether', async () => {
    const { document, stderr, exitCode } = await physmemJson(machine, 'read 0xfed00000')
    expect(document.error?.code).toBe('EREFUSED_LOCKDOWN')
    expect({ stdout: '', stderr, exitCode }).toEqual(
      failed(1, `physmem: /dev/mem cannot be opened for reading: ${why}`, cure),
    )
  })

  it('refuses every BAR', async () => {
    const place = 'pci:0000:00:04.0/bar0'
    const { document, stderr, exitCode } = await physmemJson(machine, `read ${place}`)
    expect(document.error?.code).toBe('EREFUSED_LOCKDOWN')
    expect({ stdout: '', stderr, exitCode }).toEqual(
      failed(1, `physmem: ${place} cannot be mapped: ${why}`, cure),
    )
  })
})
