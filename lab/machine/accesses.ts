import type { Machine } from './machine.ts'

/** As QEMU writes them down: `memory_region_ops_read cpu 0 mr 0x… addr 0x… value 0x… size 4 name 'hpet'`. */
const LINE =
  /^memory_region_ops_(read|write) cpu (-?\d+) mr 0x[0-9a-f]+ addr (0x[0-9a-f]+) value (0x[0-9a-f]+) size (\d) name '(.*)'$/

/** Names of QEMU's regions, such as `hpet`, and where each begins. */
export type Regions = Readonly<Record<string, number>>

/**
 * The accesses that the guest's CPUs made to these regions while `work` went on, as QEMU's devices saw
 * them: `hpet read 0x10, 32 bits: 0x3`.
 */
export async function accessesOf(
  machine: Machine,
  regions: Regions,
  work: () => Promise<unknown>,
): Promise<string[]> {
  const trace = (enable: boolean) =>
    machine.qmp('trace-event-set-state', { name: 'memory_region_ops_*', enable })
  const lines = await machine.traced(async () => {
    await trace(true)
    try {
      await work()
    } finally {
      await trace(false)
    }
  })
  return lines.flatMap((line) => {
    const [, verb, cpu, address, value, size, name = ''] = LINE.exec(line) ?? []
    const base = regions[name]
    if (base === undefined || cpu === '-1') return []
    const offset = `0x${(Number(address) - base).toString(16)}`
    return [`${name} ${verb} ${offset}, ${Number(size) * 8} bits: ${value}`]
  })
}
