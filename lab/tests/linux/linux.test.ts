/**
 * What physmem/linux says on a running kernel, witnessed by QEMU: PCI functions and their BARs, RAM;
 * and a frame that is declared broken, whose page table entry only the right types can tell.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { PciFunction } from '../../../src/linux/pci.ts'
import { labTitle, labUnavailable } from '../../machine/available.ts'
import { type Machine, startMachine } from '../../machine/machine.ts'
import { arches, seriesList } from '../../supply/arch.ts'
import { guestProgram } from '../../supply/guest-program.ts'

interface Said {
  readonly functions: PciFunction[]
  readonly ram: { start: number; last: number }[]
  readonly blocks: number
  readonly types: object
  readonly frame: {
    readonly before: { kind: string; frame: number }
    readonly flags: string[]
    readonly count: number
    readonly after: { kind: string; frame: number }
    readonly broken: string[]
  }
}

/** QEMU's query-pci, as far as it is compared. */
interface Bus {
  readonly devices: {
    readonly slot: number
    readonly function: number
    readonly id: { readonly vendor: number; readonly device: number }
    readonly class_info: { readonly class: number }
    readonly regions: {
      readonly bar: number
      readonly type: 'memory' | 'io'
      readonly address: number
      readonly size: number
      readonly prefetch?: boolean
    }[]
  }[]
}

const hex = (value: number): string => value.toString(16).padStart(2, '0')
const memoryMb = 1024

for (const arch of arches) {
  for (const series of seriesList) {
    const reason = labUnavailable(arch, series)
    describe.skipIf(reason)(labTitle(`linux on ${arch} ${series}`, reason), () => {
      let machine: Machine
      let said: Said

      beforeAll(async () => {
        const program = await guestProgram('say-linux')
        machine = await startMachine({
          arch,
          series,
          memoryMb,
          modules: ['e1000'],
          devices: ['-device', 'edu,addr=4', '-device', 'e1000,addr=6'],
          files: [program.entry],
        })
        // What no driver has enabled does not decode its BARs, which QEMU then does not tell.
        await machine.exec('for file in /sys/bus/pci/devices/*/enable; do echo 1 > $file; done')
        const { stdout, stderr } = await machine.exec(program.command, { timeoutMs: 60_000 })
        expect(stderr).toBe('')
        said = JSON.parse(stdout)
      })

      afterAll(() => machine?.stop())

      it('has the PCI functions and BARs that QEMU has', async () => {
        const buses = (await machine.qmp('query-pci')) as Bus[]
        const expected = buses.flatMap(({ devices }) =>
          devices.map((one) => ({
            address: `0000:00:${hex(one.slot)}.${one.function}`,
            vendor: one.id.vendor,
            device: one.id.device,
            class: one.class_info.class,
            bars: one.regions.map(({ bar, type, address, size, prefetch = false }) => ({
              number: bar,
              start: address,
              length: size,
              kind: type,
              prefetchable: prefetch,
            })),
          })),
        )
        const found = said.functions.map(({ address, vendor, device, class: kind = 0, bars }) => ({
          address,
          vendor,
          device,
          class: kind >>> 8,
          bars: bars.map(({ assigned: _, ...bar }) => bar),
        }))
        // QEMU lists the ROM as BAR 6.
        for (const one of expected) one.bars = one.bars.filter(({ number }) => number < 6)
        const byAddress = (a: { address: string }, b: { address: string }) =>
          a.address < b.address ? -1 : 1
        expect(found).toEqual(expected.sort(byAddress))
        expect(found.flatMap(({ bars }) => bars).length).toBeGreaterThan(3)
      })

      it('has the RAM that QEMU has', () => {
        const total = said.ram.reduce((sum, { start, last }) => sum + last + 1 - start, 0)
        const missing = memoryMb * 2 ** 20 - total
        // A PC keeps the first page, what lies below 1 MiB, and some for its firmware.
        expect(missing).toBeGreaterThanOrEqual(0)
        expect(missing).toBeLessThanOrEqual(arch === 'aarch64' ? 0 : 1 << 20)
        expect(said.blocks).toBe(memoryMb / 128)
      })

      it('tells a frame that was declared broken', () => {
        const { before, flags, count, after, broken } = said.frame
        expect(before.kind).toBe('present')
        expect(flags).toEqual(expect.arrayContaining(['UPTODATE', 'MMAP', 'ANON', 'SWAPBACKED']))
        expect(count).toBe(1)
        expect(after).toMatchObject({ kind: 'hwpoison', frame: before.frame })
        expect(broken).toContain('HWPOISON')
      })
    })
  }
}
