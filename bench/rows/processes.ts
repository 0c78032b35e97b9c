import { spawnSync } from 'node:child_process'
import { copyFileSync, rmSync, writeFileSync } from 'node:fs'
import { command } from '../built.ts'
import { inTurn } from '../rounds.ts'
import type { Row } from '../row.ts'
import type { Workshop } from '../workshop.ts'

const NODE = [process.execPath, '-e', '0']

const DUMP_MIB = 256

/** A file that is not there: to empty one of the run before would take time of this one. */
function output(workshop: Workshop): string {
  const path = workshop.path('copied')
  rmSync(path, { force: true })
  return path
}

/** The times of copying a file of so many MiB, with physmem and with dd. */
function copies(workshop: Workshop, mib: number) {
  const file = workshop.file(`dump-${mib}`, mib * 2 ** 20)
  const dd = ['dd', 'bs=1M', 'status=none', `if=${file}`, `of=${output(workshop)}`]
  return {
    ours: async () => (await dumped(workshop, file, mib)).ms,
    theirs: async () => {
      output(workshop)
      return (await workshop.spawned(...dd)).ms
    },
  }
}

async function dumped(workshop: Workshop, file: string, mib: number) {
  const range = `file:${file}..+${mib * 1024}k`
  return workshop.spawned(...command, '--quiet', 'dump', range, '-o', output(workshop))
}

function memory(mib: number, rounds: number): Row {
  return {
    name: `dump-memory-${mib}`,
    what: `peak memory of a dump of ${mib} MiB`,
    against: "Node's own, `node -e 0`",
    unit: 'MiB',
    comparison: 'difference',
    target: { atMost: 64 },
    measure: async (workshop) => {
      const file = workshop.file('dump', mib * 2 ** 20)
      return inTurn(
        rounds,
        async () => (await dumped(workshop, file, mib)).mib,
        async () => (await workshop.spawned(...NODE)).mib,
      )
    },
  }
}

/**
 * Both in one private mount namespace, in which a file stands in for /dev/mem: its shell runs
 * busybox a thousand times.
 */
const BUSYBOX = `i=0; while [ $i -lt 1000 ]; do busybox devmem 0x10 32; i=$((i+1)); done`

const namespace = (folder: string, script: string) => [
  'unshare',
  ...['--user', '--map-root-user', '--mount', 'sh', '-ec'],
  `mount --rbind ${folder} /dev; ${script}`,
]

export const processes: Row[] = [
  {
    name: 'read',
    what: '`physmem read`, whole process',
    against: '`node -e 0`',
    headline: {
      what: 'one `physmem read` in a shell, from its start to its end',
      against: 'Node that starts and does nothing',
    },
    unit: 'ms',
    comparison: 'ratio',
    target: { atMost: 1.25 },
    measure: (workshop) => {
      const place = `file:${workshop.file('read', 65536)}+0x10`
      return inTurn(
        41,
        async () => (await workshop.spawned(...command, 'read', place)).ms,
        async () => (await workshop.spawned(...NODE)).ms,
      )
    },
  },
  {
    name: 'devmem',
    what: '1,000 reads as one `physmem read`',
    against: '1,000 runs of `busybox devmem` (a file stands in for /dev/mem)',
    headline: {
      what: 'a thousand registers, read by one command',
      against: 'a shell loop over `busybox devmem`',
    },
    unit: 'ms',
    comparison: 'speed',
    target: { atLeast: 10 },
    unavailable: () => {
      const answer = spawnSync('unshare', ['--user', '--map-root-user', '--mount', 'busybox'])
      return answer.status === 0 ? undefined : 'no busybox, or no name spaces for it'
    },
    measure: async (workshop) => {
      copyFileSync(workshop.file('zero', 65536), workshop.path('mem'))
      const [node, main] = command
      const places = Array.from({ length: 1000 }, () => '0x10').join(' ')
      const time = async (script: string) =>
        (await workshop.spawned(...namespace(workshop.folder, script))).ms
      writeFileSync(workshop.path('null'), '')
      return inTurn(
        9,
        () => time(`exec '${node}' '${main}' read ${places}`),
        () => time(BUSYBOX),
      )
    },
  },
  {
    name: 'dump',
    what: `a dump of ${DUMP_MIB} MiB from a file-backed memory to a file, without the start of its process`,
    against: '`dd bs=1M`, the same',
    headline: {
      what: `a dump of ${DUMP_MIB} MiB, word by word, without Node’s start`,
      against: '`dd`, which copies pages',
    },
    unit: 'ms',
    comparison: 'speed',
    target: { atLeast: 1 },
    measure: async (workshop) => {
      const { ours, theirs } = copies(workshop, DUMP_MIB)
      const start = copies(workshop, 0.00390625)
      return inTurn(
        9,
        async () => (await ours()) - (await start.ours()),
        async () => (await theirs()) - (await start.theirs()),
      )
    },
  },
  {
    name: 'dump-process',
    what: `a dump of ${DUMP_MIB} MiB from a file-backed memory to a file, whole process`,
    against: '`dd bs=1M`, whole process',
    unit: 'ms',
    comparison: 'speed',
    target: {},
    measure: async (workshop) => {
      const { ours, theirs } = copies(workshop, DUMP_MIB)
      return inTurn(9, ours, theirs)
    },
  },
  memory(256, 5),
  memory(1024, 3),
]
