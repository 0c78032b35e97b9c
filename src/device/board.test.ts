import { expect, it } from 'vitest'
import { systemAt } from '../engine/system-at.ts'
import { parseBoard, SimMemory } from '../memory/sim/index.ts'
import { DescribedBoard } from './board.ts'
import { Session } from './session.ts'
import { withXhci, XHCI } from './testing/xhci.ts'

const RAM = 'name: b\nregions:\n  r: { kind: ram, base: 0, size: 8k }\n'

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
