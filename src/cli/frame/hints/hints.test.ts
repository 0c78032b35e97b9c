/** What a person types out of habit gets the line that was meant, and makes no access. */
import { describe, expect, it } from 'vitest'
import { FakeRoot } from '../../../linux/testing/fake-root.ts'
import { isRegularFile } from '../../../operate/files.ts'
import { prefixes } from '../../../place/schemes/index.ts'
import { splitWords } from '../../../text/shell-words.ts'
import { registry } from '../../registry.ts'
import { TestFolder } from '../../testing/files.ts'
import { run } from '../../testing/run.ts'
import { accessesOf, recordedSim } from '../../testing/sim.ts'
import { defaultSettings } from '../globals.ts'
import { whyRefused } from './line.ts'
import { fileHabits } from './testing/files.ts'
import { habits } from './testing/habits.ts'
import { loaderHabits } from './testing/loaders.ts'
import { noPlace, notCommand, onBoard } from './testing/messages.ts'
import { namedHabits } from './testing/named.ts'
import { toolHabits } from './testing/tools.ts'

const folder = new TestFolder()
folder.file('boot.bin', 'abc bootabc boot')
folder.file('0x10.bin', 'abcd')
folder.file('f8', 'abcdabcd')
folder.file('board.dtb', Uint8Array.of(0xd0, 0x0d, 0xfe, 0xed))
process.chdir(folder.path)

const grammar = { commands: registry, defaults: defaultSettings({}) }

const noScheme = (name: string) =>
  `"${name}" is not a kind of place: expected an address, or ${prefixes}`

const codeOf = (line: string) => (line.startsWith('devmem ') ? 1 : 2)

/** The numbers that stand alone in a line, as they are written. */
function numbersOf(line: string): string[] {
  const text = line.replace(/\S*\/\S*|\bcpu(?=\d)/g, ' ')
  return [...text.matchAll(/(?<!\w|\w\.)(?:0x[0-9a-f]+|[0-9]+)\b(?!\.\w)/g)].map(([one]) => one)
}

const all = [...habits, ...fileHabits, ...toolHabits, ...loaderHabits]

describe('a habit', () => {
  it.each(all)('%s', async (line, message) => {
    const memory = await recordedSim()
    const words = line.split(' ')
    expect(await run(words, { memory })).toEqual({
      code: codeOf(line),
      out: '',
      err: `physmem: ${message}\n`,
    })
    expect(accessesOf(memory)).toEqual([])
  })

  // dd counts blocks.
  it.each(all.filter(([line]) => !/^(?:dd|setpci|lspci) /.test(line)))(
    'keeps every number in what is suggested: %s',
    (line, message) => {
      const meant = /did you mean (physmem .*)\?/.exec(message)?.[1]
      if (meant === undefined) return
      // toybox and U-Boot count bytes or elements, and name the last byte: the same in our words.
      const has = new Set(numbersOf(meant).map(Number))
      const isThere = (number: number) =>
        [1, 2, 4, 8].some((times) => has.has(number * times) || has.has(number + 1))
      // Those of U-Boot and J-Link are hexadecimal without a sign of it.
      const missing = numbersOf(line).filter(
        (text) => !isThere(Number(text)) && !isThere(Number(`0x${text}`)),
      )
      expect(missing, meant).toEqual([])
    },
  )

  it('gets only lines that are taken as they stand', async () => {
    const lines = all.flatMap(([, message]) => {
      const meant = /did you mean (.*)\?/.exec(message)?.[1] ?? ''
      return meant.includes(' ') ? [meant] : []
    })
    expect(lines.length).toBeGreaterThan(60)
    for (const line of lines) {
      expect(line).toMatch(/^physmem /)
      expect(await whyRefused(splitWords(line).slice(1), grammar), line).toBeUndefined()
    }
  })
})

it('blanks around the sign of a relation are left out', async () => {
  expect((await run(['write', '0x8 = 1'])).err).toBe(
    'physmem: "0x8 " is not an address: unexpected " " after 0x8, did you mean physmem write 0x8=1?\n',
  )
  expect((await run(['wait', '0x8 != 1', '0xc:3 = 1'])).err).toContain(
    "did you mean physmem wait '0x8!=1' 0xc:3=1?\n",
  )
})

it('fill takes -1 without more', async () => {
  const memory = await recordedSim()
  expect((await run('fill 0x10000008..+4 -1', { memory })).code).toBe(0)
  expect(accessesOf(memory)).toEqual(['w32 0x10000008=0xffffffff'])
})

describe('the target of the environment', () => {
  const env = { PHYSMEM_TARGET: 'sim:' }
  const at = '/sys/bus/pci/devices/0000:00:04.0/resource0'
  it.each([
    ...namedHabits,
    // What is not a place on this board is not suggested.
    [`pcimem ${at} 0x4 w`, notCommand('pcimem', 'read')],
    // By name, what a read would change is left out.
    ['dump uart0', onBoard('uart0', '0x09000000', 'physmem read uart0')],
    ['dump demo.EVENTS', onBoard('demo.EVENTS', '0x1000001c', 'physmem read demo.EVENTS')],
    [
      'dump gpio -w 8',
      `${onBoard('gpio', '0x09030000')}\n  hint: physmem list gpio shows the registers there`,
    ],
    ['dump UART0', onBoard('UART0', '0x09000000', 'physmem read UART0')],
    ['dump RAM', onBoard('RAM', '0x40000000', 'physmem dump 0x40000000')],
    ['dump ram', onBoard('ram', '0x40000000', 'physmem dump 0x40000000')],
    // It is a ROM.
    ['write boot=0', '"boot" is not a place: on this board it is at 0x00000000'],
    ['fill boot 0', '"boot" is not a place: on this board it is at 0x00000000'],
    ['dump ram..', onBoard('ram', '0x40000000', 'physmem dump 0x40000000..+0x100000')],
    ['search ram.. 5a', onBoard('ram', '0x40000000', 'physmem search 0x40000000..+0x100000 5a')],
    [
      'read ram+0x10',
      '"ram+0x10" is not a place: on this board ram is at 0x40000000, did you mean physmem read 0x40000000+0x10?',
    ],
    [
      'write ram+4=1',
      '"ram+4" is not a place: on this board ram is at 0x40000000, did you mean physmem write 0x40000000+4=1?',
    ],
    ['read uart9.X', 'nothing here is named "uart9", did you mean uart0?'],
    ['read uart9.FR', 'nothing here is named "uart9", did you mean uart0.FR?'],
    ['read demoo.CONTROLL', 'nothing here is named "demoo", did you mean demo.CONTROL?'],
    ['read CONTROL', 'nothing here is named "CONTROL", did you mean demo.CONTROL?'],
    ['read DR', 'nothing here is named "DR", but blocks have such a register: uart0.DR, rtc.DR'],
    ['search ram 5a', onBoard('ram', '0x40000000', 'physmem search 0x40000000..+0x100000 5a')],
    [
      'search demo 5a',
      `${onBoard('demo', '0x10000000')}\n  hint: physmem list demo shows the registers there`,
    ],
    [
      'fill demo 0',
      `${onBoard('demo', '0x10000000')}\n  hint: physmem list demo shows the registers there`,
    ],
    ['dump uart0 -o a', onBoard('uart0', '0x09000000', 'physmem snapshot uart0 -o a')],
    ['dump ram -o a', onBoard('ram', '0x40000000', 'physmem dump 0x40000000..+0x100000 -o a')],
    [
      'compare boot ram',
      onBoard('boot', '0x00000000', 'physmem compare 0x00000000..+0x10000 0x40000000'),
    ],
    ['fill ram 0', onBoard('ram', '0x40000000', 'physmem fill 0x40000000..+0x100000 0')],
    ['cache flush ram', onBoard('ram', '0x40000000', 'physmem cache flush 0x40000000..+0x100000')],
    ['read uart0/FR', '"uart0/FR" is not a place, did you mean physmem read uart0.FR?'],
    ['read uart0:FR:TXFE', `${noScheme('uart0:')}, did you mean physmem read uart0.FR:TXFE?`],
    [
      'write CONTROL:MODE=Fast',
      `${noScheme('CONTROL:')}, did you mean physmem write demo.CONTROL:MODE=Fast?`,
    ],
    ['read FR:TXFE', `${noScheme('FR:')}, did you mean physmem read uart0.FR:TXFE?`],
    ['write uart0.CR[8]=1', 'there is no register "CR[8]" in uart0, did you mean uart0.CR:8?'],
    ['read uart0_LCR_H', `"uart0_LCR_H" ${noPlace}, did you mean physmem read uart0.LCR_H?`],
    ['read UART0_FR', `"UART0_FR" ${noPlace}, did you mean physmem read uart0.FR?`],
    ['read uart0.FR[7:4]', `"uart0.FR[7:4]" ${noPlace}, did you mean physmem read uart0.FR:7:4?`],
    ['read uart0.FR:7-4', `"uart0.FR:7-4" ${noPlace}, did you mean physmem read uart0.FR:7:4?`],
    [
      'write uart0.CR[9:8]=1',
      `"uart0.CR[9:8]" ${noPlace}, did you mean physmem write uart0.CR:9:8=1?`,
    ],
    ['read gpio.', `"gpio." ${noPlace}, did you mean physmem read gpio?`],
    ['read gpio.OUT:', `"gpio.OUT:" ${noPlace}, did you mean physmem read gpio.OUT?`],
    [
      'wait uart0/FR:TXFE=1',
      '"uart0/FR:TXFE" is not a place, did you mean physmem wait uart0.FR:TXFE=1?',
    ],
    // Both are a letter away; the letters of one are the same.
    ['read uart0.FR:TXEF', 'there is no field "TXEF" in uart0.FR, did you mean TXFE?'],
    ['read uart9/FR', '"uart9/FR" is not a place, and there is no such file'],
    ['read demo/NOPE', 'there is no register "NOPE" in demo'],
    ['read Demo::NOPE', 'there is no register "NOPE" in demo'],
    ['wait demo/SCRTCH=1', 'there is no register "SCRTCH" in demo, did you mean demo.SCRATCH?'],
    ['write demo/ID=1', 'demo.ID is read-only\n  hint: give --force to do it anyway'],
    ['dump demo/ID', onBoard('demo.ID', '0x10000000', 'physmem read demo.ID')],
    // What does not go with the rest of the line is not suggested.
    ['read uart0.FR 101h', '"101h" is not an address: unexpected "h" after 101'],
    ['read ./boot.bin', '"./boot.bin" is not a place: did you mean file:./boot.bin?'],
    ['read ./root.bin', '"./root.bin" is not a place, and there is no such file'],
    ['peek 0x10', notCommand('peek', 'physmem read 0x10')],
    // What is to be said of a line is not said where it is only suggested.
    ['peek demo.EVENTS', notCommand('peek', 'physmem read demo.EVENTS')],
    ['demo.EVENTS', notCommand('demo.EVENTS', 'physmem read demo.EVENTS')],
  ])('%s', async (line, message) => {
    // A board has no other kinds of place.
    const there = message.replace(`, or ${prefixes}`, ', file: or the name of a register')
    expect((await run(line, { env })).err).toBe(`physmem: ${there}\n`)
  })
})

// Which is taken as any file where the tests are run with one as their input.
it.skipIf(isRegularFile('/dev/stdin'))('load takes a pipe as -', async () => {
  expect((await run('load 0x8 /dev/stdin')).err).toContain('did you mean physmem load 0x8 -?\n')
})

it('names the first map of a UIO device that is there', async () => {
  using root = new FakeRoot().uio(0, 'edu').uio(1, 'bare')
  root.uioMap(0, 0, { size: '0x1000', offset: '0x0' })
  const said = async (line: string) => (await run(line, { root: root.path })).err
  expect(await said('read uio0+0x4')).toBe(
    'physmem: "uio0" is a UIO device, not a place, did you mean physmem read uio:uio0/map0+0x4?\n',
  )
  expect(await said('read uio1')).toBe(`physmem: "uio1" ${noPlace}\n`)
  expect(await said('read uio0 -t sim:')).toBe(
    'physmem: "uio0" is not a place: expected an address such as 0xfed00000, file: or the name of a register\n',
  )
  expect(await said('fill uio0 0 -t sim:')).toBe(
    'physmem: "uio0" is not a place: expected an address such as 0xfed00000 or file:\n',
  )
})
