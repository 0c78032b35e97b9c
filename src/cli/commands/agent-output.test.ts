/** Where the agent of native/agent.c writes, and what it says when it is stopped or cannot. */
import {
  existsSync,
  linkSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { AGENT_CPUS, Agent, agentUnavailable } from '../testing/agent.ts'
import { TestFolder, testBytes } from '../testing/files.ts'

const folder = new TestFolder()

describe.each(AGENT_CPUS)('the agent on $name', (cpu) => {
  const reason = agentUnavailable(cpu)
  const title = (text: string) => (reason ? `${text} [skipped: ${reason}]` : text)
  let agent: Agent
  beforeAll(() => {
    if (!reason) agent = new Agent(cpu)
  }, 120_000)
  let memory: string
  const bytes = testBytes(8192)
  beforeEach(() => {
    memory = folder.file(`memory-${cpu.name}`, bytes)
  })
  const failed = (code: number, ...lines: string[]) => ({
    ...{ code, out: '' },
    err: `physmem-agent: ${lines.join('\n  ')}\n`,
  })

  it.skipIf(reason).each(['>&-', '2>&-', '<&-', '<&- >&- 2>&-'])(
    title('prints nothing into the memory when a standard stream is closed: %s'),
    (closed) => {
      const lines = [
        ['fill', '--memory', memory, '0x100..+4', '0'],
        ['write', '--memory', memory, '0x104=0', '0x108:7:0=0', '0x10000=1'],
        ['write', '--memory', memory, '0x104=0', '0x108:7:0=0'],
      ]
      for (const words of lines) agent.shell(`exec "$@" ${closed}`, words)
      const expected = Buffer.from(bytes)
      expected.fill(0, 0x100, 0x109)
      expect(readFileSync(memory).equals(expected)).toBe(true)
    },
  )

  it.skipIf(reason)(title('never dumps into what it dumps, by whatever name'), () => {
    const [hard, soft] = [`${memory}-hard`, `${memory}-soft`]
    linkSync(memory, hard)
    symlinkSync(memory, soft)
    for (const name of [memory, hard, soft]) {
      expect(agent.run(['dump', '--memory', memory, '0..+32', '-o', name])).toEqual(
        failed(2, `${name} is what is dumped: write to another file`),
      )
    }
    expect(readFileSync(memory).equals(bytes)).toBe(true)
  })

  it.skipIf(reason).each(['-', '/dev/stdout', '/dev/fd/1'])(
    title('adds bytes alone to what standard output has: -o %s'),
    (output) => {
      const file = folder.file(`out-${cpu.name}`, 'before')
      const words = ['dump', '--memory', memory, '0x10..+16', '-o', output]
      expect(agent.shell(`"$@" >> '${file}'`, words)).toEqual({ code: 0, out: '', err: '' })
      expect(readFileSync(file)).toEqual(
        Buffer.concat([Buffer.from('before'), bytes.subarray(16, 32)]),
      )
    },
  )

  it.skipIf(reason)(title('keeps a file until there is something in its place'), () => {
    const output = folder.file(`kept-${cpu.name}`, 'what was there')
    truncateSync(memory, 0)
    const none = agent.run(['dump', '--memory', memory, '0..+16', '-o', output])
    expect(none).toEqual(failed(2, `0x0 to 0xf is not inside ${memory}: it is empty`))
    expect(readFileSync(output, 'utf8')).toBe('what was there')
    writeFileSync(memory, bytes)
    expect(agent.run(['dump', '--memory', memory, '0..+4', '-o', output])).toEqual({
      ...{ code: 0, err: '' },
      out: `4 bytes from 0x00000000 are in ${output}\n`,
    })
    expect(readFileSync(output)).toEqual(Buffer.from(bytes.subarray(0, 4)))
  })

  it.skipIf(reason).each([
    ['/nowhere/x', 2, ['/nowhere/x cannot be written: its folder does not exist']],
    ['/tmp', 2, ['/tmp cannot be written: it is a directory']],
    ['', 2, ['"" is not a path: it is empty']],
    [
      '/dev/full',
      1,
      [
        '/dev/full cannot be written: no space is left on the device (ENOSPC)',
        'done: 0 bytes were written to /dev/full',
      ],
    ],
  ] as const)(title('says why a file cannot be written: %j'), (output, code, lines) => {
    const words = ['dump', '--memory', memory, '0..+16', '-o', output]
    expect(agent.run(words)).toEqual(failed(code, ...lines))
  })

  it.skipIf(reason).each([
    [['read', '0'], undefined],
    [['devmem', '0'], undefined],
    [['dump', '0..+16'], '0 bytes are shown'],
    [['write', '0x20:0=0'], 'made the assignment 0x00000020:0=0x0'],
    [
      ['write', '0x20:0=0', '0x1004=1'],
      'made all 2 assignments (0x00000020:0=0x0, 0x00001004=0x00000001)',
    ],
    [['fill', '0..+8', '0'], 'wrote 8 of 8 bytes'],
  ])(title('says what was done when nothing can be printed: %j'), ([name = '', ...words], done) => {
    const all = [name, '--memory', memory, ...words]
    expect(agent.shell('exec "$@" > /dev/full', all)).toEqual(
      failed(
        1,
        'standard output cannot be written: no space is left on the device (ENOSPC)',
        ...(done ? [`done: ${done}`] : []),
      ),
    )
  })

  it.skipIf(reason).each([
    ['INT', 130, 'Ctrl-C'],
    ['TERM', 143, 'SIGTERM'],
    ['HUP', 129, 'SIGHUP'],
  ])(title('says that %s stopped it, and dies of that'), (signal, code, told) => {
    const words = ['wait', '--memory', memory, '0x20=0x12345678', '--timeout', '60s']
    const signalled = (seconds: number) =>
      agent.shell(`timeout --preserve-status -s ${signal} ${seconds} "$@"`, words)
    // On a machine that is busy enough the signal may come before the agent listens.
    const early = signalled(2)
    const ran = early.err === '' ? signalled(15) : early
    expect({ ...ran, err: ran.err.split('\n')[0] }).toEqual({
      ...{ code, out: '' },
      err: `physmem-agent: stopped (${told})`,
    })
  })

  it.skipIf(reason)(title('shows what a terminal would act on in a path'), () => {
    const { err } = agent.run(['read', '--memory', '/nowhere/\u001b[31mx\u0007', '0'])
    expect(err).toBe(
      'physmem-agent: /nowhere/\\u{1b}[31mx\\u{7} cannot be opened for reading: there is no such file\n',
    )
    expect(existsSync('/nowhere')).toBe(false)
  })
})
