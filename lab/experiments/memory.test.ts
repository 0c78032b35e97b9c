/**
 * docs/experiments/user-memory.md and kernel-memory.md by /dev/physmem, typed word by word on packaged
 * kernels. QEMU is the witness.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { arches, seriesList } from '../arch.ts'
import { labTitle, labUnavailable } from '../available.ts'
import { type Machine, startMachine } from '../machine.ts'
import { labFolder } from '../repository.ts'
import { Page } from './page.ts'
import { variableProgram } from './programs.ts'
import { followUserMemory } from './user-memory.ts'

const kernelMemory = new Page('kernel-memory')

it('the pages show the programs that are tested', async () => {
  const source = (path: string) => readFile(join(labFolder(), path), 'utf8')
  expect(new Page('user-memory').programs('c')).toEqual([await source('guest/variable.c')])
  expect(kernelMemory.programs('c')).toEqual([await source('modules/physmem_cell/physmem_cell.c')])
})

for (const arch of arches) {
  for (const series of seriesList) {
    const reason = labUnavailable(arch, series)
    describe.skipIf(reason)(labTitle(`experiments on ${arch}, kernel ${series}`, reason), () => {
      let machine: Machine

      beforeAll(async () => {
        machine = await startMachine({
          arch,
          series,
          modules: ['physmem', 'physmem_cell'],
          files: [await variableProgram(arch)],
          lifetimeMs: 600_000,
          bootTimeoutMs: 150_000,
        })
      }, 300_000)

      afterAll(() => machine?.stop())

      it('user memory is as the page says', () => followUserMemory(machine, '/dev/physmem'))

      it('kernel memory is as the page says', async () => {
        const exact = ['0x01234567', '0x89abcdef', '0xcafe0003', '0xcafe0004']
        const { printed, differences, stderr } = await kernelMemory.follow(machine, exact)
        expect({ differences, stderr }).toEqual({ differences: [], stderr: '' })
        const cell = Number(printed[0]?.split('\n')[1])
        expect(await machine.xp(cell, 32)).toEqual([0xcafe0003])
        const [byPagemap, page] = (printed[4] ?? '').split('\n').map(Number)
        expect(byPagemap).toBe(page)
        expect(printed[5]).toContain(` by /dev/physmem\n`)
        const remapped = /^physical +(0x\w+)/m.exec(printed[5] ?? '')?.[1]
        expect(Number(remapped)).toBe(page)
        expect(await machine.xp(page ?? 0, 32)).toEqual([0xcafe0004])
      })
    })
  }
}
