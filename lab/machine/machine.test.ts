import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Arch, archFacts, type Series } from '../supply/arch.ts'
import { labTitle, machineUnavailable } from './available.ts'
import { type Machine, startMachine } from './machine.ts'
import { createSharedMemory, type SharedMemory } from './shared-memory.ts'

const kernels: readonly [Arch, Series][] = [
  ['x86_64', '6.1'],
  ['x86_64', '6.12'],
  ['aarch64', '6.1'],
  ['aarch64', '6.12'],
]

/** Registers whose values are known from the devices' manuals. */
const known = {
  x86_64: { what: 'the HPET clock period', address: 0xfed00004, value: 10_000_000 },
  aarch64: { what: 'the PL011 identification', address: 0x09000fe0, value: 0x11 },
}

/** What QEMU records of the letter `x` sent to the serial port. */
const serialTrace = {
  x86_64: { event: 'serial_write', line: /serial_write .*val 0x78/ },
  aarch64: { event: 'pl011_write', line: /pl011_write .*value 0x0*78/ },
}

const isAlive = (pid: number | undefined): boolean => {
  try {
    return pid !== undefined && process.kill(pid, 0)
  } catch {
    return false
  }
}

for (const [arch, series] of kernels) {
  const reason = machineUnavailable(arch, series)
  describe.skipIf(reason)(labTitle(`machine ${arch} ${series}`, reason), () => {
    let machine: Machine
    let shared: SharedMemory

    beforeAll(async () => {
      shared = createSharedMemory(1 << 20, 5)
      const modules = ['uio_edu']
      const devices = ['-device', 'edu,addr=4', ...shared.devices]
      const traces = [serialTrace[arch].event]
      const files = [{ path: '/lab/hello.txt', content: 'hello\n' }]
      machine = await startMachine({ arch, series, modules, devices, files, traces })
    }, 120_000)

    afterAll(async () => {
      const pid = machine?.pid
      await machine?.stop()
      shared[Symbol.dispose]()
      expect(isAlive(pid)).toBe(false)
    })

    it('runs the packaged kernel', async () => {
      const { stdout } = await machine.exec('uname -r')
      expect(stdout.trim()).toBe(machine.kernel.release)
      expect(stdout.startsWith(`${series}.`)).toBe(true)
    })

    it('keeps standard output, standard error and the exit code apart', async () => {
      const result = await machine.exec('echo out; echo err >&2; exit 7')
      expect(result).toMatchObject({ stdout: 'out\n', stderr: 'err\n', exitCode: 7 })
      expect((await machine.exec('kill -9 $$')).exitCode).toBe(137)
    })

    it('carries bytes unchanged both ways', async () => {
      const bytes = randomBytes(1 << 20)
      const { stdoutBytes } = await machine.exec('cat', { stdin: bytes })
      expect(stdoutBytes.equals(bytes)).toBe(true)
    })

    it('runs several commands at once and kills one that takes too long', async () => {
      const slow = machine.exec('sleep 60', { timeoutMs: 300 })
      expect((await machine.exec('echo quick')).stdout).toBe('quick\n')
      await expect(slow).rejects.toThrow('not done after 300 ms: sleep 60')
      expect((await machine.exec('pidof sleep')).exitCode).toBe(1)
    })

    it('has Node and the files it was given', async () => {
      expect((await machine.exec('node -p process.arch')).stdout.trim()).toBe(archFacts[arch].node)
      expect((await machine.readFile('/lab/hello.txt')).toString()).toBe('hello\n')
    })

    it(`shows memory as QEMU sees it: ${known[arch].what}`, async () => {
      expect(await machine.xp(known[arch].address, 32)).toEqual([known[arch].value])
      const ram = arch === 'x86_64' ? 0x100000 : 0x40000000
      const saved = await machine.pmemsave(ram, 4096)
      expect(saved.length).toBe(4096)
      expect(await machine.xp(ram, 64, 2)).toEqual([
        saved.readBigUInt64LE(0),
        saved.readBigUInt64LE(8),
      ])
      await expect(machine.xp(0x7_0000_0000, 32)).rejects.toThrow('cannot examine 0x700000000')
    })

    it('hears what the guest says on its serial port', async () => {
      await machine.exec('echo the-serial-port-speaks > /dev/console')
      expect(await machine.waitForConsole(/the-serial-\w+-speaks/)).toBe('the-serial-port-speaks')
    })

    it('records what QEMU traces while work goes on: all of it, and nothing else', async () => {
      const trace = await machine.traced(() => machine.exec('echo x > /dev/console'))
      expect(trace.join('\n')).toMatch(serialTrace[arch].line)
      expect(await machine.traced(async () => {})).toEqual([])
    })

    it('has a UIO device over the edu card', async () => {
      const { stdout } = await machine.exec(
        'cd /sys/class/uio/uio0; cat name maps/map0/name maps/map0/size',
      )
      expect(stdout).toBe('edu\nregs\n0x0000000000100000\n')
    })

    it('shares memory with the host through a PCI BAR', async () => {
      const card = '/sys/bus/pci/devices/0000:00:05.0'
      await machine.exec(`echo 1 > ${card}/enable`)
      const bars = (await machine.readFile(`${card}/resource`)).toString().split('\n')
      const address = Number(bars[2]?.split(' ')[0])
      shared.write(0x10, Buffer.from([1, 2, 3, 4]))
      await machine.exec(`devmem 0x${(address + 0x20).toString(16)} 32 0x11223344`)
      expect(shared.read(0x20, 4).readUInt32LE()).toBe(0x11223344)
      expect(await machine.xp(address + 0x10, 32)).toEqual([0x04030201])
    })
  })
}

const reason = machineUnavailable('aarch64', '6.1')
describe.skipIf(reason)(labTitle('machine that does not behave', reason), () => {
  it('is reported with the console’s last lines when it does not come up', async () => {
    const start = startMachine({ arch: 'aarch64', append: 'rdinit=/nothing' })
    await expect(start).rejects.toThrow(
      /is gone: it ended by itself[\s\S]*console:[\s\S]*Kernel panic/,
    )
  }, 60_000)

  it('is killed at the end of its lifetime, even before it is up', async () => {
    const start = startMachine({ arch: 'aarch64', lifetimeMs: 500 })
    await expect(start).rejects.toThrow('is gone: its 500 ms are over (QEMU: SIGKILL)')
  }, 60_000)
})
