import { describe, expect, it } from 'vitest'
import { run } from '../testing/run.ts'
import { accessesOf, recordedSim } from '../testing/sim.ts'

const withoutTimes = (text: string) => text.replace(/^\S+Z {2}/gm, '')

describe('watch', () => {
  it('prints everything once, then one line a change', async () => {
    const memory = await recordedSim()
    const line = 'watch 0x10000038 0x10000000 0x10000038:0 --interval 1ms --count 2'
    const { code, out, err } = await run(line, { memory })
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(withoutTimes(out)).toBe(
      '0x10000038  0x00000000\n' +
        '0x10000000  0x50484d31\n' +
        '0x10000038:0  0x1  in 0x00000001\n' +
        '0x10000038  0x00000000 -> 0x00000002\n',
    )
    expect(out).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z {2}/)
    expect(accessesOf(memory)).toHaveLength(6)
  })

  it('never looks more often than it was asked to', async () => {
    const memory = await recordedSim()
    const start = performance.now()
    await run('watch 0x10000000 --interval 15ms --count 4', { memory })
    expect(performance.now() - start).toBeGreaterThanOrEqual(45)
    expect(accessesOf(memory)).toHaveLength(4)
  })

  it('prints one JSON document a line', async () => {
    const { out } = await run('--target sim: watch 0x10000038 --interval 1ms --count 2 --json')
    const [first, second] = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    const place = { command: 'watch', place: '0x10000038', address: 0x10000038, width: 32 }
    expect(first).toEqual({ ...place, time: expect.any(String), value: 0 })
    expect(second).toEqual({ ...place, time: expect.any(String), value: 1, old: 0 })
  })

  it('prints values only with --quiet', async () => {
    const { out } = await run('--target sim: watch 0x10000038 --interval 1ms -n 3 -q')
    expect(out).toBe('0x00000000\n0x00000001\n0x00000002\n')
  })

  it('repaints on a terminal, and marks what changed', async () => {
    const line = '--target sim: watch 0x10000038 0x10000000 --interval 1ms --count 2'
    const { out } = await run(line, { terminal: true, colors: true })
    expect(out).toBe(
      'every 1ms, look 1; Ctrl-C ends\x1b[K\n' +
        '0x10000038  0x00000000\x1b[K\n' +
        '0x10000000  0x50484d31\x1b[K\n' +
        '\x1b[3A\revery 1ms, look 2; Ctrl-C ends\x1b[K\n' +
        '0x10000038  \x1b[7m0x00000001\x1b[0m  changed bit 0 now\x1b[K\n' +
        '0x10000000  0x50484d31\x1b[K\n',
    )
  })

  it('paints no more rows than the terminal has', async () => {
    const line = '--target sim: watch 0x40000000..+64 --interval 1ms --count 1'
    const { out } = await run(line, { terminal: true, rows: 5, columns: 60 })
    expect(out).toBe(
      'every 1ms, look 1, 13 more below; Ctrl-C ends\x1b[K\n' +
        '0x40000000  0x00000000\x1b[K\n' +
        '0x40000004  0x00000000\x1b[K\n' +
        '0x40000008  0x00000000\x1b[K\n',
    )
  })

  it('ends well at Ctrl-C', async () => {
    const controller = new AbortController()
    setTimeout(() => controller.abort(), 30)
    const ran = await run('--target sim: watch 0x10000000 -q', { signal: controller.signal })
    expect(ran).toEqual({ code: 0, out: '0x50484d31\n', err: '' })
  })

  it('ends with the fault that it meets', async () => {
    const { code, out, err } = await run('--target sim: watch 0x1000003c --json')
    expect(code).toBe(1)
    expect(JSON.parse(out)).toMatchObject({ command: 'watch', error: { code: 'EFAULT_BUS' } })
    expect(err).toContain('physmem: 32-bit read at 0x1000003c failed')
  })
})
