import { spawn } from 'node:child_process'
import { closeSync, copyFileSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { agentFile, agentUnavailable, machineUnavailable } from '../../lab/machine/available.ts'
import { startMachine } from '../../lab/machine/machine.ts'
import { hostArch } from '../../lab/supply/arch.ts'
import { builtPackage, command } from '../built.ts'
import { inTurn } from '../rounds.ts'
import type { Row } from '../row.ts'
import { noSshBoard, SshBoard } from '../ssh-board.ts'
import type { Workshop } from '../workshop.ts'

const BOARD = 'ssh://board'
const unavailable = () => noSshBoard
const MIB = 2 ** 20
const STREAM_MIB = 64

/** How long it takes, in milliseconds. */
async function took(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}

/** The time from its start to its end; what it prints is thrown away. */
const ran = (...argv: readonly string[]): Promise<number> => printedTo('ignore', argv)

/** The same, with an open file for what it prints. */
const printedTo = (output: 'ignore' | number, argv: readonly string[]): Promise<number> =>
  took(
    () =>
      new Promise((resolve, reject) => {
        const [program = '', ...rest] = argv
        const child = spawn(program, rest, { stdio: ['ignore', output, 'inherit'] })
        child.once('error', reject)
        child.once('exit', (code) =>
          code === 0 ? resolve(code) : reject(new Error(`${argv.join(' ')}: exit code ${code}`)),
        )
      }),
  )

/** A thousand runs in a shell loop. */
const LOOP = (line: string) => `i=0; while [ $i -lt 1000 ]; do ${line}; i=$((i+1)); done`

/** In a name space of its own, in which a file stands in for /dev/mem. */
async function loopOver(workshop: Workshop, line: string): Promise<number> {
  const script = `mount --rbind ${workshop.folder} /dev; ${LOOP(line)}`
  const words = ['--user', '--map-root-user', '--mount', 'sh', '-ec', script]
  return (await workshop.spawned('unshare', ...words)).ms
}

export const remote: Row[] = [
  {
    name: 'ssh-registers',
    what: '1,000 registers read by one program over SSH',
    against: 'a bare round trip of the same connection',
    unit: 'ms',
    comparison: 'ratio',
    target: { atMost: 1.2 },
    unavailable,
    measure: async () => {
      await using _ = await SshBoard.start()
      const { connect, Program } = await builtPackage()
      await using machine = await connect(BOARD)
      const memory = await machine.open()
      const reads = new Program(
        Array.from({ length: 1000 }, (_, at) => {
          return { op: 'read', address: (at * 4) % 4096, width: 32 } as const
        }),
      )
      const nothing = new Program([{ op: 'fence' }])
      return await inTurn(
        201,
        () => took(() => memory.run(reads)),
        () => took(() => memory.run(nothing)),
      )
    },
  },
  {
    name: 'ssh-read',
    what: '`physmem read` over SSH, whole process, the agent being there',
    against: '`ssh board true`',
    headline: {
      what: 'one `physmem read` of a board over SSH',
      against: '`ssh board true`',
    },
    unit: 'ms',
    comparison: 'ratio',
    target: { atMost: 1.15 },
    unavailable,
    measure: async () => {
      await using _ = await SshBoard.start()
      return await inTurn(
        31,
        () => ran(...command, 'read', '0x100', '-t', BOARD),
        () => ran('ssh', 'board', 'true'),
      )
    },
  },
  {
    name: 'ssh-stream',
    what: `a dump of ${STREAM_MIB} MiB over SSH to a file, word by word, without the start of its process`,
    against: '`ssh board cat FILE`, the same',
    unit: 'ms',
    comparison: 'speed',
    target: { atLeast: 0.8 },
    unavailable,
    measure: async (workshop) => {
      await using _ = await SshBoard.start({ memory: STREAM_MIB * MIB })
      const output = workshop.path('dump')
      const dump = (bytes: number) => {
        rmSync(output, { force: true })
        return ran(...command, '--quiet', 'dump', `0x0..+${bytes}`, '-o', output, '-t', BOARD)
      }
      const cat = async (file: string) => {
        const copy = openSync(workshop.path('copy'), 'w')
        const ms = await printedTo(copy, ['ssh', 'board', `busybox cat ${file}`])
        closeSync(copy)
        return ms
      }
      return await inTurn(
        9,
        async () => (await dump(STREAM_MIB * MIB)) - (await dump(4096)),
        async () => (await cat('/dev/mem')) - (await cat('/proc/iomem')),
      )
    },
  },
  {
    name: 'ssh-map',
    what: '`map` of the recorded arm64 machine over SSH, with 5 ms of delay each way',
    against: 'a bare round trip of the same connection',
    unit: 'ms',
    comparison: 'ratio',
    target: { atMost: 8 },
    unavailable,
    measure: async () => {
      await using _ = await SshBoard.start({ recorded: 'aarch64-6.1', delayMs: 5 })
      const { connect, Program } = await builtPackage()
      await using machine = await connect(BOARD)
      const memory = await machine.open()
      const nothing = new Program([{ op: 'fence' }])
      return await inTurn(
        31,
        async () => {
          await using fresh = await connect(BOARD)
          await (await fresh.open()).run(nothing)
          return await took(() => fresh.map())
        },
        () => took(() => memory.run(nothing)),
      )
    },
  },
  {
    name: 'agent-devmem',
    what: "1,000 runs of the agent's `devmem` in a shell loop",
    against: '1,000 runs of `busybox devmem` (a file stands in for /dev/mem)',
    unit: 'ms',
    comparison: 'ratio',
    target: { atMost: 1 },
    unavailable,
    measure: async (workshop) => {
      copyFileSync(workshop.file('zero', 65536), workshop.path('mem'))
      writeFileSync(workshop.path('null'), '')
      return await inTurn(
        9,
        () => loopOver(workshop, `${agentFile(hostArch ?? 'x86_64')} devmem 0x10 32`),
        () => loopOver(workshop, 'busybox devmem 0x10 32'),
      )
    },
  },
  {
    name: 'agent-devmem-guest',
    what: "1,000 runs of the agent's `devmem` in a shell loop, in a virtual machine",
    against: '1,000 runs of `busybox devmem` (/dev/mem; an emulated CPU)',
    unit: 'ms',
    comparison: 'ratio',
    target: { atMost: 1 },
    unavailable: () => machineUnavailable('x86_64', '6.1') ?? agentUnavailable('x86_64'),
    measure: async () => {
      const files = [{ path: '/usr/bin/physmem-agent', mode: 0o755, source: agentFile('x86_64') }]
      await using machine = await startMachine({ arch: 'x86_64', files, lifetimeMs: 300_000 })
      const loop = (program: string) =>
        took(async () => {
          const line = `${LOOP(`${program} devmem 0xfed00004 32`)} > /dev/null`
          const { exitCode, stderr } = await machine.exec(line, { timeoutMs: 120_000 })
          if (exitCode !== 0) throw new Error(stderr)
        })
      return await inTurn(
        3,
        () => loop('physmem-agent'),
        () => loop('busybox'),
      )
    },
  },
  {
    name: 'agent-memory',
    what: 'peak memory of the agent, after `map`, 1,000 reads and 64 KiB',
    against: 'none',
    unit: 'MiB',
    comparison: 'difference',
    target: { atMost: 1 },
    unavailable,
    measure: async () => {
      await using ssh = await SshBoard.start({ recorded: 'aarch64-6.1' })
      const { connect } = await builtPackage()
      return await inTurn(
        5,
        async () => {
          await using machine = await connect(BOARD)
          await machine.map()
          const memory = await machine.open()
          await memory.readBlock(0, 32, 16_384)
          const [pid] = ssh.board.processes()
          const status = readFileSync(`/proc/${pid}/status`, 'utf8')
          return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1]) / 1024
        },
        async () => 0,
      )
    },
  },
]
