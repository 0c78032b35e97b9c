import { machineUnavailable } from '../../lab/machine/available.ts'
import { type Machine, startMachine } from '../../lab/machine/machine.ts'
import type { ArchiveEntry } from '../../lab/supply/cpio.ts'
import { guestProgram } from '../../lab/supply/guest-program.ts'
import { compileForGuest } from '../../lab/supply/runner.ts'
import { inTurn } from '../rounds.ts'
import type { Row } from '../row.ts'

const EDU = '0000:00:04.0'
/** Rounds of a process, whose median counts, and turns of each. */
const ROUNDS = 9
const TURNS = 20_000

async function ns(machine: Machine, program: string): Promise<number> {
  const line = `${program} ${ROUNDS} ${TURNS}`
  const { stdout, stderr, exitCode } = await machine.exec(line, { timeoutMs: 120_000 })
  if (exitCode !== 0) throw new Error(stderr)
  return Number(stdout)
}

/** Beside the loop over ordinary memory (loops.ts): here both sides wait for the device. */
export const register: Row[] = [
  {
    name: 'gpio-device',
    what: 'the same loop on a register of a device: read, change a bit, write, in a virtual machine',
    against: "the same loop in C, `volatile` (QEMU's edu card, an emulated CPU)",
    unit: 'ns',
    comparison: 'ratio',
    target: { atMost: 1.1 },
    unavailable: () => machineUnavailable('x86_64', '6.1'),
    measure: async () => {
      const ours = await guestProgram('register-loop')
      const theirs: ArchiveEntry = {
        path: '/lab/register-loop',
        source: await compileForGuest('x86_64', 'register-loop'),
        mode: 0o755,
      }
      await using machine = await startMachine({
        arch: 'x86_64',
        devices: ['-device', 'edu,addr=4'],
        files: [ours.entry, theirs],
        lifetimeMs: 300_000,
      })
      return await inTurn(
        9,
        () => ns(machine, `${ours.command} pci:${EDU}/bar0`),
        () => ns(machine, `/lab/register-loop /sys/bus/pci/devices/${EDU}/resource0`),
      )
    },
  },
]
