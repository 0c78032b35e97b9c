import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { noBoard } from '../cli/testing/board.ts'
import { BoardWithCard } from '../cli/testing/board-with-card.ts'
import { connect } from './connect.ts'
import { Elsewhere } from './elsewhere.ts'

const skipped = noBoard ? ` [skipped: ${noBoard}]` : ''

describe.skipIf(noBoard)(`a driver on a board, from a program${skipped}`, () => {
  const board = noBoard ? undefined : new BoardWithCard()
  const { target = '', card = '' } = board ?? {}
  const there = () => connect(target as 'exec:')
  const stored = () =>
    ['e1000/unbind', 'uio_pci_generic/bind', 'uio_pci_generic/unbind', 'e1000/bind'].map((name) =>
      board?.text(`drivers/${name}`),
    )
  beforeEach(() => board?.reset())
  afterEach(() => expect(board?.processes()).toEqual([]))
  afterAll(() => board?.remove())

  it('is bound, and given back by the end of the binding', async () => {
    await using machine = await there()
    {
      await using binding = await machine.bindDriver(card, 'uio_pci_generic')
      const { address, driver, previous, uio } = binding
      expect({ address, driver, previous, uio }).toEqual({
        ...{ address: card, driver: 'uio_pci_generic', previous: 'e1000', uio: 3 },
      })
      expect(stored()).toEqual([card, card, '', ''])
      board?.boundTo('uio_pci_generic')
    }
    expect(stored()).toEqual([card, card, card, card])
  })

  it('is given back when the machine is closed, once', async () => {
    const machine = await there()
    const binding = await machine.bindDriver(card, 'uio_pci_generic')
    board?.boundTo('uio_pci_generic')
    await machine.close()
    expect(stored()).toEqual([card, card, card, card])
    board?.put('sys/bus/pci/drivers/e1000/bind', '')
    await binding.close()
    expect(stored()).toEqual([card, card, card, ''])
    await expect(machine.bindDriver(card, 'uio_pci_generic')).rejects.toMatchObject({
      ...{ code: 'ECLOSED', message: `the machine ${target} is closed` },
    })
  })

  it('is left as it is when the binding is kept', async () => {
    await using machine = await there()
    const binding = await machine.bindDriver(card, 'uio_pci_generic')
    binding.keep()
    await binding.close()
    expect(stored()).toEqual([card, card, '', ''])
  })

  it('is refused with the reason, and nothing is stored', async () => {
    await using machine = await there()
    await expect(machine.bindDriver(card, 'none')).rejects.toMatchObject({ code: 'ENOPLACE' })
    await expect(machine.bindDriver('0:7.0', 'uio_pci_generic')).rejects.toMatchObject({
      code: 'ENOPLACE',
    })
    expect(stored()).toEqual(['', '', '', ''])
  })
})

describe('bindDriver of a machine elsewhere', () => {
  it('refuses what is no driver and no option before it is reached', async () => {
    await using machine = new Elsewhere('exec:/none/such')
    await expect(machine.bindDriver('0:7.0', 7 as never)).rejects.toMatchObject({
      ...{ code: 'EUSAGE', message: 'driver: expected a string, not 7' },
    })
    await expect(machine.bindDriver('0:7.0', 'x', { forced: true } as never)).rejects.toMatchObject(
      { code: 'EUSAGE' },
    )
    await expect(machine.bindDriver('0:7.0', 'x')).rejects.toMatchObject({ code: 'ECONNECTION' })
  })

  it('refuses a debug port, which has no drivers', async () => {
    await using machine = new Elsewhere('gdb://localhost:1')
    await expect(machine.bindDriver('0:7.0', 'x')).rejects.toMatchObject({
      code: 'EUSAGE',
      message:
        'bindDriver works on this machine and through an agent only, but the target is "gdb://localhost:1": a debug port has no drivers',
    })
  })
})
