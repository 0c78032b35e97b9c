import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PhysmemError } from '../base/errors.ts'
import { shellLine } from '../text/shell-words.ts'
import { parseTarget, TARGET_FORMS, TARGET_SCHEMES } from './target.ts'

const remote = (reach: object) => ({ kind: 'remote', reach })
const debug = (reach: object) => ({ kind: 'debug', reach })

describe('a target', () => {
  it.each([
    ['local', { kind: 'local' }],
    ['sim:', { kind: 'sim', board: '' }],
    ['sim:a b.yaml', { kind: 'sim', board: 'a b.yaml' }],
    ['sudo:', remote({ by: 'sudo' })],
    ['ssh://board', remote({ by: 'ssh', host: 'board' })],
    ['ssh://board/', remote({ by: 'ssh', host: 'board' })],
    [
      'ssh://root@board.lab-1:2222',
      remote({ by: 'ssh', user: 'root', host: 'board.lab-1', port: 2222 }),
    ],
    ['ssh://10.0.0.1:65535', remote({ by: 'ssh', host: '10.0.0.1', port: 65535 })],
    ['ssh://[fe80::1%eth0]:22', remote({ by: 'ssh', host: 'fe80::1%eth0', port: 22 })],
    ['ssh://a.b_c+d@x', remote({ by: 'ssh', user: 'a.b_c+d', host: 'x' })],
    ['unix:/run/board.sock', remote({ by: 'unix', path: '/run/board.sock' })],
    ['unix:a b', remote({ by: 'unix', path: 'a b' })],
    ['serial:/dev/ttyUSB0', remote({ by: 'serial', path: '/dev/ttyUSB0', baud: 115_200 })],
    ['serial:a b,c,9600', remote({ by: 'serial', path: 'a b,c', baud: 9600 })],
    ['serial:x,300', remote({ by: 'serial', path: 'x', baud: 300 })],
    ['serial:x,20000000', remote({ by: 'serial', path: 'x', baud: 20_000_000 })],
    ['exec:env', remote({ by: 'exec', command: ['env'] })],
    [
      `exec:docker exec -i "my box" 'it''s' a\\ b`,
      remote({ by: 'exec', command: ['docker', 'exec', '-i', 'my box', 'its', 'a b'] }),
    ],
    ["exec:env ''", remote({ by: 'exec', command: ['env', ''] })],
    ['gdb://localhost:1234', debug({ by: 'gdb', at: { host: 'localhost', port: 1234 } })],
    ['gdb://[::1]:3333/', debug({ by: 'gdb', at: { host: '::1', port: 3333 } })],
    [
      'gdb://board:3333?leave=running',
      debug({ by: 'gdb', at: { host: 'board', port: 3333 }, leave: 'running' }),
    ],
    ['gdb:/run/gdb.sock', debug({ by: 'gdb', at: { path: '/run/gdb.sock' } })],
    ['gdb:a?leave=stopped', debug({ by: 'gdb', at: { path: 'a' }, leave: 'stopped' })],
    ['qmp:/run/qmp.sock', debug({ by: 'qmp', at: { path: '/run/qmp.sock' } })],
    ['qmp://127.0.0.1:4444', debug({ by: 'qmp', at: { host: '127.0.0.1', port: 4444 } })],
  ])('is %s', (text, target) => {
    expect(parseTarget(text)).toEqual(target)
  })

  const rate = 'expected a baud rate from 300 to 20000000 after the device'
  const ssh = 'expected ssh://[USER@]HOST[:PORT]'
  it.each<readonly [text: string, code: string, why: string]>([
    ...[
      ...['ssh://', 'ssh:///', 'ssh://-oProxyCommand=x', 'ssh://-l@board', 'ssh://@board'],
      ...['ssh://board:', 'ssh://board:0', 'ssh://board:65536', 'ssh://board:022', 'ssh://board:x'],
      ...['ssh://board/path', 'ssh://a@b@c', 'ssh://bo ard', 'ssh://board;id', 'ssh://$(id)'],
      ...['ssh://[-x]', 'ssh://[::1', 'ssh://::1', 'ssh://board\n', 'ssh://root:secret@board'],
    ].map((text) => [text, 'ESYNTAX', ssh] as const),
    ['unix:', 'ESYNTAX', 'expected the path of a socket after unix:'],
    ...['serial:', 'serial:,9600', 'serial:a\0b'].map(
      (text) => [text, 'ESYNTAX', 'expected the path of a device after serial:'] as const,
    ),
    ...[
      ...['serial:x,', 'serial:x,299', 'serial:x,20000001', 'serial:x,09600', 'serial:x,0x9600'],
      ...['serial:x,9600 ', 'serial:x,1e5', 'serial:/dev/a,b'],
    ].map((text) => [text, 'ESYNTAX', rate] as const),
    ...[
      ...['gdb:', 'gdb://', 'gdb://board', 'gdb://board:0', 'gdb://board:65536', 'gdb:///a'],
      ...[
        'gdb://-x:1',
        'gdb://a:1?leave=on',
        'gdb://a@b:1',
        'gdb:a\0',
        'gdb:?leave=running',
        'gdb:a?leave=on',
      ],
    ].map(
      (text) =>
        [
          ...([text, 'ESYNTAX'] as const),
          'expected gdb://HOST:PORT or gdb:SOCKET, each with ?leave=running or ?leave=stopped',
        ] as const,
    ),
    ...['qmp:', 'qmp://board', 'qmp://a:1?leave=running'].map(
      (text) => [text, 'ESYNTAX', 'expected qmp://HOST:PORT or qmp:SOCKET'] as const,
    ),
    ['exec:', 'ESYNTAX', 'expected a command after exec:, which runs a shell'],
    ['exec:  ', 'ESYNTAX', 'expected a command after exec:, which runs a shell'],
    ["exec:'' env", 'ESYNTAX', 'expected a command after exec:, which runs a shell'],
    ['exec:a\0b', 'ESYNTAX', 'expected a command without zero bytes after exec:'],
    [
      ...(['exec:a|b', 'ESYNTAX'] as const),
      'no shell acts on | here: quote it to mean the character',
    ],
    ["exec:a 'b", 'ESYNTAX', `the ' before "b" has no end`],
  ])('is not %j', (text, code, why) => {
    expect(() => parseTarget(text)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(why) }),
    )
  })

  it.each(['', 'Local', 'sudo:root', 'sudo', 'http://board', 'ssh:board', '0x10', 'exec'])(
    'is nothing else: %j',
    (text) => {
      expect(() => parseTarget(text)).toThrow(
        expect.objectContaining({
          message: expect.stringContaining(
            `${JSON.stringify(text)} is not a target: expected local, sim: (a simulated board), sim:FILE, ssh://HOST, sudo:, unix:SOCKET, serial:DEVICE[,BAUD], exec:COMMAND, gdb://HOST:PORT, gdb:SOCKET, qmp://HOST:PORT, qmp:SOCKET or, in commands, @GROUP of a board file`,
          ),
        }),
      )
    },
  )

  it.each<[string, string | undefined]>([
    ['ssh:board', 'ssh://board'],
    ['ssh:/me@board:22', 'ssh://me@board:22'],
    ['ssh//board', 'ssh://board'],
    ['root@board', 'ssh://root@board'],
    ['/dev/ttyUSB0', 'serial:/dev/ttyUSB0'],
    ['/dev/serial/by-id/x,9600', 'serial:/dev/serial/by-id/x,9600'],
    ...['sshd', 'board', 'me@board:/tmp', '/dev/mem', '/run/qmp.sock', 'tcp:localhost:1'].map(
      (text): [string, undefined] => [text, undefined],
    ),
  ])('suggests what begins so: %j', (text, meant) => {
    const like = meant === undefined ? ' of a board file' : `, did you mean ${meant}?`
    expect(() => parseTarget(text)).toThrow(
      expect.objectContaining({ message: expect.toSatisfy((said: string) => said.endsWith(like)) }),
    )
  })

  it('says all its forms, of which each is one', () => {
    const forms = TARGET_FORMS.replace(' (a simulated board)', '').split(/, | or, in commands, /)
    expect(forms.pop()).toBe('@GROUP of a board file')
    for (const scheme of ['local', ...TARGET_SCHEMES]) {
      expect(forms.some((form) => form.startsWith(scheme))).toBe(true)
    }
    for (const form of forms) {
      const text = form.replace('[,BAUD]', ',9600').replace('PORT', '1')
      expect(parseTarget(text)).toBeDefined()
    }
  })

  it('gives ssh no host and no user that it takes for an option', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.constantFrom(...'-a@:/.[]%+_0 \n$') }),
    )
    fc.assert(
      fc.property(text, (rest) => {
        const reach = ((): { user?: string; host?: string } => {
          try {
            const target = parseTarget(`ssh://${rest}`)
            return target.kind === 'remote' ? (target.reach as { host: string }) : {}
          } catch (error) {
            expect(error).toBeInstanceOf(PhysmemError)
            return { host: 'none' }
          }
        })()
        expect(reach.host).toMatch(/^[\w:][\w.:%-]*$/)
        expect(reach.user ?? 'none').toMatch(/^[\w.][\w.+-]*$/)
      }),
      { numRuns: 2000 },
    )
  })

  it('has the words of exec: as a shell has them', () => {
    const word = fc
      .string({ unit: 'binary', minLength: 1 })
      .filter((one) => !/[\0\ud800-\udfff]/.test(one))
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 4 }), (words) => {
        expect(parseTarget(`exec:${shellLine(words)}`)).toEqual(
          remote({ by: 'exec', command: words }),
        )
        const line = `printf '%s\\0' ${shellLine(words)}`
        expect(execFileSync('sh', ['-c', line]).toString().split('\0').slice(0, -1)).toEqual(words)
      }),
      { numRuns: 40 },
    )
  })
})
