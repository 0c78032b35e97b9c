import { describe, expect, it } from 'vitest'
import { Elsewhere } from './elsewhere.ts'

describe('a machine far away', () => {
  it('examines places, which are checked before it is reached', async () => {
    await using machine = new Elsewhere('exec:/none/such')
    await expect(machine.doctor('0x1g')).rejects.toMatchObject({ code: 'ESYNTAX' })
    await expect(machine.doctor('0x10', { width: 12 as 8 })).rejects.toMatchObject({
      code: 'EUSAGE',
    })
    await expect(machine.doctor('0x10')).rejects.toMatchObject({ code: 'ECONNECTION' })
  })
})
