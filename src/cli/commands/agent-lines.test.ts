/** The agent of native/agent.c beside physmem: it says and does what the commands of physmem do. */
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { MappedMemory } from '../../engine/mapped.ts'
import { openFile } from '../../ways/file.ts'
import { AGENT_CPUS, Agent, type AgentRan, agentUnavailable } from '../testing/agent.ts'
import { TestFolder, testBytes } from '../testing/files.ts'
import { run } from '../testing/run.ts'

const folder = new TestFolder()

/** Lines that physmem and the agent are both given, over a file of 8 KiB. */
const LINES: readonly string[] = [
  ...[
    'read 0x10',
    'read 0x10 0x20+0',
    'read 8 0x40',
    'read 64 0x40 0x10 -w 8',
    'read 8 16',
    'read 1e3',
    'read 1e3 -w 8',
    'read 0x10:0xff',
    'read 0x10:0x104',
    'write 0x11==1',
    'write 0x11|=1',
    'write 0x10|=0x100000000',
    'write 0x10=fff -w 8',
    'write 0x10=fff',
    'write 0x10=5k -w 8',
    'write 0x10=deadbeeff',
    'read 0x10:32:39',
    'read 0x10:32:39 -w 64',
    'wait 0x10=fff -w 8',
    'wait 0x11==fff',
    'fill 0x10..+4 fff -w 8',
    'fill 0x10..+4 fff',
    'fill 10h..13h 0',
    'dump 1e3',
    'dump 1e3 -w 8',
    'dump 12h..16h',
    'read 0x1000..1010',
    'read 0x20..10',
    'read 0x1000..123456',
    'read 0x2+0x100..200',
    'dump 20..10',
    'read 0x10 -w=8',
    'read 0x10 -n=4',
    'dump 0..4 -o=out.bin',
    'read 0x10 -w=',
    'read 0x10 -w =8',
    'read 0x10 --width==8',
    'read 0x10 -width 8',
    'read 0x10 -count 4',
    'read 0x10 -help',
    'dump 0..4 -output out.bin',
    'dump 0..4 -o =',
    'read 0x10:5 0x11:7:4 --width 8',
    'read 0x100..+32',
  ],
  ...['read 0x10 --width 64', 'read 0x10 -w16 -q', 'read 0x10:5 --quiet', 'read 0x10..0x20 -w 8'],
  ...['read 0x10 --count 4 --fixed', 'read 0x10 --count 3', 'read 0x1ff0..0x2000 0x10:31:4'],
  ...['read 0x10 --fixed', 'read 0x10..+8 --count 2', 'read 0x10..+5', 'read 0x11', 'read 0x10:40'],
  ...['read 0x2000', 'read 0x1ffc..+8', 'read 0x10 0x2000+0', 'read 16 32', 'read 0x100 4k'],
  ...['read 0x100000 0x1000', 'read 0x1000 0x1000', 'read 0x1000 0x00000100', 'read 0x10:0x20'],
  ...[
    'read 0x100000 0x00001000',
    'read 0x100000+0 0x2000',
    'read 0x20+0 0x1000',
    'read 0x8000 1000',
  ],
  ...[
    'read 0x100:0x110',
    'read 0x100:0x3',
    'read 0x1100:0x100',
    'read 0x1100:0x8',
    'read 0x10 -w 4',
  ],
  ...['read 256:0x10', 'write 0x100:0x50=1', 'read 0x10 -w b', 'write 0x100000=1 0x1000=1'],
  ...['read 0x100 8:4', 'read 0x100 8+4', 'read', 'read 0x', 'read 0x1_', 'read 1__0', 'read 012'],
  ...[
    'read 00',
    'read 0b12',
    'read 0o8',
    'read 12ab',
    'read 12h',
    'read 4kb',
    'read 4KiB',
    'read 4T',
  ],
  ...['read +5', 'read 0x10:', 'read 0x10:08', 'read 0x10:64', 'read 0x10:4:7', 'read 0x10:1:2:3'],
  ...[
    'read 0x10:7-4',
    'read 0x10[7:4]',
    'read 0x10[5]',
    'read 0x10<7:4>',
    'read 0x10{5}',
    'write 0x10{7:4}=1',
    'write 0x10<7:4>=1',
    'wait 0x10{5}=1',
    'read 0x10..',
    'read 0x20..0x10',
  ],
  ...['read 0x10:[7:4]', 'read 0x10bits[7:4]', 'read 0x10:bit[3]', 'read 0x10s[3]'],
  ...['write 0x10:[7:4]=1', 'write 0x10.bits[7:4]=1', 'wait 0x10bits[0]=1', 'read 0x10:[4:4]x'],
  ...['write 0x12=0x12345', 'write 0x11=0x1ff', 'write 0x11=-1', 'write 0x12:20=1', 'read 0x12:20'],
  ...['write 0x11=0x1ff --width 8', 'write 0x11=0x1ffffffff', 'read 0x14:40', 'read 0x18:40'],
  ...[
    'wait 0x12=0x12345 --timeout 0',
    'fill 0x12..+8 0x12345',
    'fill 0x12..+8 1',
    'read 0x12:9 -w8',
  ],
  ...['read 0x11:9 -w 8', 'write 0x100=1 0=1', 'write 0x100=1 0..8=1', 'read 0x100 0..8'],
  ...['read 0x1000..16', 'read 0x10..0x10', 'read 0x10..+0', 'read 0x10..+', 'read 0x10..x'],
  ...[
    'read 0x10:5..0x20',
    'read 0x10..0x20:5',
    'read 0x10000000000000',
    'read 99999999999999999999',
  ],
  ...['read 0xfffffffffffff+1', 'read 0x10+', 'read 0x10+0x', 'read abc0', 'read 0x10 --count 0'],
  ...['read 0x10 --width 24', 'read 0x10 --count x', 'read 0x10 --count 4k', 'read 0..+2M'],
  ...['write 0x10=1', 'write 0x10:7:4=0x3', 'write 0x10:7:4=3 0x104:0=1 0x20=5', 'write 0x10=-1'],
  ...['write 0x10=~1 -w8', 'write 0x10:3=~0', 'write 0x10:7:4=-8', 'write 0x10=1 --verify'],
  ...['write 0x10=0x12345678 --quiet', 'write 0x10:5=1 -q', 'write 0x10=0x1ff --width 8'],
  ...['write 0x10:7:4=0x10', 'write 0x10=-129 -w 8', 'write 0x10:7:4=-9', 'write 0x10', 'write =1'],
  ...['write 0x10=', 'write 0x10==1', 'write 0x10!=1', 'write 0x10+=1', 'write 0x10<<=1'],
  ...['write 0x10=0x1ffffffffffffffff', 'write 0x10=99999999999999999999999', 'write 0x10=1k'],
  ...[
    'write 0x10=zz',
    'write 0x10=ff',
    'write 0x10[7:4]=1',
    'write 0x10..+4=1',
    'write',
    'write 0x11=1',
  ],
  ...['write 0x10=1 0x2000=1', 'write 0x10=1 0x1ffc=1 0x2004=1', 'write 0x100=1 8=2'],
  ...[
    'wait 0x10=1 --timeout 0',
    'wait 0x10:3=1 --timeout 1ms',
    'wait 0x10!=0x928b8477 --timeout 0',
  ],
  ...['wait 0x10:7:0=0x71 -q', 'wait 0x10:7:0>0x70 -q', 'wait 0x10:7:0<=0x70 --timeout 0'],
  ...['wait 0x10:7:0=0x71 0x10:7:0>=0x71 -q', 'wait 0x10=1 0x14=2 --timeout 0', 'wait 0x10'],
  ...['wait 0x10=1 --timeout 5', 'wait 0x10=1 --timeout 5min', 'wait 0x10=1 --timeout 2d'],
  ...['wait 0x10=1 --timeout x', 'wait 0x10=1 --timeout 01s'],
  ...[
    'wait 0x10=1 --timeout 1441m',
    'wait 0x10=1 --timeout 600000m',
    'wait 0x10<-1',
    'wait 0x10=<1',
  ],
  ...['wait 0x10<0', 'wait 0x10>0xffffffff', 'wait 0x10:7:4>0xf', 'wait 0x10:3>1 -w 8'],
  ...['wait 0x10<=0 --timeout 0', 'wait 0x10>~0', 'wait 0x11<0', 'wait 0x10>=0 0x14<0'],
  ...['wait 0x10>0xff -w 8', 'wait 0x10<0x1ff -w 8', 'wait 0x10>0xfe -w 8 -q', 'wait 0x10<00'],
  ...['wait a=b=c', 'wait 0x10=', 'wait =1', 'wait 0x2000=1'],
  ...['read 0x2000 -w8', 'write 0x2000=1 -w8', 'dump 0x2000..+1 -w8', 'fill 0x1fff..+2 1 -w8'],
  ...['dump 0x100', 'dump 0x100..+64', 'dump 0x104..+40 -w8', 'dump 0x100..+30 --width 16'],
  ...['dump 0x100..+64 -w64', 'dump 0x100..+64 -q', 'dump 0..8k -w 8 -q', 'dump 0x10..+16 --fixed'],
  ...['dump 0x1f80', 'dump 0x1ff0..+32', 'dump 0x10..+5', 'dump 0x11..+4', 'dump 0x10:5', 'dump'],
  ...['dump 0x100-0x1ff', 'dump 100-1ff', 'dump 16-32', 'dump 0x100-0x103', 'read 1000-1fff'],
  ...['dump 0x10 --fixed', 'dump 1 2', 'dump 0x1000.. --no-collapse', 'dump 0x10..+0'],
  ...['fill 0x100..+64 0xa5', 'fill 0x100..+3 1 -w8', 'fill 0x100..+64 0x1ff -w 8', 'fill 0x10 1'],
  ...[
    'fill 0x100..+64 0x12345678 -q',
    'fill 0x1ff0..+32 1',
    'fill 0x10..+5 1',
    'fill',
    'fill 0x10..',
  ],
]

describe('the agent beside physmem', () => {
  const [cpu] = AGENT_CPUS.filter(({ name }) => name === process.arch)
  const reason = cpu ? agentUnavailable(cpu) : `it has no agent for ${process.arch}`
  let agent: Agent
  beforeAll(() => {
    if (cpu && !reason) agent = new Agent(cpu)
  }, 120_000)

  const BITS = 'or PLACE:BITS=VALUE, which changes only these bits'

  /** Without what physmem has and the agent has not: advice about its other options and kinds. */
  const comparable = (text: string) =>
    text
      .replace(/^physmem(?:-agent)?: /gm, '')
      .replaceAll('physmem-agent ', 'physmem ')
      .replace(/ --memory \S+/, '')
      .replace('PLACE:BITS=VALUE, which changes only these bits, or NAME[:FIELD]=VALUE', BITS)
      .replace(/, did you mean physmem .*\?$/m, '')
      .replace(', or --unaligned to access it byte by byte', '')
      .replace('\n  hint: --unaligned to access it byte by byte', '')
      .replace(/, or pci:.*file:$/m, '')
      .replace(/after [\d.]+ (?:us|ms|s)/g, 'after some time')

  /** Runs a line by both, on files with the same bytes. */
  async function both(words: readonly string[]) {
    const path = folder.file('memory.bin', testBytes(8192))
    const memory = new MappedMemory(openFile(path, 'write'))
    const theirs = await run(words, { memory })
    await memory.close()
    const written = readFileSync(path)
    folder.file('memory.bin', testBytes(8192))
    const ours = agent.run([words[0] ?? '', '--memory', path, ...words.slice(1)])
    const shown = ({ code, out, err }: AgentRan) => [code, comparable(out), comparable(err)]
    return {
      ours: [...shown(ours), readFileSync(path).equals(written)],
      theirs: [...shown(theirs), true],
    }
  }

  it.skipIf(reason).each(LINES)(reason ? `%s [skipped: ${reason}]` : '%s', async (line) => {
    const { ours, theirs } = await both(line.split(' '))
    expect(ours).toEqual(theirs)
  })

  /** What begins with a letter is a name of a register to physmem, or another kind of place. */
  const number = fc.constantFrom('0x10', '0x100', '16', '0', '0b11', '0o17', '0x1ff0', '1_6', '08')
  const piece = fc.constantFrom(
    ...[
      '+',
      ':',
      '..',
      '..+',
      'k',
      '_',
      '0x',
      '7:4',
      '5',
      '[3]',
      '[7:4]',
      'G',
      'h',
      'KiB',
      '"',
      '-',
    ],
  )
  const place = fc
    .tuple(number, fc.array(fc.oneof(number, piece), { maxLength: 3 }))
    .map(([first, rest]) => first + rest.join(''))
  const value = fc.oneof(number, fc.constantFrom('-1', '~0', '0x1ff', '', '-129', '1k', '0xg'))
  const relation = fc.constantFrom('=', '==', '!=', '<', '<=', '>', '>=', '|=', '+=', '<<=')
  const width = fc.constantFrom<string[]>([], ['-w8'], ['--width', '16'], ['--width=64'])
  const line = fc.oneof(
    fc.tuple(fc.constant('read'), fc.array(place, { minLength: 1, maxLength: 2 })),
    fc.tuple(
      fc.constant('dump'),
      place.map((text) => [text]),
    ),
    fc.tuple(fc.constant('fill'), fc.tuple(place, number)),
    fc.tuple(
      fc.constant('write'),
      fc.tuple(place, relation, value).map((parts) => [parts.join('')]),
    ),
    fc.tuple(
      fc.constant('wait'),
      fc.tuple(place, relation, value).map((parts) => [parts.join(''), '--timeout', '0']),
    ),
    fc.tuple(fc.constant('devmem'), fc.tuple(place, fc.constantFrom('8', '16', '32', 'b', '24'))),
  )

  it.skipIf(reason)(
    'says the same of any line of plain addresses',
    { timeout: 60_000 },
    async () => {
      await fc.assert(
        fc.asyncProperty(line, width, async ([name, words], more) => {
          const { ours, theirs } = await both([name, ...words, ...(name === 'devmem' ? [] : more)])
          // A number that a word may mean is suggested by physmem only where its line takes it.
          const [told, said] = [ours, theirs].map((ran) =>
            ran.map((one) => `${one}`.replace(/, did you mean \w+\?$/m, '')),
          )
          expect(told).toEqual(said)
        }),
        { numRuns: Number(process.env.RUNS ?? 300) },
      )
    },
  )
})
