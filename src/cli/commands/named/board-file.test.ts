import { chmodSync, mkdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { TestFolder } from '../../testing/files.ts'
import { printed, run } from '../../testing/run.ts'
import { accessesOf, recordedSim } from '../../testing/sim.ts'

const refused = (...lines: string[]) => ({
  ...{ code: 2, out: '' },
  err: lines.map((line) => `${line}\n`).join(''),
})

const chip = `
blocks:
  EMMC:
    base: 0x10000000
    registers: { ID: 0, IRPT: 4 }
  OK: { base: 0x10000000, registers: { ID: 0 } }
`

describe('the target of a board file', () => {
  it.each([
    ['read EMMC.ID'],
    ['write EMMC.ID=1'],
    ['wait EMMC.ID=1'],
    ['watch EMMC.ID --count 1'],
    ['record EMMC.ID --count 1'],
    ['snapshot EMMC'],
  ])('that is not the one in use is refused before any access: %s', async (line) => {
    const folder = new TestFolder()
    folder.file('chip.yaml', chip)
    const board = folder.file('b.yaml', 'target: ssh://root@board\nchip: chip.yaml')
    const memory = await recordedSim()
    expect(await run(`${line} --board ${board}`, { memory })).toEqual(
      refused(
        `physmem: ${board} is of the target "ssh://root@board", and this is "local"; this version reaches local, sim: and sim:FILE only`,
        '  hint: give another board file, or --board none',
      ),
    )
    expect(accessesOf(memory)).toEqual([])
  })

  it('that ends in a colon is to be quoted', async () => {
    const folder = new TestFolder()
    const board = folder.file('b.yaml', 'target: sim:\n')
    expect(await run(`read demo.ID -t sim: --board ${board}`)).toEqual(
      refused(`physmem: ${board}:1:9: quote a text that ends in a colon, as in target: 'sim:'`),
    )
  })
})

describe('an overlay that is not made', () => {
  const boardWith = (overlay: string) => {
    const folder = new TestFolder()
    folder.file('chip.yaml', chip)
    const over = folder.file('fixes.yaml', overlay)
    return { over, board: folder.file('b.yaml', '{ chip: chip.yaml, overlays: [fixes.yaml] }') }
  }
  const hint =
    '  hint: correct the overlay, or leave it out: nothing is used of a chip whose overlay fails'

  it('refuses the chip, where it names no block', async () => {
    const { over, board } = boardWith('EMMCX:\n  _modify: { ID: { access: read-only } }\n')
    for (const line of ['read EMMC.ID', 'describe OK.ID', 'chips']) {
      expect(await run(`${line} -t sim: --board ${board}`)).toEqual(
        refused(`physmem: ${over}:1:1: no block is "EMMCX": did you mean "EMMC"?`, hint),
      )
    }
  })

  it('refuses the block, where it names no register', async () => {
    const { over, board } = boardWith('EMMC:\n  _modify: { IDX: { access: read-only } }\n')
    const memory = await recordedSim()
    for (const line of ['read EMMC.ID', 'write EMMC.IRPT=1', 'read EMMC', 'describe EMMC.ID']) {
      expect(await run(`${line} -t sim: --board ${board}`, { memory })).toEqual(
        refused(`physmem: ${over}:2:14: EMMC: no register is "IDX": did you mean "ID"?`, hint),
      )
    }
    expect(accessesOf(memory)).toEqual([])
    expect(await run(`read OK.ID -t sim: --board ${board}`, { memory })).toEqual(
      printed('OK.ID  0x50484d31'),
    )
  })

  it('refuses what changes a chip by its _svd', async () => {
    const folder = new TestFolder()
    folder.file('chip.yaml', chip)
    const over = folder.file('fixes.yaml', '_svd: chip.yaml\nEMMC:\n  IDX: { A: [0, 1] }\n')
    expect(await run(`read EMMC.ID -t sim: --chip ${over}`)).toEqual(
      refused(`physmem: ${over}:3:3: EMMC: no register is "IDX": did you mean "ID"?`, hint),
    )
  })

  it('has a chip to change', async () => {
    const folder = new TestFolder()
    const board = folder.file('b.yaml', 'overlays: [nowhere.yaml]')
    expect(await run(`read demo.ID -t sim: --board ${board}`)).toEqual(
      refused(
        `physmem: ${board}:1:1: overlays: there is no chip that they change: name its file at "chip"`,
      ),
    )
  })
})

describe('what a found board file names', () => {
  it('is trusted as the file itself is', async () => {
    const folder = new TestFolder()
    mkdirSync(`${folder.path}/a`)
    const file = folder.file('a/chip.yaml', chip)
    const board = folder.file('physmem.yaml', 'chip: a/chip.yaml')
    const before = process.cwd
    process.cwd = () => folder.path
    try {
      expect(await run('read OK.ID -t sim:')).toEqual(printed('OK.ID  0x50484d31'))
      chmodSync(file, 0o666)
      const by = `${file}, which ${board} names, is not used`
      const cure = `  cure: name the board file, as --board ${board}, or leave it out: --board none`
      expect(await run('read OK.ID -t sim:')).toMatchObject({
        ...{ out: '', err: `physmem: ${by}: it may be written by everybody\n${cure}\n` },
      })
      chmodSync(file, 0o644)
      chmodSync(`${folder.path}/a`, 0o777)
      expect(await run('read OK.ID -t sim:')).toMatchObject({
        out: '',
        err: `physmem: ${by}: the folder ${folder.path}/a may be written by everybody\n${cure}\n`,
      })
    } finally {
      process.cwd = before
    }
    // Who names it has looked at it.
    expect(await run(`read OK.ID -t sim: --board ${board}`)).toEqual(printed('OK.ID  0x50484d31'))
  })
})
