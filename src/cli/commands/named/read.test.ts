import { describe, expect, it } from 'vitest'
import { run } from '../../testing/run.ts'

describe('read by name', () => {
  it('tries', async () => {
    for (const line of [
      'read uart0.FR',
      'read demo',
      'read demo.* --quiet',
      'read UART0.FR:TXFE',
      'read demo.STATUS:15:8',
      'read demo.EVENTS',
      'read demo.COMMAND',
      'read demo.STATSU',
      'read demos.STATUS',
      'read gp*.D* 0x10000000 hpet',
      'read bogus',
      'read demo.STATUS demo.ID --json',
    ]) {
      const ran = await run(`--target sim: ${line}`)
      console.log(`$ ${line}  (${ran.code})\n${ran.out}${ran.err}`)
    }
    expect(1).toBe(1)
  })
})
