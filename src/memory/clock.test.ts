import { describe, expect, it } from 'vitest'
import { systemClock, VirtualClock } from './clock.ts'

describe('systemClock', () => {
  it.each([0, 300, 1500, 12_000])('sleeps at least %i us', async (us) => {
    const start = systemClock.nowUs()
    await systemClock.sleepUs(us)
    expect(systemClock.nowUs() - start).toBeGreaterThanOrEqual(us)
  })

  it('wakes up when it is aborted, without an error', async () => {
    const start = systemClock.nowUs()
    await systemClock.sleepUs(60e6, AbortSignal.timeout(5))
    expect(systemClock.nowUs() - start).toBeLessThan(10e6)
  })
})

describe('VirtualClock', () => {
  it('stands still until something sleeps or advances it', async () => {
    const clock = new VirtualClock()
    expect(clock.nowUs()).toBe(0)
    clock.advanceMs(2)
    expect(clock.nowUs()).toBe(2000)
    await clock.sleepUs(1e9)
    expect(clock.nowUs()).toBe(1e9 + 2000)
    await clock.sleepUs(0)
    expect(clock.nowUs()).toBe(1e9 + 2000 + VirtualClock.POLL_US)
  })

  it.each([-20, -0.001, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e300])(
    'never runs backwards, nor out of what numbers hold: %d',
    async (ms) => {
      const clock = new VirtualClock()
      clock.advanceMs(5)
      const room = Number.MAX_SAFE_INTEGER - 5000
      const refused = (us: number) => ({
        code: 'ERANGE',
        message: `a clock never runs backwards: expected 0 to ${room} microseconds to pass, not ${us}`,
      })
      expect(() => clock.advanceMs(ms)).toThrow(expect.objectContaining(refused(ms * 1000)))
      expect(() => clock.blockUs(ms)).toThrow(expect.objectContaining(refused(ms)))
      await expect(clock.sleepUs(ms)).rejects.toMatchObject(refused(ms))
      expect(clock.nowUs()).toBe(5000)
    },
  )
})
