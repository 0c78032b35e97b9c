/**
 * docs/experiments/user-memory.md and kernel-memory.md by /dev/physmem, typed word by word on packaged
 * kernels, and what of caches.md does not need a kernel of the lab's own. QEMU is the witness.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { labTitle, labUnavailable } from '../../machine/available.ts'
import { type Machine, startMachine } from '../../machine/machine.ts'
import { inGuest, physmem, printed } from '../../machine/physmem.ts'
import { arches, seriesList } from '../../supply/arch.ts'
import { labFolder } from '../../supply/repository.ts'
import { Page } from './page.ts'
import { cachingFolder, cachingProgram, cachingSource, variableProgram } from './programs.ts'
import { followUserMemory } from './user-memory.ts'

const kernelMemory = new Page('kernel-memory')

it('the pages show the programs that are tested', async () => {
  const source = (path: string) => readFile(join(labFolder(), path), 'utf8')
  expect(new Page('user-memory').programs('c')).toEqual([await source('guest/variable.c')])
  expect(new Page('caches').programs('ts')).toEqual([cachingSource()])
  expect(kernelMemory.programs('c')).toEqual([
    await source('guest/modules/physmem_cell/physmem_cell.c'),
  ])
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
          files: [await variableProgram(arch), await cachingProgram()],
          lifetimeMs: 900_000,
          bootTimeoutMs: 150_000,
        })
      }, 300_000)

      afterAll(() => machine?.stop())

      it(
        'user memory is as the page says',
        () => followUserMemory(machine, '/dev/physmem'),
        300_000,
      )

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
      }, 300_000)

      it('a buffer is used with each caching', async () => {
        const { stdout, stderr } = await inGuest(machine, `node ${cachingFolder}/caching.mjs`, {
          timeoutMs: 90_000,
        })
        expect(stderr).toBe('')
        // No time is asked for, but that there is one.
        expect(stdout.replaceAll(/ +\d+/g, ' N')).toBe(
          [
            'caching            write      read     clean     flush  us for N MiB; page table bits',
            ...['write-back', 'write-combine', 'uncached'].map(
              (caching) => `${caching} N N N N  not shown`,
            ),
            '',
          ].join('\n'),
        )
      }, 120_000)

      // QEMU's TCG has no caches to see: that the module does something to them is not shown here.
      it('a buffer is written, flushed and invalidated: the commands answer, and keep what was written', async () => {
        await inGuest(machine, 'physmem buffer alloc 64k -q -- sleep 600 > buffer 2>&1 &')
        await expect
          .poll(async () => (await inGuest(machine, 'cat buffer')).stdout, { timeout: 60_000 })
          .toMatch(/^0x[0-9a-f]+\n$/)
        const address = Number((await inGuest(machine, 'cat buffer')).stdout)
        const place = `0x${address.toString(16)}`
        expect(await physmem(machine, `write ${place}=0x12345678`)).toEqual(printed())
        const flushed = await physmem(machine, `cache flush ${place}..+64k`)
        expect(flushed.stdout).toMatch(/^1024 lines of 64 bytes were flushed \(.*\)\n$/)
        const invalidated = await physmem(machine, `cache invalidate ${place}..+64k`)
        expect(invalidated).toMatchObject({
          stdout: '1024 lines of 64 bytes were invalidated (by the kernel module)\n',
          exitCode: 0,
        })
        expect(await physmem(machine, `read ${place} -q`)).toEqual(printed('0x12345678'))
        expect(await machine.xp(address, 32)).toEqual([0x12345678])
        await inGuest(machine, 'kill $(pidof sleep)')
      }, 150_000)
    })
  }
}
