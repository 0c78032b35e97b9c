import { machineUnavailable } from '../../lab/machine/available.ts'
import { type Machine, startMachine } from '../../lab/machine/machine.ts'
import { inTurn } from '../rounds.ts'
import type { Row } from '../row.ts'

/** The clock period register of the HPET: a real device node and a register, an emulated CPU. */
const REGISTER = '0xfed00004'
const LOOP = 'i=0; while [ $i -lt 1000 ]; do'
const NEXT = 'i=$((i+1)); done'

async function time(machine: Machine, script: string): Promise<number> {
  const start = performance.now()
  const { exitCode, stderr } = await machine.exec(script, { timeoutMs: 120_000 })
  if (exitCode !== 0) throw new Error(stderr)
  return performance.now() - start
}

/** A whole command against Node's own start, on a CPU that compiles slowly. */
function start(name: string, line: string): Row {
  return {
    name: `${name}-guest`,
    what: `\`physmem ${line}\`, whole process, in a virtual machine`,
    against: '`node -e 0` (an emulated CPU)',
    unit: 'ms',
    comparison: 'ratio',
    target: { atMost: 1.6 },
    unavailable: () => machineUnavailable('x86_64', '6.12'),
    measure: async () => {
      const devices = ['-device', 'edu,addr=4']
      const options = { arch: 'x86_64', series: '6.12', devices, lifetimeMs: 300_000 } as const
      await using machine = await startMachine(options)
      return await inTurn(
        15,
        () => time(machine, `physmem ${line} > /dev/null`),
        () => time(machine, 'node -e 0'),
      )
    },
  }
}

export const guest: Row[] = [
  start('read', `read ${REGISTER}`),
  start('read-pci', 'read pci:0000:00:04.0/bar0'),
  start('map', 'map'),
  {
    name: 'devmem-guest',
    what: '1,000 reads as one `physmem read`, in a virtual machine',
    against: '1,000 runs of `busybox devmem` (/dev/mem; an emulated CPU)',
    unit: 'ms',
    comparison: 'speed',
    target: { atLeast: 10 },
    unavailable: () => machineUnavailable('x86_64', '6.1'),
    measure: async () => {
      await using machine = await startMachine({ arch: 'x86_64', lifetimeMs: 300_000 })
      return await inTurn(
        3,
        () => time(machine, `physmem read $(${LOOP} echo ${REGISTER}; ${NEXT}) > /dev/null`),
        () => time(machine, `${LOOP} busybox devmem ${REGISTER} 32; ${NEXT} > /dev/null`),
      )
    },
  },
]
