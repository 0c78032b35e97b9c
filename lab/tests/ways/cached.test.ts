/** Tables of the firmware, which x86 lets be mapped cached only: they are read as QEMU has them. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { labTitle, labUnavailable } from '../../machine/available.ts'
import { type Machine, startMachine } from '../../machine/machine.ts'
import { physmem, physmemJson, printed } from '../../machine/physmem.ts'
import { seriesList } from '../../supply/arch.ts'

for (const series of seriesList) {
  const reason = labUnavailable('x86_64', series)
  describe.skipIf(reason)(labTitle(`memory that the kernel has cached, ${series}`, reason), () => {
    let machine: Machine
    let place: string
    let address: number

    beforeAll(async () => {
      machine = await startMachine({ arch: 'x86_64', series, lifetimeMs: 400_000 })
      // QEMU's firmware keeps the ACPI tables right behind the RAM.
      const iomem = (await machine.readFile('/proc/iomem')).toString()
      const end = /^00100000-([0-9a-f]+) : System RAM$/m.exec(iomem)?.[1] ?? ''
      address = Number.parseInt(end, 16) + 1
      place = `0x${address.toString(16).padStart(8, '0')}`
      expect(iomem).toMatch(new RegExp(`^${place.slice(2)}-[0-9a-f]+ : Reserved$`, 'm'))
    })

    afterAll(() => machine?.stop())

    it('is read by /dev/mem without O_SYNC, which --verbose tells, and why', async () => {
      const [value = 0] = await machine.xp(address, 32)
      expect(value).toBe(0x53434146) // FACS
      expect(await physmem(machine, `read ${place} -v`)).toEqual({
        ...printed(`${place}  0x53434146`),
        stderr: `physmem: ${place} by /dev/mem (cached): ${place} (/dev/mem) cannot be mapped: the kernel maps it cached, and x86 allows no uncached mapping beside that (EAGAIN)\n`,
      })
    })

    it('is read over several pages as QEMU has it', async () => {
      expect(await physmem(machine, `dump ${place}..+8k -o /tmp/tables.bin`)).toEqual(
        printed(`8192 bytes from ${place} are in /tmp/tables.bin`),
      )
      const saved = await machine.pmemsave(address, 8192)
      expect((await machine.readFile('/tmp/tables.bin')).equals(saved)).toBe(true)
    })

    it('is told by the doctor', async () => {
      const { document, exitCode } = await physmemJson(machine, `doctor ${place}`)
      expect(exitCode).toBe(0)
      expect(document).toMatchObject({ read: { verdict: 'works', way: '/dev/mem (cached)' } })
    })

    it('is not how a device is reached', async () => {
      const { stderr } = await physmem(machine, 'read 0xfed00000 -v')
      expect(stderr).toBe('physmem: 0xfed00000 by /dev/mem\n')
    })
  })
}
