/**
 * Virtual to physical on packaged kernels. QEMU is the witness: it walks the page tables of the CPU
 * that runs the process (gva2gpa), and shows what is in its physical memory.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { labTitle, labUnavailable } from '../../machine/available.ts'
import { createGuestRam, type GuestRam } from '../../machine/guest-ram.ts'
import { type Holder, holderProgram, startHolder } from '../../machine/holder.ts'
import { type Machine, startMachine } from '../../machine/machine.ts'
import { failed, inGuest, physmem, physmemJson } from '../../machine/physmem.ts'
import { type Arch, arches, seriesList } from '../../supply/arch.ts'

const card = '0000:00:04.0'
/** A file that anybody can make. */
const impostor = `/tmp/${card}/resource0`
const patience = { timeoutMs: 90_000 }

/** RAM that the kernel was told to leave alone, and that /dev/mem may reach: see ram.test.ts. */
const reserved: Record<Arch, { append: string; address: number }> = {
  x86_64: { append: 'memmap=1M$0x20000000', address: 0x2000_0000 },
  aarch64: { append: 'mem=512M', address: 0x6ff0_0000 },
}

interface Found {
  readonly address: number
  readonly pageSize: number
  readonly pageKind: string
  readonly by: string
  readonly source?: string
  readonly zeroPage: boolean
  readonly flags?: string[]
}

for (const arch of arches) {
  for (const series of seriesList) {
    const reason = labUnavailable(arch, series)
    describe.skipIf(reason)(labTitle(`translate on ${arch}, kernel ${series}`, reason), () => {
      let machine: Machine
      let ram: GuestRam
      let holder: Holder
      let pid: number
      let at: Holder['at']
      let found: Record<string, Found>
      let barBase: number

      beforeAll(async () => {
        ram = createGuestRam(arch, 768)
        machine = await startMachine({
          arch,
          series,
          append: reserved[arch].append,
          modules: ['uio_edu', 'lzo-rle', 'zram'],
          devices: ['-device', 'edu,addr=4', ...ram.devices],
          files: [await holderProgram(arch)],
          lifetimeMs: 900_000,
          bootTimeoutMs: 150_000,
        })
        const resource = await machine.readFile(`/sys/bus/pci/devices/${card}/resource`)
        barBase = Number(resource.toString().split(' ')[0])
        const setUp = [
          'echo 2 > /proc/sys/vm/nr_hugepages',
          'echo madvise > /sys/kernel/mm/transparent_hugepage/enabled',
          'echo 33554432 > /sys/block/zram0/disksize',
          'mkswap /dev/zram0 > /dev/null',
          'swapon /dev/zram0',
          `mkdir -p $(dirname ${impostor})`,
          `dd if=/dev/zero of=${impostor} bs=4096 count=1 2> /dev/null`,
        ]
        const swap = await inGuest(machine, setUp.join(' && '), patience)
        expect(swap).toMatchObject({ stderr: '', exitCode: 0 })
        const devices = [
          `bar /sys/bus/pci/devices/${card}/resource0`,
          `mem ${reserved[arch].address}`,
          'uio /dev/uio0',
          `impostor ${impostor}`,
        ]
        holder = await startHolder(machine, devices.join(' '))
        ;({ pid, at } = holder)
        const names = Object.keys(at).filter((name) => !homeless.includes(name))
        const places = names.map((name) => at[name]).join(' ')
        const { stdout, stderr } = await physmem(
          machine,
          `translate ${pid} ${places} --json`,
          patience,
        )
        expect(stderr).toBe('')
        const { results } = JSON.parse(stdout) as { results: Found[] }
        found = Object.fromEntries(names.map((name, index) => [name, results[index] as Found]))
      }, 300_000)

      afterAll(async () => {
        await machine?.stop()
        ram?.[Symbol.dispose]()
      })

      /** What has no physical address. */
      const homeless = ['untouched', 'closed', 'swapped', 'impostor']

      async function monitor(line: string): Promise<string> {
        return String(await machine.qmp('human-monitor-command', { 'command-line': line }))
      }

      /** Does something while the machine stands still, and its CPU in the page tables of the process. */
      async function inProcess<T>(work: () => Promise<T>): Promise<T> {
        const own = BigInt(at.pattern ?? 0)
        for (let look = 0; look < 200; look++) {
          await machine.qmp('stop')
          try {
            const shown = await monitor(`x /1gx 0x${own.toString(16)}`)
            if (BigInt(/: (0x[0-9a-f]+)/.exec(shown)?.[1] ?? 0) === own) return await work()
          } finally {
            await machine.qmp('cont')
          }
          await new Promise((resolve) => setTimeout(resolve, 50))
        }
        throw new Error('the CPU was never seen in the process')
      }

      async function gva2gpa(virtual: string): Promise<number> {
        const answer = await monitor(`gva2gpa ${virtual}`)
        const address = /^gpa: (0x[0-9a-f]+)/.exec(answer)?.[1]
        if (address === undefined) throw new Error(`gva2gpa ${virtual}: ${answer}`)
        return Number(address)
      }

      /**
       * Where QEMU finds an address of the kernel: on arm64 only while the CPU is in the kernel, which
       * it is often while it clears memory.
       */
      async function inKernel(virtual: string): Promise<number> {
        const endless = 'dd if=/dev/zero of=/dev/null bs=1M > /dev/null 2>&1 & echo $!'
        const pid = (await machine.exec(endless)).stdout.trim()
        let address: number | undefined
        for (let look = 0; look < 200 && address === undefined; look++) {
          await machine.qmp('stop')
          address = await gva2gpa(virtual).catch(() => undefined)
          await machine.qmp('cont')
          await new Promise((resolve) => setTimeout(resolve, 20))
        }
        await machine.exec(`kill ${pid}`)
        if (address === undefined) throw new Error('the CPU was never seen in the kernel')
        return address
      }

      it('agrees with the page tables that QEMU walks', async () => {
        const seen = await inProcess(async () => {
          const addresses: Record<string, number> = {}
          for (const name of Object.keys(found)) addresses[name] = await gva2gpa(at[name] ?? '')
          return addresses
        })
        expect(Object.keys(seen).length).toBeGreaterThan(7)
        expect(Object.fromEntries(Object.entries(found).map(([k, v]) => [k, v.address]))).toEqual(
          seen,
        )
      })

      it('leads to the pattern that the process has written', async () => {
        const { address } = found.pattern as Found
        const virtual = BigInt(at.pattern ?? 0)
        const bytes = await machine.pmemsave(address - (address % 4096), 4096)
        const start = virtual - (virtual % 4096n)
        for (let offset = 0; offset < 4096; offset += 8) {
          expect(bytes.readBigUInt64LE(offset)).toBe(start + BigInt(offset))
        }
      })

      it('knows the size of a page', () => {
        expect(found.pattern).toMatchObject({ pageSize: 4096, pageKind: 'base', zeroPage: false })
        expect(found.transparent).toMatchObject({ pageSize: 2 << 20, pageKind: 'transparent huge' })
        expect(found.hugetlb).toMatchObject({ pageSize: 2 << 20, pageKind: 'hugetlb' })
      })

      it('says KSM of no page, since there is none', () => {
        // 6.12 has the flag at every anonymous page: see src/linux/ksm.ts.
        for (const { flags } of Object.values(found)) expect(flags ?? []).not.toContain('ksm')
        for (const name of ['pattern', 'transparent']) expect(found[name]?.flags).toContain('anon')
      })

      it('knows the zero page, and that two mappings are one frame', () => {
        expect(found.zero?.zeroPage).toBe(true)
        expect(found.one?.address).toBe(found.other?.address)
      })

      it('resolves device memory from its mapping', () => {
        const base = reserved[arch].address
        expect(found.mem).toMatchObject({ address: base + 4, by: 'mapping', source: '/dev/mem' })
        expect(found.bar).toMatchObject({ address: barBase + 4, source: `BAR 0 of ${card}` })
        expect(found.uio).toMatchObject({ address: barBase + 4, source: 'map 0 (regs) of uio0' })
      })

      it('does not take a file for device memory because of its name', async () => {
        const error = async (who: string, virtual: string) =>
          (await physmemJson(machine, `translate ${who} ${virtual}`)).document.error
        expect(await error(`${pid}`, at.impostor ?? '')).toMatchObject({ code: 'ENOTPRESENT' })
        // In a mount namespace of its own, a process has at /dev/mem what it likes.
        const inside = `mount --bind ${impostor} /dev/mem && exec /lab/holder impostor /dev/mem`
        const start = `unshare -m sh -c '${inside}' > /tmp/other 2>&1 & echo $!; sleep 3`
        const other = (await inGuest(machine, start, patience)).stdout.trim()
        const printed = (await machine.readFile('/tmp/other')).toString()
        const { impostor: virtual = '' } = JSON.parse(printed) as Record<string, string>
        const maps = (await machine.readFile(`/proc/${other}/maps`)).toString()
        expect(maps).toMatch(/\/dev\/mem$/m)
        expect(await error(other, virtual)).toMatchObject({ code: 'ENOTPRESENT' })
        await inGuest(machine, `kill ${other}`)
      }, 120_000)

      it('tells apart what has no physical address', async () => {
        const code = async (words: string) => {
          const { document, exitCode } = await physmemJson(machine, `translate ${words}`)
          expect(exitCode).toBe(1)
          return document.error
        }
        const error = (name: string) => code(`${pid} ${at[name]}`)
        expect((await error('untouched'))?.code).toBe('ENOTPRESENT')
        expect(await error('swapped')).toMatchObject({ code: 'ESWAPPED', swapType: 0 })
        expect((await code('2 0x1000'))?.message).toBe(
          'the memory of process 2 cannot be looked up: it is a thread of the kernel (kthreadd), which has no memory of its own',
        )
        const half = arch === 'x86_64' ? '0xffffffffff600000' : '0xffff000000000000'
        expect((await code(`${pid} ${half}`))?.code).toBe('EKERNELHALF')
        // MADV_GUARD_INSTALL came with 6.13: of a newer kernel, EGUARD is to be asked for here.
        expect(Object.keys(at)).not.toContain('guard')
        expect((await error('closed'))?.message).toContain('the mapping allows no access')
        expect((await code(`${pid} 0x10`))?.code).toBe('EUNMAPPED')
        const gone = (await inGuest(machine, 'sh -c "echo $$"')).stdout.trim()
        expect((await code(`${gone} 0x1000`))?.message).toBe(
          `the memory of process ${gone} cannot be looked up: there is no such process (any more)`,
        )
      }, 240_000)

      it('says who may see frames', async () => {
        const line = `physmem translate ${pid} ${at.pattern}`
        const message = `physmem: ${at.pattern} of process ${pid} cannot be looked up: the kernel hides frames from this process: it`
        expect(await inGuest(machine, `/lab/holder without-admin ${line}`, patience)).toEqual(
          failed(
            1,
            `${message} lacks the capability CAP_SYS_ADMIN`,
            '  cure: start the process, or its container, with CAP_SYS_ADMIN: its bounding set lacks it',
          ),
        )
        // In a user namespace only what is inside of it may be looked at at all.
        const own =
          'sleep 60 & p=$!; sleep 1; physmem translate $p 0x$(head -1 /proc/$p/maps | cut -d- -f1)'
        const { stderr, exitCode } = await inGuest(machine, `unshare -Ur sh -c '${own}'`, patience)
        expect(exitCode).toBe(1)
        expect(stderr.replace(/^physmem: 0x\w+ of process \d+/, 'IT')).toBe(
          [
            'IT cannot be looked up: the kernel hides frames from this process: it is in a user namespace, where capabilities do not count for them',
            '  cure: run it as root outside of the user namespace (of the container)\n',
          ].join('\n'),
        )
      }, 180_000)

      it('finds the kernel', async () => {
        // Debian's 6.1 for arm64 shows functions only.
        const code = await physmem(machine, 'translate kernel _stext --json', patience)
        expect(code.stderr).toBe('')
        const { results } = JSON.parse(code.stdout) as { results: KernelFound[] }
        const { virtual = '', address = 0 } = results[0] ?? {}
        expect(await inKernel(virtual)).toBe(address)
        const banner = await physmem(machine, 'translate kernel linux_banner -q', patience)
        if (arch === 'aarch64' && series === '6.1') {
          expect(banner).toEqual(
            failed(
              2,
              'physmem: the kernel has no symbol linux_banner; it shows functions only (no CONFIG_KALLSYMS_ALL)',
            ),
          )
        } else {
          const text = await machine.pmemsave(Number(banner.stdout), 64)
          expect(text.toString('latin1')).toMatch(/^Linux version \d/)
        }
      }, 180_000)

      it('lists everything that is mapped', async () => {
        const { document, stderr } = await physmemJson(machine, `translate ${pid} --all`)
        expect(stderr).toBe('')
        const runs = (document.mappings as { runs: Run[] }[]).flatMap((one) => one.runs)
        for (const [name, { address }] of Object.entries(found)) {
          const virtual = BigInt(at[name] ?? 0)
          const run = runs.find(
            (one) =>
              BigInt(one.virtual) <= virtual && virtual < BigInt(one.virtual) + BigInt(one.length),
          )
          const within = run?.same ? virtual % 4096n : virtual - BigInt(run?.virtual ?? 0)
          expect([name, (run?.address ?? 0) + Number(within)]).toEqual([name, address])
        }
        const totals = document.totals as Record<string, number>
        expect(totals.huge).toBe(4 << 20)
        expect(totals).toMatchObject({ swapped: 4096, zeroPage: 4096, device: 3 * 4096 })
      }, 120_000)

      it('finds the owners of a frame', async () => {
        const shared = found.one?.address ?? 0
        const mem = reserved[arch].address
        const { document } = await physmemJson(machine, `owners ${shared} ${mem} ${barBase}`)
        const results = document.results as {
          state: string
          owners: { pid: number; virtual: number }[]
        }[]
        const page = (name: string) => ({
          pid,
          virtual: Number(BigInt(at[name] ?? 0) & ~0xfffn),
        })
        expect(results[0]?.owners).toHaveLength(2)
        expect(results[0]).toMatchObject({ state: 'shared memory or a file of tmpfs' })
        for (const name of ['one', 'other']) {
          expect(results[0]?.owners).toContainEqual(expect.objectContaining(page(name)))
        }
        expect(results[1]?.owners).toMatchObject([page('mem')])
        const owners = results[2]?.owners.map(({ virtual }) => virtual)
        expect(owners?.sort()).toEqual([page('bar').virtual, page('uio').virtual].sort())
      }, 120_000)

      describe('a variable of one process', () => {
        it('is changed by another through /dev/mem', async () => {
          const { address } = found.mem as Found
          const written = await physmem(
            machine,
            `write 0x${address.toString(16)}=0xcafe0001`,
            patience,
          )
          expect(written).toMatchObject({ stderr: '', exitCode: 0 })
          expect(await holder.output((text) => text.includes('mem 0x'))).toContain(
            'mem 0xcafe0001\n',
          )
        })

        it('is changed from outside of the machine, through the RAM that both have', async () => {
          const { address } = found.variable as Found
          expect(ram.read32(address)).toBe(0x01234567)
          ram.write32(address, 0xcafe0002)
          expect(await holder.output((text) => text.includes('variable 0x'))).toContain(
            'variable 0xcafe0002\n',
          )
        })
      })
    })
  }
}

interface KernelFound {
  readonly virtual: string
  readonly address: number
}

interface Run {
  readonly virtual: string
  readonly length: number
  readonly address?: number
  readonly same?: true
}
