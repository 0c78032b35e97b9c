import { expect } from 'vitest'
import type { Machine } from './machine.ts'

/** As QEMU writes them down: `memory_region_ops_read cpu 0 mr 0x… addr 0x… value 0x… size 4 name 'hpet'`. */
const LINE =
  /^memory_region_ops_(read|write) cpu (-?\d+) mr 0x[0-9a-f]+ addr (0x[0-9a-f]+) value (0x[0-9a-f]+) size (\d) name '(.*)'$/

interface Look {
  /** A register of the machine that QEMU itself reads, to know that all before was written down. */
  mark: number
  /** Names of QEMU's regions, such as `hpet`; of others nothing is given. */
  regions: readonly string[]
}

/**
 * The accesses that the guest's CPUs made to devices while `work` went on, as the devices saw them:
 * `read 0xfed00010 32 bits 0x3`.
 */
export async function accessesOf(
  machine: Machine,
  { mark, regions }: Look,
  work: () => Promise<unknown>,
): Promise<string[]> {
  const trace = (enable: boolean) =>
    machine.qmp('trace-event-set-state', { name: 'memory_region_ops_*', enable })
  const start = machine.trace.length
  await trace(true)
  try {
    await work()
    await machine.xp(mark, 32)
    const isMark = (line: string) => LINE.exec(line)?.[2] === '-1'
    await expect.poll(() => machine.trace.slice(start).some(isMark)).toBe(true)
  } finally {
    await trace(false)
  }
  return machine.trace.slice(start).flatMap((line) => {
    const [, verb, cpu, address, value, size, name = ''] = LINE.exec(line) ?? []
    if (verb === undefined || cpu === '-1' || !regions.includes(name)) return []
    return [`${verb} ${address} ${Number(size) * 8} bits ${value}`]
  })
}
