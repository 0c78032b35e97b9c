/** Nodes whose mmap offset is not the byte offset, by their paths: QEMU says what was accessed. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { labTitle, labUnavailable } from '../../machine/available.ts'
import { type Machine, startMachine } from '../../machine/machine.ts'
import { failed, physmem, printed } from '../../machine/physmem.ts'
import { createSharedMemory, type SharedMemory } from '../../machine/shared-memory.ts'
import { guestProgram } from '../../supply/guest-program.ts'

const first = '0000:00:05.0'
const second = '0000:00:06.0'
const resource = (device: string) => `/sys/bus/pci/devices/${device}/resource0`

// Without firmware the kernel places the BARs, at multiples of their sizes.
const noBoard = labUnavailable('aarch64', '6.1')
describe.skipIf(noBoard)(labTitle('two BARs of 256 bytes in one page', noBoard), () => {
  let machine: Machine
  const shared: SharedMemory[] = []
  const bases: number[] = []

  beforeAll(async () => {
    shared.push(createSharedMemory(1 << 16, 5), createSharedMemory(1 << 16, 6))
    const devices = shared.flatMap((one) => one.devices)
    machine = await startMachine({ arch: 'aarch64', devices })
    for (const device of [first, second]) {
      await machine.exec(`echo 1 > /sys/bus/pci/devices/${device}/enable`)
      const text = await machine.readFile(`/sys/bus/pci/devices/${device}/resource`)
      bases.push(Number(text.toString().split(' ')[0]))
    }
  })

  afterAll(async () => {
    await machine?.stop()
    for (const one of shared) one[Symbol.dispose]()
  })

  it('are placed so by this kernel', () => {
    const [one = 0, other = 0] = bases
    expect(Math.floor(one / 4096)).toBe(Math.floor(other / 4096))
    expect(one % 4096).not.toBe(other % 4096)
  })

  // docs/specs/ivshmem-spec.rst of QEMU: offset 0 is the interrupt mask, which keeps what is written.
  it('are each written by their own files, and by every path to them', async () => {
    const paths = [
      resource(second),
      `/proc/self/root${resource(second)}`,
      `/sys/class/../bus/pci/devices/${second}/resource0`,
    ]
    await machine.exec(`mkdir -p /tmp/sys; mount -t sysfs sysfs /tmp/sys; touch /tmp/bar`)
    await machine.exec(`mount --bind ${resource(second)} /tmp/bar`)
    paths.push(`/tmp${resource(second)}`, '/tmp/bar')
    expect(await physmem(machine, `write file:${resource(second)}=0x1234`)).toEqual(printed())
    expect(await machine.xp(bases[1] ?? 0, 32)).toEqual([0x1234])
    expect(await machine.xp(bases[0] ?? 0, 32)).toEqual([0])
    const places = [resource(first), ...paths].map((path) => `file:${path}`).join(' ')
    const same = paths.map(() => '0x00001234')
    expect(await physmem(machine, `read -q ${places}`)).toEqual(printed('0x00000000', ...same))
  })

  it('tell when they are switched off, whatever is read or stored', async () => {
    const config = `/sys/bus/pci/devices/${second}/config`
    // The command register: PCI Local Bus 3.0, 6.2.2; bit 1 is memory decoding.
    const command = (octal: string) =>
      machine.exec(`printf '\\${octal}' | dd of=${config} bs=1 seek=4 conv=notrunc`)
    const stderr =
      `physmem: the memory of ${second} is switched off: loads give no data of the device (mostly ones or zeros), and stores are lost\n` +
      `  cure: switch it on: echo 1 > /sys/bus/pci/devices/${second}/enable\n`
    await command('000')
    const place = `pci:${second}/bar0`
    expect(await physmem(machine, `read ${place}`)).toMatchObject({ exitCode: 0, stderr })
    expect(await physmem(machine, `write ${place}=0x4321`)).toMatchObject({ exitCode: 0, stderr })
    await command('002')
    expect(await physmem(machine, `read -q ${place}`)).toEqual(printed('0x00001234'))
  })

  it('end where their BARs do', async () => {
    expect(await physmem(machine, `read file:${resource(first)}+0x100`)).toEqual(
      failed(2, `physmem: 0x100 to 0x103 is not inside pci:${first}/bar0: expected 0x0 to 0xff`),
    )
  })
})

const noCard = labUnavailable('x86_64', '6.1')
describe.skipIf(noCard)(labTitle('a UIO device', noCard), () => {
  let machine: Machine
  let vanish: string

  beforeAll(async () => {
    const program = await guestProgram('vanish')
    vanish = program.command
    machine = await startMachine({
      arch: 'x86_64',
      modules: ['uio_edu'],
      devices: ['-device', 'edu,addr=4'],
      files: [program.entry],
    })
  })

  afterAll(() => machine?.stop())

  it('is not mapped by its node, whatever that is called', async () => {
    const numbers = (await machine.readFile('/sys/class/uio/uio0/dev')).toString().trim()
    await machine.exec(`mknod /tmp/card c ${numbers.replace(':', ' ')}; ln -s /tmp/card /tmp/link`)
    for (const path of ['/dev/uio0', '/tmp/card', '/tmp/link']) {
      expect(await physmem(machine, `read file:${path}+0x1000`)).toEqual(
        failed(
          2,
          `physmem: ${path} cannot be mapped by its path: it is a UIO device, whose mmap takes the number of a map as offset, not a byte`,
          '  hint: name what is in it: uio:uio0/map0',
        ),
      )
    }
  })

  it('is not accessed any more when its driver was taken off', async () => {
    const { stdout, stderr } = await machine.exec(`${vanish} uio:edu/regs 0000:00:04.0`)
    expect(stderr).toBe('')
    const gone = 'EIO uio:edu/regs is gone: its driver was unbound, or it was removed'
    expect(JSON.parse(stdout)).toEqual({
      before: [0x010000ed, 0x010000ed],
      after: [gone, gone, gone, 'ENOPLACE there is no UIO device edu: this machine has none'],
    })
  })
})
