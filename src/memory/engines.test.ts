import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import type { PhysmemError } from '../base/errors.ts'
import type { RunResults } from '../base/run-results.ts'
import { MappedMemory } from '../engine/mapped.ts'
import { openFile } from '../ways/file.ts'
import type { Memory } from './memory.ts'
import { Program } from './program.ts'
import { parseBoard } from './sim/open.ts'
import { SimMemory } from './sim/sim-memory.ts'
import { steps } from './testing/steps.ts'

const LENGTH = 256

/** Everything that a run says, without the time it took. */
async function outcome(memory: Memory, program: Program): Promise<unknown> {
  const told = (results: RunResults) =>
    program.steps.slice(0, results.done).map((step, index) => {
      if (step.op === 'update') return [results.value(index), results.written(index)]
      if (step.op === 'read' || step.op === 'wait') return results.value(index)
      return step.op === 'readBlock' ? [...results.bytes(index)] : step.op
    })
  try {
    return told(await memory.run(program))
  } catch (error) {
    const { code, message, data, results } = error as PhysmemError
    return { code, message: message.replace(memory.name, ''), data, told: results && told(results) }
  }
}

describe.skipIf(process.platform !== 'linux')('the two engines', () => {
  const folder = mkdtempSync(join(tmpdir(), 'physmem-'))
  afterAll(() => rmSync(folder, { recursive: true }))

  it('take the bytes of another realm, whose Uint8Array is another class', async () => {
    const path = join(folder, 'realm.bin')
    writeFileSync(path, new Uint8Array(4))
    const board = await parseBoard(
      '{ name: ram, regions: { ram: { kind: ram, base: 0, size: 8 } } }',
    )
    const data = runInNewContext('Uint8Array.of(1, 2, 3, 4)')
    for (const memory of [new MappedMemory(openFile(path, 'write')), new SimMemory(board)]) {
      await memory.writeBlock(0, 8, data)
      expect([...(await memory.readBlock(0, 8, 4))]).toEqual([1, 2, 3, 4])
      await memory.close()
    }
  })

  it('do the same for every program', async () => {
    const path = join(folder, 'ram.bin')
    writeFileSync(path, new Uint8Array(LENGTH))
    const board = await parseBoard(
      `{ name: ram, regions: { ram: { kind: ram, base: 0, size: ${LENGTH} } } }`,
    )
    const native = new MappedMemory(openFile(path, 'write'))
    const interpreted = new SimMemory(board)
    await fc.assert(
      fc.asyncProperty(fc.array(steps(LENGTH), { maxLength: 30 }), async (list) => {
        const program = new Program(list)
        expect(await outcome(native, program)).toEqual(await outcome(interpreted, program))
        const whole = new Program([{ op: 'readBlock', address: 0, width: 32, count: LENGTH / 4 }])
        expect(await outcome(native, whole)).toEqual(await outcome(interpreted, whole))
      }),
      { numRuns: 300 },
    )
    await native.close()
  })
})
