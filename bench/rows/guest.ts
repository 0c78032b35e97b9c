import { machineUnavailable } from '../../lab/available.ts'
import { type Machine, startMachine } from '../../lab/machine.ts'
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

export const guest: Row[] = [
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
