/**
 * docs/experiments/device-memory.md: what the devices of QEMU's arm64 board see of each access, with
 * its width.
 */
import { expect, it } from 'vitest'
import { labTitle, labUnavailable } from '../../machine/available.ts'
import { startMachine } from '../../machine/machine.ts'
import { seriesList } from '../../supply/arch.ts'
import { Page } from './page.ts'

/** Every access of the two devices, of any width. */
const ofTheTwo = (line: string): boolean => /^memory_region_ops_.*'pl0[16]1'/.test(line)
const withoutPointer = (line: string): string => line.replace(/ mr 0x[0-9a-f]+/, '').trim()

for (const series of seriesList) {
  const reason = labUnavailable('aarch64', series)
  it.skipIf(reason)(
    labTitle(`experiment: device memory is as the page says, ${series}`, reason),
    async () => {
      await using machine = await startMachine({
        arch: 'aarch64',
        series,
        append: 'iomem=relaxed',
        traces: ['memory_region_ops_read', 'memory_region_ops_write'],
        bootTimeoutMs: 150_000,
      })
      const page = new Page('device-memory')
      // The kernel prints nothing meanwhile, so that all accesses of the serial port are ours.
      expect((await machine.exec('dmesg -n 1 && sleep 1')).exitCode).toBe(0)
      const trace = await machine.traced(async () => {
        const { differences, stderr } = await page.follow(
          machine,
          page.steps.flatMap(({ shown }) => shown.split(/\s+/)),
        )
        expect({ differences, stderr }).toEqual({ differences: [], stderr: '' })
        await machine.waitForConsole('hi\r\n')
      })
      const seen = trace.filter(ofTheTwo).map(withoutPointer)
      const shown = page.text.split('\n').filter((line) => line.startsWith('memory_region_ops_'))
      expect(shown.length).toBe(12)
      expect(seen).toEqual(shown.map(withoutPointer))
    },
    200_000,
  )
}
