/**
 * The kernel module's RAM and buffers, and buffers of huge pages, on packaged kernels: QEMU says
 * what is in memory. One machine for each kernel.
 */
import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AllocateOptions } from '../../../src/buffer/allocate.ts'
import { contract } from '../../../src/memory/contract/index.ts'
import { openSim } from '../../../src/memory/sim/open.ts'
import type { Report as BufferReport } from '../../guest/programs/buffer.ts'
import type { Report as ContractReport } from '../../guest/programs/contract.ts'
import { labTitle, labUnavailable } from '../../machine/available.ts'
import { type Machine, startMachine } from '../../machine/machine.ts'
import { failed, inGuest, physmem, physmemJson, printed } from '../../machine/physmem.ts'
import type { Arch, Series } from '../../supply/arch.ts'
import { guestProgram } from '../../supply/guest-program.ts'
import { compileForGuest } from '../../supply/runner.ts'
import { windowCasesOf } from '../../supply/window-cases.ts'

const EDU = '0000:00:04.0'
const MIB = 1 << 20
/** As physical addresses are written in messages. */
const hex = (value: number) => `0x${value.toString(16).padStart(8, '0')}`
const patience = { timeoutMs: 120_000 }

/** RAM that the kernel was told to leave alone. */
const reserved: Record<Arch, { append: string; address: number }> = {
  x86_64: { append: 'memmap=1M$0x20000000', address: 0x2000_0000 },
  aarch64: { append: 'mem=512M', address: 0x6ff0_0000 },
}

/** The HPET, which nobody claims, and the IOAPIC; the firmware's configuration, and the clock. */
const registers: Record<Arch, { free: number; claimed: number }> = {
  x86_64: { free: 0xfed0_0000, claimed: 0xfec0_0000 },
  aarch64: { free: 0x0902_0000, claimed: 0x0901_0000 },
}

/** Prints the address at which the kernel's own mapping of all RAM has a physical one. */
const DIRECT_MAP = `
const { openSync, readSync } = require('node:fs')
const head = Buffer.alloc(65536)
readSync(openSync('/proc/kcore'), head, 0, head.length, 0)
const physical = BigInt(process.argv[2])
for (let at = 64; at < 64 + 56 * head.readUInt16LE(56); at += 56) {
  const [virtual, start, size] = [16, 24, 40].map((offset) => head.readBigUInt64LE(at + offset))
  if (head.readUInt32LE(at) !== 1 || physical < start || physical >= start + size) continue
  console.log('0x' + (virtual + physical - start).toString(16))
  break
}
`

/** Only to ask which cases can be tried: RAM has no address that faults. */
const standIn = { memory: await openSim(), widths: [8, 16, 32, 64] } as const

/** A machine of arm64 takes minutes: the newest kernel stands for both. */
const kernels: readonly [Arch, Series][] = [
  ['x86_64', '6.1'],
  ['x86_64', '6.12'],
  ['aarch64', '6.12'],
]

for (const [arch, series] of kernels) {
  const reason = labUnavailable(arch, series)
  describe.skipIf(reason)(
    labTitle(`buffers and RAM of the module on ${arch}, ${series}`, reason),
    () => {
      const { append, address: aside } = reserved[arch]
      let machine: Machine
      let program: string
      let contractProgram: string

      beforeAll(async () => {
        const [buffer, contracts] = [await guestProgram('buffer'), await guestProgram('contract')]
        program = buffer.command
        contractProgram = contracts.command
        machine = await startMachine({
          arch,
          series,
          append: `${append} hugepages=8`,
          devices: ['-device', 'edu,addr=4'],
          modules: ['physmem', 'uio_pci_generic'],
          files: [
            buffer.entry,
            contracts.entry,
            { path: '/root/direct-map.cjs', content: DIRECT_MAP },
            {
              path: '/lab/refusals',
              source: await compileForGuest(arch, 'refusals'),
              mode: 0o755,
            },
          ],
          memoryMb: 768,
          lifetimeMs: 900_000,
          bootTimeoutMs: 200_000,
        })
      }, 500_000)

      afterAll(() => machine?.stop())

      const run = (line: string) => physmem(machine, line, patience)

      /** Starts a program whose input stays open, and waits for the line that it prints. */
      async function start(words: string): Promise<{ line: string; pid: string }> {
        await machine.exec('rm -f /tmp/line')
        const line = `sleep 2000 | ${words} > /tmp/line 2> /tmp/errors & echo $!`
        const pid = (await machine.exec(line)).stdout.trim()
        const until = `[ -s /tmp/line ] || [ ! -e /proc/${pid} ]`
        await machine.exec(`until ${until}; do sleep 0.1; done`, patience)
        const printed = (await machine.readFile('/tmp/line')).toString()
        if (printed === '') throw new Error((await machine.readFile('/tmp/errors')).toString())
        return { line: printed.trim(), pid }
      }

      /** Holds a buffer of the command, and gives its address. */
      async function hold(options: string): Promise<{ address: number; pid: string }> {
        const { line, pid } = await start(`physmem buffer alloc ${options} -q`)
        expect(line).toMatch(/^0x[0-9a-f]+$/)
        return { address: Number(line), pid }
      }

      /** Runs the program that allocates by TypeScript. */
      async function allocate(options: AllocateOptions): Promise<BufferReport & { pid: string }> {
        const { line, pid } = await start(`${program} '${JSON.stringify(options)}' ${EDU}`)
        return { ...(JSON.parse(line) as BufferReport), pid }
      }

      /** Ends a program as a crash would. */
      async function kill(pid: string): Promise<void> {
        await machine.exec(
          `kill -9 ${pid}; while [ -e /proc/${pid} ]; do sleep 0.1; done`,
          patience,
        )
      }

      describe('RAM through /dev/physmem', () => {
        it('is taken first, and QEMU has what was written', async () => {
          const { address, pid } = await hold('64k')
          const [first, last] = [hex(address), hex(address + 0xfffc)]
          const line = `write ${first}=0xcafe0123 ${last}=0x89abcdef --verbose`
          const { stderr, exitCode } = await run(line)
          const place = `0x${address.toString(16).padStart(8, '0')}`
          expect({ stderr, exitCode }).toEqual({
            stderr: `physmem: ${place} by /dev/physmem\n`,
            exitCode: 0,
          })
          expect(await machine.xp(address, 32)).toEqual([0xcafe0123])
          expect(await machine.xp(address + 0xfffc, 32)).toEqual([0x89abcdef])
          expect((await run(`read ${first} -q`)).stdout).toBe('0xcafe0123\n')
          await kill(pid)
        })

        it('is loaded and dumped, byte for byte', async () => {
          const { address, pid } = await hold('1M --caching write-combine')
          const bytes = randomBytes(MIB)
          await machine.exec('cat > /tmp/random.bin', { stdin: bytes })
          expect(await run(`load ${hex(address)} /tmp/random.bin -q`)).toEqual(printed())
          expect((await machine.pmemsave(address, MIB)).equals(bytes)).toBe(true)
          expect(await run(`dump ${hex(address)}..+1M -o /tmp/dump.bin -q`)).toEqual(printed())
          expect((await machine.readFile('/tmp/dump.bin')).equals(bytes)).toBe(true)
          await kill(pid)
        }, 200_000)

        it('is also what was set aside; registers stay with /dev/mem', async () => {
          const [value] = await machine.xp(aside, 32)
          const read = await run(`read ${hex(aside)} --verbose -q`)
          expect(read).toEqual({
            stdout: `0x${value?.toString(16).padStart(8, '0')}\n`,
            stderr: `physmem: ${hex(aside)} by /dev/physmem\n`,
            exitCode: 0,
          })
          const { stderr } = await run(`read ${hex(registers[arch].free)} --verbose`)
          const place = `0x${registers[arch].free.toString(16).padStart(8, '0')}`
          expect(stderr).toBe(`physmem: ${place} by /dev/mem\n`)
        })

        it('leaves registers alone that a driver claims, as /dev/mem does', async () => {
          const { claimed } = registers[arch]
          const { stdout, stderr, exitCode } = await run(`read ${hex(claimed)}`)
          expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 1 })
          expect(stderr).toMatch(/^physmem: .* \(\/dev\/mem\) cannot be mapped: .* claims it/)
        })

        it('keeps the contract of all memories: RAM set aside, and a buffer', async () => {
          const { address, pid } = await hold('64k')
          const stretches = [aside, address].map((base) => ({ base, length: 0x10000 }))
          const words = `${contractProgram} '${JSON.stringify(stretches)}'`
          const { stdout, stderr } = await machine.exec(words, { timeoutMs: 300_000 })
          expect(stderr).toBe('')
          const report = JSON.parse(stdout) as ContractReport
          for (const [index, stretch] of stretches.entries()) {
            const cases = contract.filter((one) => !one.skip?.({ ...stretch, ...standIn }))
            const names = [...cases.map(({ name }) => name), ...windowCasesOf(stretch)]
            const kept = Object.fromEntries(names.map((name) => [name, { state: 'kept' }]))
            expect(report[index]).toMatchObject(kept)
            const endings = Object.values(report[index] ?? {})
            expect(endings.filter(({ state }) => state === 'broken')).toEqual([])
          }
          await kill(pid)
        }, 400_000)

        it('is written by the places that stand on it: of a process, of the kernel', async () => {
          // Its environment is there once the shell's child has become the program.
          const there = 'until grep -q WORD=before /proc/$!/environ; do sleep 0.1; done'
          const start = `WORD=before sleep 1000 & ${there}; echo $!`
          const pid = (await machine.exec(start)).stdout.trim()
          // The beginning of its environment: proc(5), /proc/pid/stat, field 50.
          const at = `$(cut -d' ' -f50 /proc/${pid}/stat)`
          const find = `tr '\\0' '\\n' < /proc/${pid}/environ | sed -n '1,/^WORD=/p' | head -c -7 | wc -c`
          const offset = (await machine.exec(find)).stdout.trim()
          const place = `pid:${pid}:$((${at} + ${offset}))`
          expect(await run(`write ${place}=0x42 --width 8 -q`)).toEqual(printed())
          const environment = await machine.exec(`tr '\\0' '\\n' < /proc/${pid}/environ`)
          expect(environment.stdout).toContain('WORD=Before\n')
          await machine.exec(`kill ${pid}`)

          const { address, pid: holder } = await hold('4k')
          const found = await machine.exec(`node /root/direct-map.cjs ${address}`)
          expect(found.stderr).toBe('')
          const line = `write kernel:${found.stdout.trim()}=0x600dcafe -q`
          expect(await run(line)).toEqual(printed())
          expect(await machine.xp(address, 32)).toEqual([0x600d_cafe])
          await kill(holder)
          if (arch !== 'x86_64') return // Debian's kernels for arm64 name functions only.
          // include/linux/utsname.h: the name of this host follows 65 bytes.
          await machine.exec('echo before > /proc/sys/kernel/hostname')
          expect(await run('write kernel:init_uts_ns+65=0x42 --width 8 -q')).toEqual(printed())
          expect((await machine.readFile('/proc/sys/kernel/hostname')).toString()).toBe('Before\n')
        })

        it('is found by the doctor, which writes its own page', async () => {
          const { document } = await physmemJson(machine, 'doctor --self-test')
          const findings = document.findings as { id: string; verdict: string; reason: string }[]
          const of = (id: string) => {
            const found = findings.find((one) => one.id === id)
            return found && [found.verdict, found.reason]
          }
          expect(of('kmod')).toEqual(['works', 'it shows the pattern of a page of this process'])
          expect(of('selftest.kmod')).toEqual(['works', 'it arrives'])
        }, 150_000)
      })

      describe('a buffer of the module', () => {
        it('has an address for a PCI function that a driver has; on x86 for any', async () => {
          const before = await run(`buffer alloc 4k --pci ${EDU} -- true`)
          expect(before).toMatchObject({ stderr: '', exitCode: 0 })
          const unbound =
            'has no address for the PCI function 0000:00:04.0: it has no driver, and this CPU sets up DMA only for a function with one (EAGAIN)'
          expect(before.stdout).toContain(
            arch === 'x86_64' ? `safe for DMA by ${EDU} at 0x` : unbound,
          )
          expect(await run(`bind ${EDU} uio_pci_generic --keep -q`)).toMatchObject({
            exitCode: 0,
          })
          const { stdout } = await run(`buffer alloc 4k --pci ${EDU} -- true`)
          const address = /^0x[0-9a-f]+/.exec(stdout)?.[0]
          expect(stdout).toContain(`\nsafe for DMA by ${EDU} at ${address}\n`)
        })

        it.each(['write-back', 'write-combine', 'uncached'] as const)(
          'is mapped %s, and QEMU has what its window wrote',
          async (caching) => {
            const options = { length: 0x4000, caching, belowAddress: 2 ** 32, alignment: 0x10000 }
            const { pid, ...report } = await allocate(options)
            expect(report).toMatchObject({
              bytes: 0x4000,
              caching,
              zeros: true,
              invalidated: '',
              words: [0xcafe_f00d, report.address + 0x3ff8],
              safety: { verdict: 'safe', dmaAddress: report.address },
            })
            expect(report.address % 0x10000).toBe(0)
            expect(report.address).toBeLessThan(2 ** 32)
            expect(await machine.xp(report.address, 32)).toEqual([0xcafe_f00d])
            expect(await machine.xp(report.address + 0x2000, 64)).toEqual([
              BigInt(report.address + 0x2000),
            ])
            await kill(pid)
          },
          200_000,
        )

        it('is there until standard input ends', async () => {
          expect(
            await inGuest(
              machine,
              'sleep 1 | physmem buffer alloc 4k | sed s/0x[0-9a-f]*//',
              patience,
            ),
          ).toEqual(printed('  4 KiB, write-back, of the kernel module'))
        })

        it('is there as long as a program runs, which finds it', async () => {
          const check = `physmem write $PHYSMEM_BUFFER=0x1234 -q && physmem read $PHYSMEM_BUFFER -q && echo $PHYSMEM_BUFFER_BYTES $PHYSMEM_DMA && exit 42`
          const { stdout, stderr, exitCode } = await run(
            `buffer alloc 5000 -q --pci ${EDU} -- sh -c '${check}'`,
          )
          const [address = ''] = stdout.split('\n')
          expect({ stdout, stderr, exitCode }).toEqual({
            stdout: `${address}\n0x00001234\n8192 ${address}\n`,
            stderr: '',
            exitCode: 42,
          })
        })

        it('is invalidated by others, too; RAM in use is not without --force', async () => {
          const { address, pid } = await hold('64k')
          const { lineBytes } = (await physmemJson(machine, `cache flush ${hex(address)}..+64k`))
            .document as unknown as { lineBytes: number }
          const line = `${0x10000 / lineBytes} lines of ${lineBytes} bytes were invalidated (by the kernel module)\n`
          const note =
            arch === 'x86_64'
              ? 'physmem: x86 cannot drop a line without writing it back: the lines were flushed\n'
              : ''
          const range = `${hex(address)}..+64k`
          expect(await run(`cache invalidate ${range}`)).toEqual({
            stdout: line,
            stderr: note,
            exitCode: 0,
          })
          await kill(pid)
          // Freed, though it was killed: now it is RAM as any other.
          expect(await run(`cache invalidate ${range}`)).toEqual(
            failed(
              1,
              `physmem: ${hex(address)}..+0x10000 (/dev/physmem): its cache lines were not invalidated: it is RAM that the kernel or a process may use: what was written to it and is in the cache only would be lost (EPERM)`,
              '  cure: use a buffer: physmem buffer alloc; or force it if you know whose memory it is',
            ),
          )
          expect(await run(`cache invalidate ${hex(aside)}..+4096 -q`)).toEqual(printed())
        })

        it('is refused where it cannot be', async () => {
          const huge = await run('buffer alloc 1G')
          expect(huge).toMatchObject({ exitCode: 1, stdout: '' })
          expect(huge.stderr).toMatch(
            /^physmem: a buffer of 1073741824 bytes cannot be allocated: it is larger than this machine's memory \(\d+ MiB\)\n {2}cure: ask for less\n$/,
          )
          expect((await run('buffer alloc 4k --pci 0000:00:1f.7')).stderr).toContain(
            'there is no such PCI function (ENODEV)',
          )
        })
      })

      describe('a buffer of huge pages', () => {
        it('is where its address says', async () => {
          const options = { length: 2 * MIB, from: 'hugetlb' } as const
          const { pid, ...report } = await allocate(options)
          expect(report).toMatchObject({
            bytes: 2 * MIB,
            caching: 'write-back',
            zeros: true,
            words: [0xcafe_f00d, report.address + 2 * MIB - 8],
            invalidated: `0x00000000..+0x40 (the buffer at ${hex(report.address)}): its cache lines are not invalidated: the CPU lets only the kernel do that (invd, dc ivac)`,
            safety: {
              verdict: 'safe',
              dmaAddress: report.address,
              checks: [
                { what: 'pinned', result: 'yes' },
                { what: 'contiguous', reason: 'it is one huge page' },
                { what: 'limit', result: 'yes' },
                { what: 'iommu', reason: 'the function is behind no IOMMU' },
              ],
            },
          })
          expect(report.address % (2 * MIB)).toBe(0)
          expect(await machine.xp(report.address, 32)).toEqual([0xcafe_f00d])
          for (const offset of [8, MIB, 2 * MIB - 8]) {
            const at = report.address + offset
            expect(await machine.xp(at, 64)).toEqual([BigInt(at)])
          }
          await kill(pid)
        }, 300_000)

        it('goes over several pages when these are contiguous', async () => {
          const { stdout, stderr, exitCode } = await run(
            `buffer alloc 4M --from hugetlb --pci ${EDU} -- sh -c 'physmem write $PHYSMEM_BUFFER+0x3ffffc=0xfeedbeef -q; sleep 1'`,
          )
          const address = Number(/^0x[0-9a-f]+/.exec(stdout)?.[0])
          expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 })
          expect(stdout).toContain('its 2 huge pages are contiguous')
          expect(await machine.xp(address + 0x3f_fffc, 32)).toEqual([0xfeed_beef])
        })

        it('needs pages, and says how many and how', async () => {
          const { file } = await machine
            .exec('ls -d /sys/kernel/mm/hugepages/hugepages-2048kB')
            .then(({ stdout }) => ({ file: `${stdout.trim()}/nr_hugepages` }))
          expect(await run('buffer alloc 32M --from hugetlb')).toEqual(
            failed(
              1,
              'physmem: a buffer of 33554432 bytes of huge pages cannot be allocated: 16 huge pages of 2048 kB are needed, and 8 of 8 are free',
              `  cure: reserve them: echo 16 > ${file}`,
            ),
          )
        })

        it('needs CAP_SYS_ADMIN, since addresses are hidden without', async () => {
          const { stderr, exitCode } = await inGuest(
            machine,
            '/lab/refusals without 21 -- physmem buffer alloc 1M --from hugetlb',
            patience,
          )
          expect(exitCode).toBe(1)
          expect(stderr).toContain(
            'the kernel hides frames from this process: it lacks the capability CAP_SYS_ADMIN',
          )
        })
      })

      it('does all that can be done without the module, and says how to get it', async () => {
        expect(await inGuest(machine, 'rmmod physmem')).toEqual(printed())
        const cure = `install the headers of kernel ${machine.kernel.release}, then build and load the module: physmem kmod build && physmem kmod load`
        expect(await run('buffer alloc 4k')).toEqual(
          failed(
            1,
            'physmem: /dev/physmem cannot be opened for writing: the module of physmem is not loaded (ENOENT)',
            `  cure: ${cure}`,
          ),
        )
        expect(await run(`cache invalidate ${hex(aside)}..+64`)).toEqual(
          failed(
            1,
            'physmem: cache lines cannot be dropped without being written back: the CPU lets only the kernel do that (invd, dc ivac)',
            `  cure: flush them, which writes changed lines back before it drops them; or ${cure}`,
          ),
        )
        const { stderr } = await run(`read ${hex(aside)} --verbose`)
        expect(stderr).toBe(`physmem: ${hex(aside)} by /dev/mem\n`)
        const { document } = await physmemJson(machine, 'doctor')
        const findings = document.findings as { id: string; verdict: string; cures: string[] }[]
        expect(findings.find(({ id }) => id === 'kmod')).toMatchObject({
          verdict: 'absent',
          cures: [cure],
        })
      }, 200_000)
    },
  )
}
