import { chmodSync, mkdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { prefixes } from '../../../place/schemes/index.ts'
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

describe('a board file', () => {
  it('is told where it is wrong, and no other line is', async () => {
    const folder = new TestFolder()
    const entry = folder.file('a.yaml', 'blocks: { A: { is: pl011, at: 0x10 x } }\n')
    const key = folder.file('b.yaml', 'foo: 1\n')
    expect(await run(`list --board ${entry}`)).toEqual(
      refused(`physmem: ${entry}:1:31: A: "0x10 x" is not an address: unexpected " x" after 0x10`),
    )
    expect(await run(`list --board ${key}`)).toEqual(
      refused(
        `physmem: ${key}:1:1: a board file has no "foo": it has chip, overlays, blocks, target, targets`,
      ),
    )
  })

  it('has registers without a text, listed without the column of it', async () => {
    const folder = new TestFolder()
    const registers = 'registers: { R: 0 }'
    folder.file('chip.yaml', `blocks: { A: { base: 0x1000, ${registers} } }\n`)
    folder.file('card.yaml', `blocks: { X: { base: 0, ${registers} } }\n`)
    const text = 'chip: chip.yaml\nblocks: { U: { is: card.yaml, at: 0x3000 } }\n'
    const board = folder.file('b.yaml', text)
    expect(await run(`list *.R --board ${board} -t sim:`)).toEqual(
      printed(
        `0x00003000  4 bytes  U.R  read-write  ${board}`,
        `0x00001000  4 bytes  A.R  read-write  ${folder.path}/chip.yaml`,
      ),
    )
  })
})

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
    const board = folder.file('b.yaml', 'target: gdb://localhost:1234\nchip: chip.yaml')
    const memory = await recordedSim()
    expect(await run(`${line} --board ${board} -t local`, { memory })).toEqual(
      refused(
        `physmem: ${board} is for the target "gdb://localhost:1234", but this is "local"`,
        '  hint: give --target gdb://localhost:1234, or another board file, or --board none',
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
    '  hint: correct the overlay, or leave it out: a block whose overlay fails is not used'
  const hintOfAll =
    '  hint: correct the overlay, or leave it out: it does not say which block it is for, so nothing of the chip is used'

  it('refuses the chip, where it names no block', async () => {
    const { over, board } = boardWith('EMMCX:\n  _modify: { ID: { access: read-only } }\n')
    for (const line of ['read EMMC.ID', 'describe OK.ID', 'chips']) {
      expect(await run(`${line} -t sim: --board ${board}`)).toEqual(
        refused(`physmem: ${over}:1:1: no block is "EMMCX": did you mean "EMMC"?`, hintOfAll),
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

  it('refuses no other block, once the one was asked for', async () => {
    const { over, board } = boardWith('EMMC:\n  _modify: { IDX: { access: read-only } }\n')
    const reason = `${over}:2:14: EMMC: no register is "IDX": did you mean "ID"?`
    for (const line of ['read *.ID', 'list *.ID --quiet', 'chips --quiet']) {
      const { code, out, err } = await run(`${line} -t sim: --board ${board}`)
      expect([code, out.includes('OK'), out.includes('EMMC')]).toEqual([0, true, false])
      expect(err).toBe(line.startsWith('chips') ? '' : `physmem: ${reason} (EMMC is not used)\n`)
    }
    expect(await run(`read EMMC.* -t sim: --board ${board}`)).toEqual(
      refused(`physmem: ${reason}`, hint),
    )
    const { out } = await run(`chips -t sim: --board ${board}`)
    expect(out).toContain(`1 block: OK\n  ${reason} (EMMC is not used)\n`)
  })

  it('refuses what is derived or copied from the block, and put elsewhere', async () => {
    const folder = new TestFolder()
    folder.file('chip.yaml', chip)
    const first = folder.file('one.yaml', 'EMMC:\n  _modify: { IDX: { access: read-only } }\n')
    folder.file('two.yaml', '_copy: { COPY: EMMC }\n_modify: { COPY: { base: 0x10000000 } }\n')
    const board = folder.file(
      'b.yaml',
      `chip: chip.yaml
overlays: [one.yaml, two.yaml]
blocks:
  put: { is: EMMC, at: 0x10000000 }
  fine: { is: OK, at: 0x10000000 }
`,
    )
    const memory = await recordedSim()
    for (const name of ['EMMC.ID', 'COPY.ID', 'put.ID', 'EMMC@0x10000000.ID']) {
      expect(await run(`read ${name} -t sim: --board ${board}`, { memory })).toEqual(
        refused(`physmem: ${first}:2:14: EMMC: no register is "IDX": did you mean "ID"?`, hint),
      )
    }
    expect(accessesOf(memory)).toEqual([])
    expect(await run(`read fine.ID -t sim: --board ${board}`)).toEqual(
      printed('fine.ID  0x50484d31'),
    )
  })

  it.each([
    [
      '_modify: { EMMC: { base: x } }',
      'EMMC',
      1,
      26,
      'base: "x" is not a number: expected a number such as 0x1f, 0b101, 0o17 or 4k',
    ],
    [
      '_add: { NEW: { base: 0, registers: { A: { offset: x } } } }',
      'NEW',
      1,
      51,
      'offset: "x" is not a number: expected a number such as 0x1f, 0b101, 0o17 or 4k',
    ],
    [
      '_add: { NEW: { bas: 0, registers: { A: 0 } } }',
      'NEW',
      1,
      16,
      'unknown key "bas": did you mean "base"?',
    ],
  ])(
    'refuses the block that %s is about, and no other',
    async (overlay, name, line, column, why) => {
      const { over, board } = boardWith(overlay)
      const ran = await run(`read ${name}.ID -t sim: --board ${board}`)
      expect(ran).toEqual(
        refused(
          `physmem: ${over}:${line}:${column}: ${name}${why.startsWith('offset') ? '.A' : ''}: ${why}`,
          hint,
        ),
      )
      expect(await run(`read OK.ID -t sim: --board ${board}`)).toEqual(printed('OK.ID  0x50484d31'))
    },
  )

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
        `physmem: ${board}:1:1: overlays: there is no chip that they change: name its file under "chip"`,
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
        ...{ out: '', err: `physmem: ${by}: it is writable by everybody\n${cure}\n` },
      })
      chmodSync(file, 0o644)
      chmodSync(`${folder.path}/a`, 0o777)
      expect(await run('read OK.ID -t sim:')).toMatchObject({
        out: '',
        err: `physmem: ${by}: the folder ${folder.path}/a is writable by everybody\n${cure}\n`,
      })
    } finally {
      process.cwd = before
    }
    // Who names it has looked at it.
    expect(await run(`read OK.ID -t sim: --board ${board}`)).toEqual(printed('OK.ID  0x50484d31'))
  })
})

describe('an entry of a board file that is wrong', () => {
  const boardWith = (entry: string) => {
    const folder = new TestFolder()
    folder.file('chip.yaml', chip)
    folder.file('sensor.yaml', 'blocks:\n  SENSOR: { registers: { ID: 0 } }\n')
    const blocks = `good: { is: ./sensor.yaml, at: 0x10000000 }\n  ${entry}\n`
    return folder.file('b.yaml', `chip: chip.yaml\nblocks:\n  ${blocks}`)
  }

  it.each([
    [
      'wrong: { is: nothing, at: 0x10000000 }',
      '4:16: wrong: nothing describes a block "nothing": expected a file, or the name of a block',
      '\n  hint: physmem --target sim: chips shows the blocks',
    ],
    [
      'wrong: { is: ./none.yaml, at: 0x10000000 }',
      '4:16: wrong: there is no file FOLDER/none.yaml',
    ],
    [
      'wrong: { is: OK, at: nowhere }',
      `4:24: wrong: "nowhere" is not a place: expected an address such as 0xfed00000, or ${prefixes}`,
    ],
    ['wrong: { is: OK }', '4:3: wrong: at is missing'],
  ])('spoils nothing else: %s', async (entry, reason, hint = '') => {
    const board = boardWith(entry)
    const why = `${board}:${reason.replace('FOLDER', board.replace('/b.yaml', ''))}`
    const memory = await recordedSim()
    for (const line of [
      'read wrong.ID',
      'write WRONG.ID=1',
      'read wrong@0x10000000.ID',
      'list wrong',
      'read wron?.ID',
    ]) {
      expect(await run(`${line} -t sim: --board ${board}`, { memory })).toEqual(
        refused(`physmem: ${why}${hint}`),
      )
    }
    expect(accessesOf(memory)).toEqual([])
    const others = ['good.ID', 'OK.ID', 'demo.ID', 'edu@0x10000000.ID']
    for (const name of others) {
      const { code, err } = await run(`read ${name} -t sim: --board ${board}`)
      expect([code, err]).toEqual([0, ''])
    }
    expect(await run(`read wronk.ID -t sim: --board ${board}`)).toEqual(
      refused(
        `physmem: nothing here is named "wronk", and the nearest one cannot be used: ${why} (wrong is not used)`,
      ),
    )
    expect(await run(`list -t sim: --board ${board} --quiet`)).toMatchObject({
      ...{ code: 0, err: `physmem: ${why} (wrong is not used)\n` },
    })
    const { code, out } = await run(`chips -t sim: --board ${board}`)
    expect([code, out.split('\n').slice(0, 3)]).toEqual([
      0,
      [
        `${board}  1 block: good`,
        `  ${why} (wrong is not used)`,
        `chip (${board.replace('b.yaml', 'chip.yaml')})  2 blocks: EMMC, OK`,
      ],
    ])
    expect(JSON.parse((await run(`chips -t sim: --board ${board} --json`)).out)).toMatchObject({
      descriptions: [
        { from: board, chip: board, blocks: ['good'], unusable: [{ name: 'wrong', why }] },
        { blocks: ['EMMC', 'OK'] },
        {},
      ],
    })
  })

  it('hides a block of the chip that has its name', async () => {
    const board = boardWith('OK: { is: nothing, at: 0x10000000 }')
    const memory = await recordedSim()
    expect(await run(`read OK.ID -t sim: --board ${board}`, { memory })).toMatchObject({ code: 2 })
    expect(accessesOf(memory)).toEqual([])
  })

  it('may be a file that others could have written', async () => {
    const folder = new TestFolder()
    const file = folder.file('sensor.yaml', 'blocks:\n  SENSOR: { registers: { ID: 0 } }\n')
    chmodSync(file, 0o666)
    const before = process.cwd
    process.cwd = () => folder.path
    folder.file('physmem.yaml', 'blocks:\n  s: { is: ./sensor.yaml, at: 0x10000000 }\n')
    try {
      expect(await run('read s.ID -t sim:')).toMatchObject({
        ...{ code: 1, out: '' },
        err: expect.stringContaining('is not used: it is writable by everybody\n  cure: '),
      })
      expect(await run('read demo.ID -t sim:')).toEqual(printed('demo.ID  0x50484d31'))
    } finally {
      process.cwd = before
    }
  })
})

describe('a chip without blocks', () => {
  it('is shown without an empty list', async () => {
    const folder = new TestFolder()
    const file = folder.file('none.yaml', 'blocks: {}')
    const { out } = await run(`chips -t sim: --chip ${file}`)
    expect(out.split('\n')[0]).toBe(`none (${file})  0 blocks`)
  })
})

describe('a board file in the place of a description', () => {
  it.each(['chips -t sim: --chip', 'read demo.ID -t sim: --chip', 'import', 'codegen'])(
    'is refused: %s',
    async (line) => {
      const folder = new TestFolder()
      const file = folder.file('b.yaml', 'blocks: { a: { is: pl011, at: 0 } }\nchip: chip.yaml\n')
      expect(await run(`${line} ${file}`)).toEqual(
        refused(
          `physmem: ${file}:2:1: this is a board file, not a description: give it as --board ${file}`,
        ),
      )
    },
  )
})
