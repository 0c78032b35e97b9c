import { describe, expect, it } from 'vitest'
import { Elsewhere } from './elsewhere.ts'

describe('a machine far away', () => {
  it.each([
    ['translate', 'translate works on this machine only'],
    ['owners', 'owners works on this machine only'],
  ] as const)('has no %s, and is not reached for it', async (name, what) => {
    await using machine = new Elsewhere('exec:/none/such')
    await expect(machine[name]()).rejects.toMatchObject({
      ...{ code: 'EUSAGE', message: `${what}, but the target is "exec:/none/such"` },
    })
  })

  it('examines places, which are checked before it is reached', async () => {
    await using machine = new Elsewhere('exec:/none/such')
    await expect(machine.doctor('0x1g')).rejects.toMatchObject({ code: 'ESYNTAX' })
    await expect(machine.doctor('0x10', { width: 12 as 8 })).rejects.toMatchObject({
      code: 'EUSAGE',
    })
    await expect(machine.doctor('0x10')).rejects.toMatchObject({ code: 'ECONNECTION' })
  })
})
