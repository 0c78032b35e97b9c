/** The agent of native/agent.c at a shell: its program, its devmem, and what it says of itself. */
import { spawnSync } from 'node:child_process'
import { chmodSync, closeSync, openSync, readFileSync, truncateSync, writeSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { AGENT_CPUS, Agent, agentUnavailable } from '../testing/agent.ts'
import { READS, REFUSALS } from '../testing/devmem-lines.ts'
import { TestFolder, testBytes } from '../testing/files.ts'

const MOST_BYTES = 100_000

const folder = new TestFolder()

/** A file with the bytes at 0xfed00000 and at 0x09000fe0 that the simulated board has there. */
function boardFile(): string {
  const path = folder.file('board.bin', '')
  truncateSync(path, 0xfed01000)
  const file = openSync(path, 'r+')
  writeSync(file, Buffer.from('01a2868080969800', 'hex'), 0, 8, 0xfed00000)
  writeSync(file, Buffer.from('1100000011000000', 'hex'), 0, 8, 0x09000fe0)
  closeSync(file)
  return path
}

/** In the words of the agent: it is called by another name. */
const asAgent = (text: string) => text.replaceAll('physmem devmem', 'devmem')

describe.each(AGENT_CPUS)('the agent on $name', (cpu) => {
  const reason = agentUnavailable(cpu)
  const title = (text: string) => (reason ? `${text} [skipped: ${reason}]` : text)
  let agent: Agent
  beforeAll(() => {
    if (!reason) agent = new Agent(cpu)
  }, 120_000)

  it.skipIf(reason)(title('is small and static, and built to the same bytes'), () => {
    const bytes = readFileSync(agent.path)
    expect(bytes.length).toBeLessThanOrEqual(MOST_BYTES)
    const out = folder.file(`again-${cpu.name}`)
    expect(readFileSync(new Agent(cpu, out).path).equals(bytes)).toBe(true)
    expect(bytes.subarray(0, 4).toString('latin1')).toBe('\x7fELF')
    expect(bytes.includes('ld-linux')).toBe(false)
  })

  it.skipIf(reason).each(READS.filter(([args]) => cpu.name !== 'arm' || !/ (?:64|l)$/.test(args)))(
    title('devmem %s'),
    (args, out) => {
      const words = ['--memory', boardFile(), ...args.split(' ')]
      expect(agent.run(words, { name: 'devmem' })).toEqual({ code: 0, out, err: '' })
      expect(agent.run(['devmem', ...words])).toEqual({ code: 0, out, err: '' })
    },
  )

  it.skipIf(reason).each(REFUSALS)(title('devmem %s'), (args = '', message = '') => {
    const words = args.split(' ').filter((word) => word !== '')
    expect(agent.run(words, { name: 'devmem' })).toEqual({
      code: 1,
      out: '',
      err: `devmem: ${asAgent(message)}\n`,
    })
  })

  it.skipIf(reason)(title('devmem writes one element'), () => {
    for (const [width, value] of [
      [8, '0x41'],
      [16, '0xBEEF'],
      [32, '017'],
    ] as const) {
      const path = folder.file('written.bin', testBytes(64))
      const words = ['--memory', path, '8', String(width), value]
      expect(agent.run(words, { name: 'devmem' })).toEqual({ code: 0, out: '', err: '' })
      const expected = Buffer.from(testBytes(64))
      const number = value === '017' ? 15 : Number(value)
      expected.writeUIntLE(number, 8, width / 8)
      expect(readFileSync(path)).toEqual(expected)
    }
  })
})

describe('the agent', () => {
  const [cpu] = AGENT_CPUS.filter(({ name }) => name === process.arch)
  const without = spawnSync('setpriv', ['--version']).status === 0 ? undefined : 'no setpriv'
  const asRoot = process.getuid?.() === 0 ? without : 'it needs root'
  const reason = (cpu ? agentUnavailable(cpu) : 'there is no agent for this CPU') ?? asRoot

  it.skipIf(reason)(`refuses to be set-uid${reason ? ` [skipped: ${reason}]` : ''}`, () => {
    if (!cpu) return
    chmodSync(folder.path, 0o755)
    const copy = folder.file('set-uid', readFileSync(new Agent(cpu).path))
    chmodSync(copy, 0o4755)
    const words = ['--reuid=65534', '--regid=65534', '--clear-groups', copy, 'read', '0x10']
    const { status, stdout, stderr } = spawnSync('setpriv', words, { encoding: 'utf8' })
    expect({ status, stdout, stderr }).toEqual({
      status: 1,
      stdout: '',
      stderr:
        'physmem-agent: it is set-uid, set-gid or has capabilities of its own: it runs only with the rights of the user who starts it\n',
    })
  })

  const notBuilt = cpu ? agentUnavailable(cpu) : 'there is no agent for this CPU'
  const isNone = 'is not a memory that the agent knows: expected /dev/mem, a file or a block device'
  it.skipIf(notBuilt).each([
    ['/nowhere', 'cannot be opened for reading: there is no such file'],
    ['/tmp', 'is a directory: expected a file or a device node'],
    ['/dev/null', isNone],
    ['/proc/version', isNone],
    ['/sys/kernel/uevent_seqnum', isNone],
  ])(`refuses as memory ${notBuilt ? `%s [skipped: ${notBuilt}]` : '%s'}`, (path, why) => {
    if (!cpu) return
    expect(new Agent(cpu).run(['read', '--memory', path, '0x10'])).toEqual({
      code: 2,
      out: '',
      err: `physmem-agent: ${path} ${why}\n`,
    })
  })

  it.skipIf(notBuilt).each([
    ['write', 'an ASSIGNMENT: PLACE=VALUE, or PLACE:BITS=VALUE, which changes only these bits'],
    ['fill', 'a RANGE: A..B, A..+LENGTH or A..'],
    ['fill 0x10..+2', 'a VALUE: the value of each element'],
    ['fill 0x10..+16', 'a VALUE, such as physmem-agent fill 0x10..+16 0'],
    [
      'fill --memory a -w8 0x10..+2',
      'a VALUE, such as physmem-agent fill --memory a 0x10..+2 0 --width 8',
    ],
    [['fill', '--memory', 'a b', '0x10..+16'], 'a VALUE: the value of each element'],
    ['dump', 'a RANGE or a PLACE, such as physmem-agent dump 0x09000000..+4k'],
  ])(
    `suggests no store elsewhere${notBuilt ? ` [skipped: ${notBuilt}]` : ''}: %s`,
    (line, needed) => {
      if (!cpu) return
      const words = typeof line === 'string' ? line.split(' ') : line
      expect(new Agent(cpu).run(words)).toEqual({
        ...{ code: 2, out: '' },
        err: `physmem-agent: ${words[0]} needs ${needed}\n  hint: see physmem-agent ${words[0]} --help\n`,
      })
    },
  )

  it.skipIf(reason && reason !== asRoot)('prints its help and its version', () => {
    if (!cpu) return
    const agent = new Agent(cpu)
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }
    expect(agent.run(['--version'])).toEqual({ code: 0, out: `${version}\n`, err: '' })
    expect(agent.run(['--help'])).toMatchObject({ code: 0, err: '' })
    for (const name of ['devmem', 'read', 'write', 'wait', 'dump', 'fill', 'serve', 'join']) {
      const { out, ...rest } = agent.run([name, '--help'])
      expect(rest).toEqual({ code: 0, err: '' })
      expect(out).toContain(`Usage: physmem-agent ${name} `)
    }
    expect(agent.run(['join'])).toEqual({
      code: 2,
      out: '',
      err:
        'physmem-agent: join takes DEVICE[,BAUD], and how long nothing may be heard, in ms\n' +
        '  hint: see physmem-agent --help\n',
    })
    const near: Record<string, string | undefined> = {
      ...{ raed: 'read', READ: 'read', reads: 'read', rea: 'read', devmen: 'devmem' },
      ...{ wirte: 'write', du: 'dump', serv: 'serve', x: undefined, setmem: undefined },
      ...{ '': undefined, ['read'.repeat(20)]: undefined },
    }
    for (const [word, meant] of Object.entries(near)) {
      const like = meant ? `, did you mean ${meant}?` : ''
      expect(agent.run([word, '0x10'])).toEqual({
        code: 2,
        out: '',
        err: `physmem-agent: ${JSON.stringify(word)} is not a command${like}\n  hint: see physmem-agent --help\n`,
      })
    }
    for (const [word, meant] of [
      ['--widht', '--width'],
      ['--verbose', undefined],
      ['-x', undefined],
    ]) {
      const like = meant ? `, did you mean ${meant}?` : ''
      expect(agent.run(['read', '0x10', String(word)])).toEqual({
        code: 2,
        out: '',
        err: `physmem-agent: "${word}" is not an option of read${like}\n  hint: see physmem-agent read --help\n`,
      })
    }
  })
})
