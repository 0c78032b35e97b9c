import { describe, expect, it } from 'vitest'
import { FakeRoot } from '../../linux/testing/fake-root.ts'
import { TestFolder } from '../testing/files.ts'
import { run } from '../testing/run.ts'
import { deviceRoot } from './testing/device-root.ts'

const folder = new TestFolder()
const root = deviceRoot(folder)

describe('registers by name', () => {
  const at = async (...words: string[]) =>
    (await run(['__complete', '--', ...words], { root })).out.split('\n').slice(0, -1)
  const named = async (...words: string[]) =>
    (await at(...words)).map((line) => line.split('\t')[0])

  it('blocks, registers, fields and values of the simulated board', async () => {
    expect(await named('-t', 'sim:', 'read', 'u')).toEqual(['uart0.'])
    expect(await named('-t', 'sim:', 'read', '')).toEqual([
      'uart0.',
      'rtc.',
      'gpio.',
      'demo.',
      'hpet.',
      'file:',
    ])
    expect(await at('-t', 'sim:', 'read', 'gpio.D')).toEqual(['gpio.DIR\t1 for output'])
    expect(await named('-t', 'sim:', 'describe', 'uart0.FR:T')).toEqual([
      'uart0.FR:TXFF',
      'uart0.FR:TXFE',
    ])
    expect(await named('-t', 'sim:', 'write', 'demo.CONTROL:MODE=')).toEqual([
      'demo.CONTROL:MODE=Off',
      'demo.CONTROL:MODE=Slow',
      'demo.CONTROL:MODE=Fast',
      'demo.CONTROL:MODE=Turbo',
    ])
    expect(await named('-t', 'sim:', 'wait', 'uart0.FR:TXFE==e')).toEqual(['uart0.FR:TXFE==empty'])
  })

  it('in any case, as the commands take them; what begins as it was typed is preferred', async () => {
    expect(await named('-t', 'sim:', 'read', 'UAR')).toEqual(['uart0.'])
    expect(await named('-t', 'sim:', 'read', 'UART0.d')).toEqual(['UART0.DR'])
    expect(await named('-t', 'sim:', 'write', 'uart0.cr:rt')).toEqual([
      'uart0.cr:RTS',
      'uart0.cr:RTSEN',
    ])
    expect(await named('-t', 'sim:', 'wait', 'uart0.fr:txfe=E')).toEqual(['uart0.fr:txfe=empty'])
    const text = 'blocks: { DMA: { base: 0, registers: { ID: 0, Idle: 4 } } }'
    const chip = folder.file('complete-cases.yaml', text)
    expect(await named('read', '--chip', chip, 'DMA.ID')).toEqual(['DMA.ID'])
    expect(await named('read', '--chip', chip, 'DMA.id')).toEqual(['DMA.ID', 'DMA.Idle'])
  })

  it('none that a write, or a read, of it is refused', async () => {
    expect(await named('-t', 'sim:', 'write', 'demo.ID')).toEqual([])
    expect(await named('-t', 'sim:', 'read', 'demo.ID')).toEqual(['demo.ID'])
    expect(await named('-t', 'sim:', 'wait', 'demo.CO')).toEqual(['demo.CONTROL'])
    expect(await named('-t', 'sim:', 'write', 'demo.CO')).toEqual(['demo.CONTROL', 'demo.COMMAND'])
    expect(await named('-t', 'sim:', 'describe', 'demo.CO')).toEqual([
      'demo.CONTROL',
      'demo.COMMAND',
    ])
    expect(await named('-t', 'sim:', 'write', 'uart0.FR:T')).toEqual([])
  })

  it('none after an option that is for places', async () => {
    const line = ['-t', 'sim:', 'read']
    expect(await named(...line, '--fixed', 'ua')).toEqual([])
    expect(await named(...line, '--count', '4', 'ua')).toEqual([])
    expect(await named(...line, '-w', '8', 'ua')).toEqual([])
    expect(await named(...line, '--width=8', '0x10000000', 'ua')).toEqual(['uart0.'])
    for (const name of ['write', 'wait', 'watch', 'record', 'snapshot'])
      expect(await named('-t', 'sim:', '-w', '8', name, 'ua')).toEqual([])
    expect(await named('-t', 'sim:', 'watch', '--count', '4', 'ua')).toEqual(['uart0.'])
    const refused = 'physmem: --width is for places: a register has its own width\n'
    for (const name of ['read', 'watch', 'record'])
      expect((await run(['-t', 'sim:', '-w', '8', name, 'uart0.FR'])).err).toBe(refused)
  })

  it('after an option that takes them', async () => {
    const line = ['-t', 'sim:', 'record', 'uart0.FR']
    expect(await named(...line, '--when', 'uart0.FR:T')).toEqual(['uart0.FR:TXFF', 'uart0.FR:TXFE'])
    expect(await named(...line, '--when', 'uart0.FR:TXFE=e')).toEqual(['uart0.FR:TXFE=empty'])
    expect(await named(...line, '--when=uart0.FR:TXFE=e')).toEqual(['--when=uart0.FR:TXFE=empty'])
    expect(await named(...line, '--base', 'u')).toEqual([])
  })

  it('what a field is called when it is read, and when it is written', async () => {
    expect(await named('-t', 'sim:', 'write', 'demo.CONTROL:START=')).toEqual([
      'demo.CONTROL:START=start',
    ])
    expect(await named('-t', 'sim:', 'wait', 'demo.CONTROL:START=')).toEqual([
      'demo.CONTROL:START=idle',
      'demo.CONTROL:START=running',
    ])
  })

  it('of a chip or board file on the line, groups and elements too', async () => {
    const text =
      'blocks: { DMA: { base: 0, registers: { CH: { offset: 0, count: 2, stride: 16, registers: { CTRL: 0 } }, ID: 64 } } }'
    const chip = folder.file('complete-chip.yaml', text)
    expect(await named('read', '--chip', chip, 'DMA.')).toEqual([
      'DMA.CH[0].',
      'DMA.CH[1].',
      'DMA.ID',
    ])
    expect(await named('list', `--chip=${chip}`, 'DMA.CH[1].')).toEqual(['DMA.CH[1].CTRL'])
    const board = folder.file('complete-board.yaml', 'chip: complete-chip.yaml')
    expect(await named('watch', '--board', board, 'DMA.I')).toEqual(['DMA.ID'])
    const env = { PHYSMEM_BOARD: board }
    expect((await run(['__complete', '--', 'read', 'DMA.I'], { env, root })).out).toBe('DMA.ID\n')
  })

  it('of devices that the machine names, and of a block at a place', async () => {
    using board = FakeRoot.recorded('aarch64-6.12')
    const there = async (word: string) =>
      (await run(['__complete', '--', 'read', word], { root: board.path })).out
    expect(await there('serial0.F')).toMatch(
      /^serial0\.FBRD\t.*\nserial0\.FR\tFlags\n$|^serial0\.FR\tFlags\nserial0\.FBRD\t.*\n$/,
    )
    expect(await there('serial')).toMatch(/^serial0\.\t/)
    expect(await there('pl011@0x9000000.FR')).toBe('pl011@0x9000000.FR\tFlags\n')
  })

  it('none where nothing describes them, or the description cannot be read', async () => {
    expect(await at('read', 'UART0.')).toEqual([])
    expect(await at('read', '--chip', '/nonexistent.svd', 'UART0.')).toEqual([])
    expect(await at('dump', '-t', 'sim:', 'uart0.')).toEqual([])
  })
})
