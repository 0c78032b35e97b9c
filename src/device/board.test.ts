import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { systemAt } from '../engine/system-at.ts'
import { parseBoard, SimMemory } from '../memory/sim/index.ts'
import { DescribedBoard } from './board.ts'
import { Session } from './session.ts'
import { withXhci, XHCI } from './testing/xhci.ts'

const folder = { path: mkdtempSync(join(tmpdir(), 'physmem-board-')) }
afterAll(() => rmSync(folder.path, { recursive: true }))

const RAM = 'name: b\nregions:\n  r: { kind: ram, base: 0, size: 8k }\n'

it('has fields of one name under two', async () => {
  const memory = new SimMemory(await parseBoard(RAM))
  await memory.write(0, 32, 2)
  const chip = join(folder.path, 'twins.svd')
  const field = (bit: number) =>
    `<field><name>F</name><bitOffset>${bit}</bitOffset><bitWidth>1</bitWidth></field>`
  const register = `<register><name>A</name><addressOffset>0</addressOffset><fields>${field(0)}${field(1)}</fields></register>`
  const text = `<device><name>two</name><size>32</size><peripherals><peripheral><name>TWO</name>
<baseAddress>0</baseAddress><registers>${register}</registers></peripheral></peripherals></device>`
  writeFileSync(chip, text)
  const board = new DescribedBoard(await Session.open({ chip }), {
    machine: { locate: async (place) => ({ memory, address: place.offset }) },
    lock: (_places, act) => act(),
  })
  expect((await board.read('TWO.A')).fields).toEqual({ F: { value: 0 }, F_2: { value: 1 } })
  await expect(board.update('TWO.A', { F: 1 })).rejects.toThrow(
    '2 fields have the name F: F at bit 0 and F at bit 1',
  )
})

it('looks where a device has its registers only for what is accessed', async () => {
  using root = withXhci('active')
  const memory = new SimMemory(await parseBoard(RAM), { record: true })
  await memory.write(0, 8, 0x40)
  const before = memory.board.accesses.length
  const board = new DescribedBoard(await Session.open({ system: systemAt(root.path) }), {
    machine: { locate: async (place) => ({ memory, address: place.offset }) },
    lock: (_places, act) => act(),
  })
  const name = `pci:${XHCI}`
  await expect(board.read(`${name}.USB*`)).rejects.toThrow('is 2 registers: name one')
  await expect(board.write(`${name}.USBCMD`, 2 ** 32)).rejects.toThrow('does not fit in 32 bits')
  await expect(board.update(`${name}.USBCMD`, { RUN: 1 })).rejects.toThrow('there is no field')
  expect(memory.board.accesses.slice(before)).toEqual([])
  await board.write(`${name}.DNCTRL`, 2)
  const made = memory.board.accesses.slice(before)
  expect(made.map(({ address, width }) => [address, width])).toEqual([
    [0, 8],
    [0x54, 32],
  ])
})
