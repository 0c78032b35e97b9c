/**
 * The kernel module on real kernels, by plain system calls (guest/kmod-try.c, guest/kmod-buffers.c)
 * and by what QEMU and the kernel itself say of the same memory.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { labTitle, labUnavailable } from '../../machine/available.ts'
import { kernelComplaints } from '../../machine/kernel-log.ts'
import { type Machine, startMachine } from '../../machine/machine.ts'
import { createSharedMemory, type SharedMemory } from '../../machine/shared-memory.ts'
import { type Arch, archFacts, type Series, seriesList } from '../../supply/arch.ts'
import { ensureOtherKernel, otherKernelUnavailable } from '../../supply/other-kernels.ts'
import type { OtherRelease } from '../../supply/packages.ts'
import { compileForGuest } from '../../supply/runner.ts'
import { caches, conflict, denied, inputs, life, pass, readOnly } from './answers.ts'

/** Where what is, of a machine with 768 MiB of which some were set aside. */
interface Board {
  readonly append: string
  /** RAM that the kernel always uses: its image. */
  readonly ram: number
  /** The last page of RAM before something else. */
  readonly mixed: number
  readonly reserved: number
  readonly device: number
  /** The page of a device that a driver has claimed. */
  readonly claimed: number
  readonly nothing: number
  readonly ranges: readonly (readonly [address: number, length: number, said: string])[]
}

const boards: Readonly<Record<Arch, Board>> = {
  x86_64: {
    append: 'memmap=16M$0x20000000 secretmem.enable=1',
    ram: 0x100_0000,
    mixed: 0x1fff_f000,
    reserved: 0x2000_0000,
    device: 0xfed0_0000,
    claimed: 0xfec0_0000,
    nothing: 0xc800_0000, // in a window to PCI, and no BAR
    ranges: [
      [0x1ff0_0000, 0x100_0000, 'ram caching 1 length 0x100000'],
      [0x2000_0000, 0x4000_0000, 'reserved caching 0 length 0x1000000'],
      [0xfed0_0000, 0x1000, 'device caching 0 length 0x400'],
      [0xf_0000, 0x1000, 'reserved caching 1 length 0x1000'],
      [0xc000_0000, 0x1000, 'none caching 0 length 0x1000'],
    ],
  },
  aarch64: {
    append: 'mem=512M secretmem.enable=1',
    ram: 0x4020_0000,
    mixed: 0x5fff_f000,
    reserved: 0x6000_0000,
    device: 0x902_0000, // fw_cfg, which nobody claims
    claimed: 0x900_0000,
    nothing: 0x3f00_0000, // between the windows to PCI and RAM
    ranges: [
      [0x5ff0_0000, 0x100_0000, 'ram caching 1 length 0x100000'],
      [0x6000_0000, 0x4000_0000, 'reserved caching 0 length 0x10000000'],
      [0x900_0000, 0x1_0000, 'device caching 0 busy length 0x1000'],
      [0x902_0000, 0x1000, 'device caching 0 length 0x18'],
      [0x3f00_0000, 0x1000, 'none caching 0 length 0x1000'],
    ],
  },
}

const EDU = 0x20 // 00:04.0
const BAR2 = '/sys/bus/pci/devices/0000:00:05.0'

function moduleOn(arch: Arch, system: Series | OtherRelease): void {
  const board = boards[arch]
  const other = system === 'bullseye' || system === 'sid' ? system : undefined
  const series = system === '6.1' ? '6.1' : '6.12'
  const reason =
    labUnavailable(arch, series) ??
    (other === undefined ? undefined : otherKernelUnavailable(other))
  const named = { bullseye: '5.10', sid: "Debian's newest", '6.1': '6.1', '6.12': '6.12' }[system]
  const title = `the module on ${named}, ${archFacts[arch].debian}`
  describe.skipIf(reason)(labTitle(title, reason), () => {
    let machine: Machine
    let shared: SharedMemory

    const run = async (commandLine: string): Promise<string> => {
      const { stdout, stderr } = await machine.exec(commandLine, { timeoutMs: 100_000 })
      return stdout + stderr
    }
    const tried = async (words: string): Promise<string> =>
      (await run(`/lab/kmod-try ${words}`)).trim()
    const buffers = async (words: string): Promise<string> =>
      (await run(`/lab/kmod-buffers ${words}`)).trim()

    beforeAll(async () => {
      shared = createSharedMemory(1 << 20, 5)
      const programs = ['kmod-try', 'kmod-buffers'].map(async (name) => ({
        path: `/lab/${name}`,
        source: await compileForGuest(arch, name),
        mode: 0o755,
      }))
      machine = await startMachine({
        ...{ arch, series, append: board.append, modules: ['physmem', 'uio_pci_generic'] },
        ...(other === undefined ? {} : { kernel: await ensureOtherKernel(other) }),
        devices: ['-device', 'edu,addr=4', ...shared.devices],
        files: await Promise.all(programs),
        bootTimeoutMs: 120_000,
        lifetimeMs: 400_000,
      })
    }, 300_000)

    afterAll(async () => {
      await machine?.stop()
      shared?.[Symbol.dispose]()
    })

    it('says what is at an address, and how far', async () => {
      for (const [address, length, said] of board.ranges) {
        expect([address, await tried(`range ${address} ${length}`)]).toEqual([address, said])
      }
    })

    it('refuses bad input, each with its errno', async () => {
      const { ram, mixed, device, nothing } = board
      expect(await tried(`inputs ${ram} ${mixed} ${device} ${nothing}`)).toBe(inputs.trim())
    })

    it('maps nothing writable through a read-only descriptor', async () => {
      expect(await tried(`readonly ${board.ram}`)).toBe(readOnly.trim())
    })

    it('does nothing for a user without CAP_SYS_RAWIO, whose descriptor root opened', async () => {
      expect(await tried('as-user denied')).toBe(denied('EACCES').trim())
    })

    it('tells the same of a map as the map itself', async () => {
      const { ram, mixed, nothing, device, claimed } = board
      const hex = (address: number): string => `0x${address.toString(16)}`
      const checks: [string, string][] = [
        [`${ram} 4096 0`, 'refusal 0 caching 1 address 0x0'],
        [`${ram} 4096 3`, `refusal 5 caching 1 address ${hex(ram)}`],
        [`${ram + 8} 4096 0`, `refusal 2 caching 0 address ${hex(ram + 8)}`],
        [`${ram} 0 0`, `refusal 1 caching 0 address ${hex(ram)}`],
        [`${mixed} 8192 0`, `refusal 4 caching 1 address ${hex(mixed + 4096)}`],
        [`${nothing} 4096 2`, `refusal 3 caching 2 address ${hex(nothing)}`],
        [`${device} 4096 0`, 'refusal 0 caching 3 address 0x0'],
        [`${device} 4096 1`, `refusal 6 caching 1 address ${hex(device)}`],
        [`${claimed} 4096 0`, `refusal 7 caching 0 address ${hex(claimed)}`],
        [`${ram} 4096 4`, 'EINVAL'],
      ]
      for (const [asked, said] of checks) {
        expect([asked, await tried(`check ${asked}`)]).toEqual([asked, said])
      }
    })

    it('does not map what a driver has claimed', async () => {
      expect(await tried(`read ${board.claimed}`)).toBe('EADDRINUSE')
    })

    it('makes buffers that are zeroed, contiguous and freed when nobody has them', async () => {
      expect(await buffers('life')).toBe(life.join('').trim())
    })

    it('lets whoever gets its descriptor use a buffer, and only that', async () => {
      expect(await buffers('pass')).toBe(pass.trim())
    })

    it('works on cache lines, of hidden memory too', async () => {
      // memfd_secret(2) came with 5.14.
      const due =
        other === 'bullseye'
          ? caches.replace(/flush of secret.*/s, 'secret memory: ENOSYS')
          : caches
      expect(await buffers('caches')).toBe(due.trim())
    })

    it('refuses a second caching of the same memory', async () => {
      expect(await tried(`conflict ${board.reserved}`)).toBe(conflict(board.reserved).trim())
    })

    it('translates addresses of the kernel as the CPU does', async () => {
      const symbols = await run("grep -E ' (_stext|physmem_mmap)\\b' /proc/kallsyms")
      const addresses = symbols.match(/^[0-9a-f]{16}/gm) ?? []
      expect(addresses.length).toBe(2) // of the kernel's image, and of a module
      for (const virtual of addresses) {
        const command = { 'command-line': `x /2gx 0x${virtual}` }
        let seen = ''
        // By the tables of the moment: a CPU that is with a program may not look.
        for (let tries = 0; tries < 100 && !/: 0x/.test(seen); tries += 1) {
          seen = String(await machine.qmp('human-monitor-command', command))
        }
        const words = seen
          .split(': ')[1]
          ?.match(/0x[0-9a-f]{16}\b/g)
          ?.map(BigInt)
        const physical = Number(await tried(`translate 0x${virtual}`))
        expect([seen, await machine.xp(physical, 64, 2)]).toEqual([seen, words])
      }
    })

    it('tells the address that a function reaches memory by', async () => {
      await run('echo 1234 11e8 > /sys/bus/pci/drivers/uio_pci_generic/new_id')
      expect((await tried(`dma ${EDU} ${board.ram}`)).replaceAll(/flags [02]/g, 'flags')).toBe(
        [
          'buffer: the physical address, 0x3000 bytes, mask 0xffffffff, flags',
          'buffer again: the physical address, 0x3000 bytes, mask 0xffffffff, flags',
          'RAM: the physical address, 0x1000 bytes, mask 0xffffffff, flags',
          'beyond 4 GiB: ERANGE',
        ].join('\n'),
      )
    })

    it('maps the memory of a device, which the host sees, and the other way round', async () => {
      await run(`echo 1 > ${BAR2}/enable`)
      const bar = Number((await run(`sed -n 3p ${BAR2}/resource`)).split(' ')[0])
      shared.write(8, Buffer.from('8877665544332211', 'hex'))
      expect(await tried(`read ${bar + 8}`)).toBe('0x1122334455667788')
      expect(await tried(`write ${bar + 16} 0x0102030405060708 3`)).toBe('ok')
      expect(shared.read(16, 8).toString('hex')).toBe('0807060504030201')
    })

    it('frees what a killed process had; is not unloaded as long as it has it', async () => {
      await run('mkfifo /tmp/held; (sleep 1000 > /tmp/held & echo $! > /tmp/sleeper)')
      await run(
        '/lab/kmod-try hold 0x2000000 2 < /tmp/held > /tmp/address & echo $! > /tmp/holder; ' +
          'until [ -s /tmp/address ]; do sleep 0.1; done',
      )
      const address = Number(await run('cat /tmp/address'))
      // What it wrote, as QEMU has it, at both ends.
      expect(await machine.xp(address, 64)).toEqual([0x5a17_e550_0000_0000n])
      expect(await machine.xp(address + 0x1ff_fff8, 64)).toEqual([0x5a17_e550_003f_ffffn])
      expect(await tried(`range ${address} 0x2000000`)).toBe(
        'ram caching 2 buffer length 0x2000000',
      )
      expect(await tried(`write ${address + 64} 0xabcd 2`)).toBe('ok')
      expect(await machine.xp(address + 64, 64)).toEqual([0xabcdn])
      expect(await run('rmmod physmem')).toMatch(/Resource temporarily unavailable|busy/)
      await run('kill -9 $(cat /tmp/holder); while kill -0 $(cat /tmp/holder); do sleep 0.1; done')
      expect(await tried(`range ${address} 0x2000000`)).not.toMatch('buffer')
      await run('kill $(cat /tmp/sleeper)')
      expect(await buffers('killed')).toBe('16 buffers, one after the other')
    })

    it('is unloaded and loaded again', async () => {
      expect(await run('rmmod physmem && [ ! -e /dev/physmem ] && echo gone')).toBe('gone\n')
      expect(await run('insmod /lab/modules/*physmem.ko && ls -l /dev/physmem')).toMatch(
        /^crw------- +1 root +root /,
      )
    })

    it('does nothing once the kernel is locked down', async () => {
      expect(await tried('locked')).toBe(
        `${denied('EPERM').trim()}\nmap of a buffer that is there already: ok`,
      )
      expect(await tried('range 0 1')).toBe('kmod-try: /dev/physmem: EPERM')
    })

    it('left no complaint of the kernel', async () => {
      expect(kernelComplaints(await run('dmesg'))).toEqual([])
    })
  })
}

for (const series of seriesList) {
  moduleOn('x86_64', series)
  moduleOn('aarch64', series)
}
moduleOn('x86_64', 'bullseye')
moduleOn('x86_64', 'sid')
