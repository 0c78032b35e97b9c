/**
 * QEMU's edu card (1234:11e8), by its BAR and by a UIO map. Its registers cannot be mistaken for
 * memory: one is constant, one gives the complement of what was written, one computes factorials.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { labTitle, labUnavailable } from '../../machine/available.ts'
import { type Machine, startMachine } from '../../machine/machine.ts'
import { failed, physmem, printed } from '../../machine/physmem.ts'
import { seriesList } from '../../supply/arch.ts'
import { guestProgram } from '../../supply/guest-program.ts'

const bar = 'pci:0000:00:04.0/bar0'

for (const series of seriesList) {
  const reason = labUnavailable('x86_64', series)
  describe.skipIf(reason)(labTitle(`the edu card on kernel ${series}`, reason), () => {
    let machine: Machine
    let factorial: string
    /** Where the BAR lies in the guest's physical memory. */
    let base: number

    beforeAll(async () => {
      const program = await guestProgram('factorial')
      factorial = program.command
      machine = await startMachine({
        arch: 'x86_64',
        series,
        modules: ['uio_edu'],
        devices: ['-device', 'edu,addr=4'],
        traces: ['pci_cfg_read', 'pci_cfg_write'],
        files: [program.entry],
      })
      const resource = await machine.readFile('/sys/bus/pci/devices/0000:00:04.0/resource')
      base = Number(resource.toString().split(' ')[0])
    })

    afterAll(() => machine?.stop())

    it('identifies itself, to QEMU too', async () => {
      expect(await physmem(machine, `read ${bar}`)).toEqual(printed(`${bar}  0x010000ed`))
      expect(await machine.xp(base, 32)).toEqual([0x010000ed])
    })

    it('inverts what is written to its liveness register', async () => {
      const written = await physmem(machine, `write ${bar}+0x4=0x12345678`)
      expect(written).toEqual(printed())
      expect(await machine.xp(base + 4, 32)).toEqual([0xedcba987])
      const read = await physmem(machine, `read ${bar}+0x4 ${bar}+4:31:28 --quiet`)
      expect(read).toEqual(printed('0xedcba987', '0xe'))
    })

    it('computes a factorial, for which wait waits', async () => {
      await physmem(machine, `write ${bar}+0x8=10`)
      const waited = await physmem(machine, `wait ${bar}+0x20:0=0`)
      expect(waited).toMatchObject({ stderr: '', exitCode: 0 })
      expect(waited.stdout).toMatch(
        /^pci:0000:00:04\.0\/bar0\+0x20:0 {2}0x0 {2}in 0x00000000 {2}after [\d.]+ [mu]?s\n$/,
      )
      const read = await physmem(machine, `read ${bar}+0x8 --base dec --quiet`)
      expect(read).toEqual(printed('3628800'))
    })

    it('does so for programs and windows of the library', async () => {
      const { stdout, stderr } = await machine.exec(`${factorial} ${bar}`)
      expect(stderr).toBe('')
      const factorials = [1]
      for (let n = 1; n <= 12; n++) factorials.push((factorials[n - 1] ?? 0) * n)
      expect(JSON.parse(stdout)).toEqual({ byProgram: factorials, byWindow: factorials })
    })

    it('has a configuration space, in accesses of the width that is asked for', async () => {
      const config = 'pci:0000:00:04.0/config'
      const trace = await machine.traced(async () => {
        const ids = await physmem(machine, `read ${config} ${config}+2 --width 16 -q`)
        expect(ids).toEqual(printed('0x1234', '0x11e8'))
        await physmem(machine, `write ${config}+0x3c=0x5a --width 8`)
        expect(await physmem(machine, `read pci:1234:11e8/config+0x3c -q`)).toEqual(
          printed('0x0000015a'),
        )
      })
      // hw/pci/pci_host.c traces each access as `edu 00:04.0 @0x3c <- 0x5a`.
      const made = trace
        .filter((line) => line.includes(' edu ') && /@0x(?:0|2|3c) /.test(line))
        .map((line) => line.replace(/^.*pci_(cfg_\w+).*@/, '$1 '))
      expect(made).toEqual([
        'cfg_read 0x0 -> 0x1234',
        'cfg_read 0x2 -> 0x11e8',
        'cfg_write 0x3c <- 0x5a',
        'cfg_read 0x3c -> 0x15a',
      ])
    })

    it('names registers of it, and reads nothing but what tells its capabilities', async () => {
      const config = 'pci:0000:00:04.0/config'
      const trace = await machine.traced(async () => {
        const named = await physmem(machine, `read ${config}.DEVICE_ID ${config}.MSI.ID -q`)
        expect(named).toEqual(printed('0x11e8', '0x05'))
      })
      const offsets = trace
        .flatMap((line) => / edu .*@0x([0-9a-f]+) /.exec(line)?.[1] ?? [])
        .map((digits) => Number.parseInt(digits, 16))
      expect(offsets).toContain(0x40)
      expect(offsets.filter((offset) => offset > 0x40)).toEqual([])
    })

    it('ends a wait in vain with exit code 3', async () => {
      expect(await physmem(machine, `wait ${bar}+0x20:0=1 --timeout 20ms`)).toEqual(
        failed(3, `physmem: ${bar}+0x20:0 is 0x0 in 0x00000000, expected 0x1: waited 20ms`),
      )
    })

    it('takes 64 bits in one access where it has a register of 64', async () => {
      const value = '0x1122334455667788'
      await physmem(machine, `write ${bar}+0x80=${value} --width 64`)
      expect(await physmem(machine, `read ${bar}+0x80 -q --width 64`)).toEqual(printed(value))
      expect(await machine.xp(base + 0x80, 64)).toEqual([BigInt(value)])
    })

    it('is the same by its UIO map, given by name or by number', async () => {
      await physmem(machine, 'write uio:edu/regs+4=0xffff0000')
      const read = await physmem(machine, `read uio:edu/regs uio:uio0/map0+0x4 uio:0/regs ${bar}+4`)
      expect(read).toEqual(
        printed(
          'uio:edu/regs               0x010000ed',
          'uio:uio0/map0+0x4          0x0000ffff',
          'uio:uio0/regs              0x010000ed',
          'pci:0000:00:04.0/bar0+0x4  0x0000ffff',
        ),
      )
    })

    // The kernel has no part in what follows: once is enough.
    if (series !== '6.1') return

    describe('refuses, with exit code 2,', () => {
      it.each([
        [
          'a BAR that does not exist',
          `read ${bar.slice(0, -1)}1`,
          '0000:00:04.0 has no BAR 1: it has BAR 0',
        ],
        [
          'a PCI device that does not exist',
          'read pci:0000:00:09.0/bar0',
          'there is no PCI device 0000:00:09.0: there are 0000:00:00.0, 0000:00:04.0, 0000:00:1e.0, 0000:00:1f.0, 0000:00:1f.2, 0000:00:1f.3',
        ],
        [
          'a BAR of I/O ports',
          'read pci:0000:00:1f.3/bar4',
          'BAR 4 of 0000:00:1f.3 is 64 I/O ports from 0x700, not memory: it cannot be mapped\n  hint: name its ports, the first of which is port:0x700',
        ],
        [
          'write combining where the BAR is not prefetchable',
          `read ${bar}_wc`,
          'BAR 0 of 0000:00:04.0 has no write-combining mapping: it is not prefetchable',
        ],
        [
          'what lies beyond the BAR',
          `read ${bar}+0xffffc..+8`,
          `0xffffc to 0x100003 is not inside ${bar}: expected 0x0 to 0xfffff`,
        ],
        [
          'a UIO device that does not exist',
          'read uio:nothing/regs',
          'there is no UIO device nothing: there are uio0 (edu)',
        ],
        [
          'a UIO map that does not exist',
          'read uio:edu/map1',
          'uio0 (edu) has no map map1: it has map0 (regs)',
        ],
      ])('%s', async (_, commandLine, message) => {
        expect(await physmem(machine, commandLine)).toEqual(failed(2, `physmem: ${message}`))
      })
    })
  })
}
