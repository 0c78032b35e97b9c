/**
 * This machine's physmem drives guests by the agent in them, over a virtual serial port that is a
 * socket here: what it prints is what the command prints in the guest itself, and QEMU's trace
 * shows the accesses. Nothing of physmem but the agent is used in the guest.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connect } from '../../../src/face/connect.ts'
import { NoisyLine } from '../../../src/remote/testing/noisy-line.ts'
import { agentUnavailable, labTitle, machineUnavailable } from '../../machine/available.ts'
import { busOf, I2C_TRACES, onBus } from '../../machine/i2c.ts'
import type { Machine } from '../../machine/machine.ts'
import { physmem } from '../../machine/physmem.ts'
import { ServedMachine } from '../../machine/served.ts'
import type { Arch } from '../../supply/arch.ts'

const unavailable = (arch: Arch) => machineUnavailable(arch, '6.1') ?? agentUnavailable(arch)

const openLine = () => NoisyLine.open({ seed: 3, flipped: 100, lost: 100, texts: 100 })

/** A serial port of the guest at the far end of a line. */
const uart = (line: NoisyLine, device: string) => [
  ...['-chardev', `serial,id=line,path=${line.ends[1]}`],
  ...['-device', `${device},chardev=line`],
]

const serveSerial = (machine: Machine, tty: string) =>
  machine.exec(`setsid physmem-agent serve --serial ${tty} > /dev/null 2>&1 < /dev/null &`)

/** The line by the agent, without the target that lines in its cures are for, and in the guest. */
async function both(served: ServedMachine, line: string, target = served.target) {
  const far = await served.physmem(line, target)
  const own = (text: string) => text.replaceAll(`physmem --target ${target} `, () => 'physmem ')
  const near = await physmem(served.machine, line)
  return { far: { ...far, stdout: own(far.stdout), stderr: own(far.stderr) }, near }
}

/** Whether the start of the kernel's code, which does not change, is read there as in the guest. */
async function ramOf(served: ServedMachine): Promise<{ read: boolean; dump: boolean }> {
  const { stdout } = await served.machine.exec('grep "Kernel code" /proc/iomem')
  const start = `0x${/[1-9a-f][0-9a-f]*/.exec(stdout)?.[0]}`
  const same = async (line: string) => {
    const { far, near } = await both(served, line)
    expect(far).toEqual(near)
    return near.exitCode === 0
  }
  return { read: await same(`read ${start} -v`), dump: await same(`dump ${start}..+0x3000`) }
}

const arm64 = unavailable('aarch64')
describe.skipIf(arm64)(labTitle('an agent on arm64', arm64), () => {
  let served: ServedMachine
  let line: NoisyLine
  beforeAll(async () => {
    line = await openLine()
    served = await ServedMachine.start({
      arch: 'aarch64',
      devices: uart(line, 'pci-serial'),
      append: 'iomem=relaxed',
      modules: ['i2c-dev', 'i2c_lab'],
      traces: ['pl011_read', 'pl011_write'],
    })
  })
  afterAll(async () => {
    await served?.[Symbol.asyncDispose]()
    await line?.close()
  })

  it.each([
    'map',
    'list',
    'list serial0',
    'map 0x09000000',
    'map dt:/pl011@9000000',
    'read 0x09000fe0..+16',
    'read dt:/pl011@9000000+0xfe0 --width 16',
    'read pl011@0x09000000.FR',
    'read 0x9000001',
    'read iomem:nothing',
    'read dt:/nothing',
    'dump 0x09000fe0..+32',
    'read 0x0a000000 --json',
    'wait 0x09000fe0=0x11 --quiet',
    'wait 0x09000fe0=0x12 --timeout 10ms',
    'write 0x09000fe0=0 --dry-run',
    'write 0x40000000=1',
    'doctor',
    'doctor --json',
    'doctor 0x09000000',
    'doctor 0x40000000 --json',
    'doctor dt:/pl011@9000000',
    'read msr:0x10',
    'read port:0x71 -w 8',
    'translate 1 0x1000',
    'translate 2 0x1000',
    'owners 0x09000000',
    'cache clean 0x09000000..+64',
    'cache flush 0x40000000..+4k',
  ])('%s: what it prints is what the guest prints', async (line) => {
    const { far, near } = await both(served, line)
    const same = (text: string) => text.replace(/waited [\d.]+ ?\w+|after [\d.]+ ?\w+/g, '')
    expect(same(far.stdout)).toEqual(same(near.stdout))
    expect({ ...far, stdout: '' }).toEqual({ ...near, stdout: '' })
  })

  it('has the RAM that /proc/kcore shows', async () => {
    expect(await ramOf(served)).toEqual({ read: true, dump: true })
  })

  it('makes the accesses that are asked for, and no others', async () => {
    const trace = await served.machine.traced(async () => {
      const far = await served.physmem('write 0x0900002c:3:0=5')
      expect(far).toMatchObject({ exitCode: 0, stderr: '' })
    })
    expect(trace.map((line) => line.replace(/ value .*/, ''))).toEqual([
      'pl011_read addr 0x0000002c',
      'pl011_write addr 0x0000002c',
    ])
  })

  it('makes transactions of I2C as the guest does', async () => {
    const bus = await busOf(served.machine, "the lab's adapter")
    const logged = async () => {
      const { stdout } = await served.machine.exec('dmesg -c')
      return stdout.split('\n').flatMap((text) => /i2c_lab: (.*)/.exec(text)?.[1] ?? [])
    }
    for (const line of [
      `read i2c:${bus}:0x48 i2c:${bus}:0x48+3 -w 16 --endian big -q`,
      `read i2c:${bus}:0x48 -w 32`,
      `write i2c:${bus}:0x48+2:0=1 -w 8 -q`,
      `write i2c:${bus}:0x50/reg16+0x1234=0xa5 -w 8`,
      ...['0x20', '0x21', '0x22', '0x23'].map((device) => `read i2c:${bus}:${device} -w 8`),
    ]) {
      await logged()
      const far = await served.physmem(line)
      const there = await logged()
      expect(far).toEqual(await physmem(served.machine, line))
      // The value that a change finds is another one the second time.
      const known = (log: string[]) => log.map((one) => one.replace(/(?<=48r) \w\w P$/, ' ?? P'))
      expect(known(there)).toEqual(known(await logged()))
      expect(there.length).toBe(/0x2\d/.test(line) ? 0 : /:0=| .*\+3/.test(line) ? 2 : 1)
    }
  })

  it('prints the same over a serial line with noise', async () => {
    await serveSerial(served.machine, '/dev/ttyS0')
    const target = `serial:${line.ends[0]}`
    for (const words of ['read 0x09000fe0..+16', 'read pl011@0x09000000.FR', 'read 0x9000001']) {
      const { far, near } = await both(served, words, target)
      expect(far).toEqual(near)
    }
  })

  it('is reached from TypeScript', async () => {
    await using board = await connect(served.target)
    const memory = await board.open()
    expect(await memory.read32(0x09000fe0)).toBe(0x11)
    const registers = await board.describe({ board: 'none' })
    expect(await registers.read('pl011@0x09000000.PeriphID0')).toMatchObject({ value: 0x11 })
    expect((await board.list()).some(({ place }) => place.startsWith('dt:'))).toBe(true)
  })
})

const x86 = unavailable('x86_64')
describe.skipIf(x86)(labTitle('an agent on x86-64', x86), () => {
  let served: ServedMachine
  let line: NoisyLine
  beforeAll(async () => {
    line = await openLine()
    served = await ServedMachine.start({
      arch: 'x86_64',
      devices: [
        ...['-device', 'edu,addr=4', ...uart(line, 'isa-serial,index=1')],
        ...['-device', 'isa-debugcon,iobase=0x402,chardev=debug'],
        ...['-chardev', 'null,id=debug'],
      ],
      modules: ['i2c-dev', 'i2c-i801', 'i2c-stub', 'lm75', 'uio_pci_generic'],
      traces: ['memory_region_ops_read', 'memory_region_ops_write', ...I2C_TRACES],
    })
  })
  afterAll(async () => {
    await served?.[Symbol.asyncDispose]()
    await line?.close()
  })

  it.each([
    'map',
    'list',
    'list edu',
    'map pci:0000:00:04.0/bar0+0x80',
    'read pci:0000:00:04.0/bar0',
    'read pci:1234:11e8/bar0',
    'read edu@pci:0000:00:04.0/bar0.ID',
    'read 0xfed00000 0xfed00004',
    'read pci:0000:00:04.0/config pci:0000:00:04.0/config+0x2 --width 16',
    'read pci:0000:00:04.0/config.COMMAND',
    'read pci:0000:00:04.0/config.MSI.CONTROL',
    'describe pci:0000:00:04.0/config',
    'describe pci:0000:00:04.0/config.EXP',
    'dump pci:0000:00:04.0/config..+64',
    'read pci:1234:11e8/config+0x100',
    'read pci:0000:00:09.0/config',
    'read msr:0xc0000080',
    'read msr:0x12345678',
    'read msr:cpu7/0x10',
    'read regmap:none/0x1',
    'write port:0x70=0x0a --width 8',
    'read port:0x71 --width 8',
    'write port:0xcf8=0x80000000',
    'read port:0xcfc',
    'read port:0xcfc port:0xcfe --width 16',
    'read port:0x402..+4 --width 8',
    'read port:0x402..+1 --width 8 --act-on-ports',
    'wait port:0x402=0xe9 --width 8 --quiet',
    'read port:0x70 --width 64',
    'dump port:0x402..+8 --width 8',
    'write port:0x402=0 --width 8 --dry-run',
    'doctor port:0x402',
    'doctor pci:0000:00:04.0/bar0',
    'doctor pci:0000:00:04.0/config --json',
    'doctor msr:0xc0000080',
    'doctor 0xfed00000',
    'read hpet0.CONFIG',
    'read iomem:HPET',
    'read pci:0000:00:05.0/bar0',
    'read pci:0000:00:04.0/bar3',
    'write 0x01000000=0 --dry-run',
    'read pci:0000:00:04.0/bar0+0x8 -v',
    'translate 1 0x1000',
    'translate 2 0x1000',
    'translate kernel no_such_symbol',
    'owners 0x000f0000',
    'owners pci:0000:00:04.0/bar0',
    'cache flush pci:0000:00:04.0/bar0..+128',
    'cache clean 0x000f0000..+64 --json',
  ])('%s: what it prints is what the guest prints', async (line) => {
    const { far, near } = await both(served, line)
    expect(far).toEqual(near)
  })

  it('makes one access of a port for each that is asked for, of its width', async () => {
    const { machine } = served
    const lines = [
      ...['write port:0x70=0x0a -w 8', 'read port:0x71 -w 8', 'write port:0xcf8=0x80000000'],
      ...['read port:0xcfc', 'read port:0xcfe -w 16', 'read port:0x402 -n 3 --fixed -w 8'],
      ...['read port:0x402..+4 -w 8', 'write port:0x402=0 -w 8 --dry-run'],
    ]
    const trace = await machine.traced(async () => {
      for (const line of lines) await served.physmem(line)
      await machine.exec('mv /dev/port /dev/port.away')
      const byInstruction = await served.physmem('read port:0x402 -w 8 -q')
      await machine.exec('mv /dev/port.away /dev/port')
      expect(byInstruction).toEqual({ exitCode: 0, stdout: '0xe9\n', stderr: '' })
    })
    const accesses = trace.flatMap((line) => {
      const found = /ops_(read|write) .* addr (0x[0-9a-f]+) .* size (\d)/.exec(line)
      const [, direction, port = '', size] = found ?? []
      const ours = ['0x70', '0x71', '0xcf8', '0xcfc', '0xcfe', '0x402'].includes(port)
      return ours ? [`${direction} ${port} ${size}`] : []
    })
    expect(accesses).toEqual([
      ...['write 0x70 1', 'read 0x71 1', 'write 0xcf8 4', 'read 0xcfc 4', 'read 0xcfe 2'],
      ...['read 0x402 1', 'read 0x402 1', 'read 0x402 1', 'read 0x402 1'],
    ])
  })

  it('makes one transaction of an I2C bus for each access, and prints what the guest prints', async () => {
    const { machine } = served
    await machine.exec('rmmod lm75; insmod /lab/modules/*-i2c_stub.ko chip_addr=0x48')
    const bus = await busOf(machine, 'SMBus I801')
    const stub = await busOf(machine, 'SMBus stub')
    const tracedOf = async (act: () => Promise<unknown>) => {
      const before = machine.trace.length
      await act()
      return onBus(machine.trace.slice(before))
    }
    const at = `i2c:${bus}:0x50`
    for (const [line, accesses] of [
      [`write ${at}+0x10=0xa5 -w 8`, 1],
      [`read ${at}+0x10 ${at}+0x11 -w 8`, 2],
      [`write ${at}+0x10:0=0 -w 8 -q`, 2],
      [`read ${at}+0x10 -w 16 --endian big -q`, 1],
      [`dump ${at}+0x10..+4 -w 8 --act-on-i2c`, 4],
      [`read ${at}..+4 -w 8`, 0],
      [`read ${at}`, 0],
      [`write ${at}+0x10=1 -w 8 --dry-run`, 0],
      [`read ${at} -w 32`, 0],
      [`read ${at}/reg16 -w 8`, 0],
      [`read i2c:${bus}:0x60 -w 8`, 0],
      [`doctor ${at} --json`, 0],
      ['read i2c:9:0x50 -w 8', 0],
    ] as const) {
      const traced = await tracedOf(async () => {
        const { far, near } = await both(served, line)
        expect(far).toEqual(near)
      })
      const starts = traced.filter((one) => one.startsWith('start '))
      expect([line, starts.length]).toEqual([line, 2 * accesses])
    }
    await machine.exec('insmod /lab/modules/*-lm75.ko')
    await machine.exec(`echo lm75 0x48 > /sys/bus/i2c/devices/i2c-${stub}/new_device`)
    const { far, near } = await both(served, `read i2c:${stub}:0x48 -w 16`)
    expect(far).toEqual(near)
    expect(far.stderr).toContain(': the driver lm75 has this device (EBUSY)\n')
  })

  it('gives a function to another driver, and back, as the guest does', async () => {
    const edu = '0000:00:04.0'
    const folder = `/sys/bus/pci/devices/${edu}`
    const state = async () => {
      const script = `basename "$(readlink ${folder}/driver)"; cat ${folder}/driver_override`
      return (await served.machine.exec(script)).stdout
    }
    for (const line of [
      `bind ${edu} uio_pci_generic -- true`,
      `bind ${edu} uio_pci_generic -q -- false`,
      `bind ${edu} none`,
      'bind 0000:00:09.0 uio_pci_generic',
    ]) {
      const { far, near } = await both(served, line)
      expect(far).toEqual(near)
      expect(await state()).toBe('\n(null)\n')
    }
    expect(await served.physmem(`bind ${edu} uio_pci_generic --keep`)).toEqual({
      ...{ exitCode: 0, stderr: '' },
      stdout: `${edu} is bound to uio_pci_generic as uio0; no driver before\n`,
    })
    expect(await state()).toBe('uio_pci_generic\nuio_pci_generic\n')
    const driver = '/sys/bus/pci/drivers/uio_pci_generic'
    await served.machine.exec(`echo > ${folder}/driver_override; echo ${edu} > ${driver}/unbind`)
  })

  it('prints the same over a serial line with noise', async () => {
    await serveSerial(served.machine, '/dev/ttyS1')
    const target = `serial:${line.ends[0]}`
    for (const words of [
      'read 0xfed00000 0xfed00004',
      'list edu',
      'write 0x01000000=0 --dry-run',
    ]) {
      const { far, near } = await both(served, words, target)
      expect(far).toEqual(near)
    }
  })

  it('has the RAM that /proc/kcore shows', async () => {
    expect(await ramOf(served)).toEqual({ read: true, dump: true })
  })

  it('is examined as the guest examines itself, without /dev/mem, too', async () => {
    const { far, near } = await both(served, 'doctor --json')
    expect(JSON.parse(far.stdout)).toEqual(JSON.parse(near.stdout))
    expect(JSON.parse(far.stdout).findings).toContainEqual(
      expect.objectContaining({ id: 'ioperm', verdict: 'works' }),
    )
    const { machine } = served
    await machine.exec('mv /dev/mem /dev/mem.away')
    const without = await both(served, 'doctor --json')
    await machine.exec('mv /dev/mem.away /dev/mem')
    expect(JSON.parse(without.far.stdout)).toEqual(JSON.parse(without.near.stdout))
    expect(without.far.stdout).toContain('a node made for this (mknod c 1 1)')
  })

  it('tells where a page of a process is, and who owns it, as the guest does', async () => {
    const maps = (await served.machine.exec("grep -F '[stack]' /proc/1/maps")).stdout
    const top = BigInt(`0x${/-([0-9a-f]+) /.exec(maps)?.[1]}`) - 8n
    for (const line of [
      `translate 1 0x${top.toString(16)}`,
      `owners pid:1:0x${top.toString(16)}`,
    ]) {
      const { far, near } = await both(served, line)
      expect(far).toEqual(near)
      expect(far).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('[stack]') })
    }
  })

  it('reads memory of a process and of the kernel as the guest does', async () => {
    const maps = (await served.machine.exec("grep -F '[stack]' /proc/1/maps")).stdout
    const top = BigInt(`0x${/-([0-9a-f]+) /.exec(maps)?.[1]}`) - 32n
    for (const line of [
      `read pid:1:0x${top.toString(16)} --width 64`,
      `dump pid:1:0x${top.toString(16)}..+32`,
      'read kernel:linux_banner --width 64',
    ]) {
      const { far, near } = await both(served, line)
      expect(far).toEqual(near)
      expect(far.exitCode).toBe(0)
    }
    // A store is refused there before the kernel is asked.
    const line = `doctor pid:1:0x${top.toString(16)}`
    const reading = ({ stdout }: { stdout: string }) => stdout.split(/NO +write/)[0]
    const { far, near } = await both(served, line)
    expect(reading(far)).toBe(reading(near))
    expect(far.stdout).toContain('is for reading on another machine')
  })
})
