import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { defaultBoard } from './default-board.ts'
import { openSim } from './open.ts'

const folder = mkdtempSync(join(tmpdir(), 'physmem-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe('openSim', () => {
  it('opens the built-in board for an empty spec', async () => {
    await using memory = await openSim('')
    expect([memory.name, memory.board.name]).toEqual(['sim:', 'demo'])
  })

  it('takes a board as a place names it, and a file of that name by a path', async () => {
    await using built = await openSim('sim:')
    expect(built.board.name).toBe('demo')
    const path = join(folder, 'named.yaml')
    writeFileSync(path, 'name: mine\nregions: { ram: { kind: ram, base: 8, size: 8 } }')
    await using memory = await openSim(`sim:${path}`)
    expect([memory.name, memory.board.name]).toEqual([`sim:${path}`, 'mine'])
  })

  it('opens the board that a file describes', async () => {
    const path = join(folder, 'board.yaml')
    writeFileSync(path, 'name: mine\nregions: { ram: { kind: ram, base: 8, size: 8 } }')
    await using memory = await openSim(path)
    expect([memory.name, memory.board.name]).toEqual([`sim:${path}`, 'mine'])
    expect(await memory.read64(8)).toBe(0n)
  })

  it('names the file, the line and the column of a mistake', async () => {
    const path = join(folder, 'wrong.yaml')
    writeFileSync(path, 'name: mine\nregion: {}')
    await expect(openSim(path)).rejects.toThrow(
      expect.objectContaining({
        code: 'ESYNTAX',
        message: `${path}:2:1: unknown key "region": did you mean "regions"?`,
      }),
    )
  })

  it('says that a file is not there, or is a directory', async () => {
    const path = join(folder, 'none.yaml')
    await expect(openSim(path)).rejects.toThrow(
      expect.objectContaining({
        code: 'ENOPLACE',
        message: `there is no file ${path}: expected the YAML description of a board`,
        data: { place: `sim:${path}`, input: path, errno: 'ENOENT' },
      }),
    )
    await expect(openSim(folder)).rejects.toThrow(
      `${folder} is a directory: expected the YAML description of a board`,
    )
  })

  it('says what is no path: a text, an address', async () => {
    await expect(openSim(defaultBoard)).rejects.toMatchObject({
      code: 'EUSAGE',
      message: 'spec: expected the path of a description, not a text of several lines',
      data: { cure: 'open a text with new SimMemory(await parseBoard(text))' },
    })
    await expect(openSim('sim:0x10000000')).rejects.toMatchObject({
      code: 'ENOPLACE',
      message: 'there is no file 0x10000000: expected the YAML description of a board',
      data: {
        cure: 'sim: alone is the built-in board; an address is given to what reads or writes it',
      },
    })
    await expect(openSim('x'.repeat(5000))).rejects.toMatchObject({
      code: 'EOPEN',
      message: `the board description ${'x'.repeat(39)}…${'x'.repeat(39)} could not be read (ENAMETOOLONG)`,
    })
  })
})
