import { describe, expect, it } from 'vitest'
import type { Key } from '../frame/keys.ts'
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
      '0x10000038    0x00000000\n' +
        '0x10000000    0x50484d31\n' +
        '0x10000038:0  0x1  in 0x00000001\n' +
        '0x10000038    0x00000000 -> 0x00000002\n',
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

  it('prints one JSON document per line', async () => {
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
      'every 1ms, look 1, 1 to 3 of 16 are shown; Ctrl-C ends\x1b[K\n' +
        '0x40000000  0x00000000\x1b[K\n' +
        '0x40000004  0x00000000\x1b[K\n' +
        '0x40000008  0x00000000\x1b[K\n',
    )
  })

  it.each([
    [80, 'every 1ms, look 1, 1 to 3 of 16 are shown; arrows scroll, space pauses, q ends'],
    [60, 'look 1, 1 to 3 of 16; arrows scroll, space pauses, q ends'],
    [50, 'look 1, 1 to 3 of 16; space pauses, q ends'],
    [24, 'space pauses, q ends'],
    [12, 'q ends'],
  ])('says on %i columns how it ends', async (columns, heading) => {
    const line = '--target sim: watch 0x40000000..+64 --interval 1ms --count 1'
    const { out } = await run(line, { terminal: true, rows: 5, columns, onKeys() {} })
    expect(out.split('\x1b[K')[0]).toBe(heading)
  })

  it('leaves out which bits changed where there is no room, before it cuts', async () => {
    const line = '--target sim: watch 0x10000038 --interval 1ms --count 2'
    const { out } = await run(line, { terminal: true, columns: 36 })
    expect(out).toContain('0x10000038  0x00000001  changed now\x1b[K\n')
  })

  const screens = (out: string) =>
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is how a screen is painted.
    out.split(/\x1b\[\d+A\r/).map((screen) => screen.replaceAll(/\x1b\[[KJ]/g, '').trimEnd())

  it('keeps a change marked for three looks', async () => {
    const memory = await recordedSim()
    const options = { terminal: true, colors: true, memory }
    const line = 'watch 0x40000000 --interval 1ms --count 6'
    let looks = 0
    const onPrint = () => {
      if (++looks === 1) memory.board.store(0x4000_0000, 32, 1)
    }
    const { out } = await run(line, { ...options, onPrint })
    const marked = screens(out).map((screen) => screen.includes('\x1b[7m0x00000001\x1b[0m'))
    expect(marked).toEqual([false, true, true, true, false, false])
  })

  it('scrolls where there are more places than rows, and says so', async () => {
    let press: (key: Key) => void = () => {}
    const keys: Key[] = ['down', 'page down', 'end', 'down', 'up', 'page up', 'home', 'up', 'q']
    const { code, out } = await run('--target sim: watch 0x40000000..+32 --interval 10s', {
      terminal: true,
      rows: 5,
      onKeys: (given) => {
        press = given
      },
      onPrint: () => setImmediate(() => press(keys.shift() ?? 'q')),
    })
    expect(code).toBe(0)
    const heading = (first: number) =>
      `every 10s, look 1, ${first} to ${first + 2} of 8 are shown; arrows scroll, space pauses, q ends`
    expect(screens(out).map((screen) => screen.split('\n')[0])).toEqual(
      [1, 2, 5, 6, 6, 5, 2, 1, 1].map(heading),
    )
    expect(screens(out)[2]).toBe(
      `${heading(5)}\n0x40000010  0x00000000\n0x40000014  0x00000000\n0x40000018  0x00000000`,
    )
  })

  it('reads nothing while it is paused', async () => {
    const memory = await recordedSim()
    let press: (key: Key) => void = () => {}
    const seen: number[] = []
    let prints = 0
    const { out } = await run('watch 0x40000000 --interval 100ms --count 2', {
      memory,
      terminal: true,
      onKeys: (given) => {
        press = given
      },
      onPrint: (text) => {
        if (++prints === 1) setImmediate(() => press('space'))
        if (!text.includes('paused at look 1; space resumes, q ends')) return
        setTimeout(() => {
          seen.push(accessesOf(memory).length)
          press('space')
        }, 250)
      },
    })
    expect(seen).toEqual([1])
    expect(accessesOf(memory)).toHaveLength(2)
    expect(screens(out).at(-1)).toContain('every 100ms, look 2; space pauses, q ends')
  })

  it('ends by q while it is paused', async () => {
    const { code } = await run('--target sim: watch 0x40000000 --interval 1ms', {
      terminal: true,
      onKeys: (press) => {
        setImmediate(() => press('space'))
        setTimeout(() => press('q'), 20)
      },
    })
    expect(code).toBe(0)
  })

  it('says at its end which changes were not on the screen', async () => {
    const line = '--target sim: watch 0x40000000 0x40000004 0x10000038 --interval 1ms --count 3'
    const { out } = await run(line, { terminal: true, rows: 4 })
    expect(out).toMatch(/\n2 changes were not seen: 1 place was not on the screen then\n$/)
    const all = await run(line, { terminal: true, rows: 5 })
    expect(all.out).not.toContain('not seen')
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

  it('shows what a look had read before it failed, once', async () => {
    const memory = await recordedSim()
    const { code, out } = await run('watch 0x10000000 0x1000003c --json', { memory })
    const lines = out.trim().split('\n')
    expect(code).toBe(1)
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { command: 'watch', place: '0x10000000', value: 0x50484d31 },
      { command: 'watch', error: { code: 'EFAULT_BUS', place: '0x1000003c' } },
    ])
    expect(lines).toHaveLength(2)
    expect(accessesOf(memory)).toHaveLength(2)
    const plain = await run('--target sim: watch 0x10000000 0x1000003c')
    expect(withoutTimes(plain.out)).toBe('0x10000000  0x50484d31\n')
    const screen = await run('--target sim: watch 0x10000000 0x1000003c', { terminal: true })
    expect(screens(screen.out).at(-1)).toContain('0x10000000  0x50484d31')
  })
})
