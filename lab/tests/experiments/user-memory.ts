/** docs/experiments/user-memory.md, followed on one machine. */
import { expect } from 'vitest'
import type { Machine } from '../../machine/machine.ts'
import { physmem } from '../../machine/physmem.ts'
import { Page } from './page.ts'

/** `way` is how RAM must be reached, as --verbose says it. */
export async function followUserMemory(machine: Machine, way: string): Promise<void> {
  const page = new Page('user-memory')
  const { printed, differences, stderr } = await page.follow(machine, ['0x01234567', '0xcafe0001'])
  expect({ differences, stderr }).toEqual({ differences: [], stderr: '' })
  const address = Number(printed[1])
  expect(await machine.xp(address, 32)).toEqual([0xcafe0001])
  const place = `0x${address.toString(16).padStart(8, '0')}`
  expect((await physmem(machine, `read ${place} -v`)).stderr).toBe(`physmem: ${place} by ${way}\n`)
}
