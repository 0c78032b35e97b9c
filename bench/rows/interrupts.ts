import { machineUnavailable } from '../../lab/machine/available.ts'
import { type Machine, startMachine } from '../../lab/machine/machine.ts'
import type { ArchiveEntry } from '../../lab/supply/cpio.ts'
import { guestProgram } from '../../lab/supply/guest-program.ts'
import { compileForGuest } from '../../lab/supply/runner.ts'
import { inTurn } from '../rounds.ts'
import type { Rounds, Row } from '../row.ts'

const EDU = '0000:00:04.0'
const COUNT = 500

/** One figure of the microseconds that a program in the machine takes for each interrupt. */
async function measured(machine: Machine, program: string, part: number): Promise<number> {
  const line = `${program} uio0 ${EDU} ${COUNT}`
  const { stdout, stderr, exitCode } = await machine.exec(line, { timeoutMs: 120_000 })
  if (exitCode !== 0) throw new Error(stderr)
  const values = stdout.trim().split('\n').map(Number)
  values.sort((a, b) => a - b)
  return (values[Math.floor(values.length * part)] ?? Number.NaN) / 1000
}

/** The machine's clock counts instructions, 4 ns each: what else the host does makes no difference. */
const COUNTING = ['-icount', 'shift=2,sleep=off']

/** `flags`: for Node. */
async function measure(part: number, flags: string): Promise<Rounds> {
  const ours = await guestProgram('interrupt-latency')
  const theirs: ArchiveEntry = {
    path: '/lab/interrupts',
    source: await compileForGuest('x86_64', 'interrupts'),
    mode: 0o755,
  }
  // Its arguments are paths.
  const script = '#!/bin/sh\nexec /lab/interrupts /dev/$1 /sys/bus/pci/devices/$2 $3\n'
  await using machine = await startMachine({
    arch: 'x86_64',
    modules: ['uio_pci_generic'],
    devices: [...COUNTING, '-device', 'edu,addr=4'],
    bootTimeoutMs: 170_000,
    files: [ours.entry, theirs, { path: '/lab/wait', content: script, mode: 0o755 }],
    lifetimeMs: 300_000,
  })
  const bound = await machine.exec(`physmem bind ${EDU} uio_pci_generic --keep -q`)
  if (bound.exitCode !== 0) throw new Error(bound.stderr)
  return await inTurn(
    5,
    () => measured(machine, ours.command.replace(/^node/, `node ${flags}`), part),
    () => measured(machine, '/lab/wait', part),
  )
}

function row(name: string, which: string, part: number, flags = ''): Row {
  return {
    name,
    what: `from raising an interrupt to TypeScript, ${which} of ${COUNT}, on one CPU of a virtual machine${flags && `, \`node ${flags}\``}`,
    against: 'to C, blocked in read() of /dev/uio0 (4 ns an instruction)',
    unit: 'µs',
    comparison: 'ratio',
    target: {},
    unavailable: () => machineUnavailable('x86_64', '6.1'),
    measure: () => measure(part, flags),
  }
}

export const interrupts: Row[] = [
  row('interrupt-median', 'median', 0.5),
  row('interrupt-99', '99th percentile', 0.99),
  row('interrupt-99-single', '99th percentile', 0.99, '--single-threaded'),
]
