import { describe, expect, it } from 'vitest'
import { Elsewhere } from './elsewhere.ts'

describe('a machine far away', () => {
  it.each([['doctor', 'doctor examines this machine and simulated boards']] as const)(
    'has no %s, and is not reached for it',
    async (name, what) => {
      await using machine = new Elsewhere('exec:/none/such')
      await expect(machine[name]()).rejects.toMatchObject({
        ...{ code: 'EUSAGE', message: `${what}, but the target is "exec:/none/such"` },
      })
    },
  )
})
