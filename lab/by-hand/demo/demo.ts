/** `npm run demo`: the main job of physmem, on real kernels in throw-away machines. */
import { labUnavailable } from '../../machine/available.ts'
import { type Machines, startMachines, tellOnKernels } from './on-kernels.ts'
import { tellOnSimulation } from './on-simulation.ts'
import { Teller } from './teller.ts'

const start = performance.now()
const teller = new Teller((text) => process.stdout.write(text))

/** The running machines, or why there are none. */
async function machinesOrReason(): Promise<Machines | string> {
  const reason = labUnavailable('x86_64', '6.1') ?? labUnavailable('aarch64', '6.1')
  if (reason !== undefined) return reason
  teller.line('QEMU boots two throw-away machines …')
  try {
    return await startMachines()
  } catch (error) {
    return (error as Error).message
  }
}

teller.headline('physmem: physical memory and hardware registers, from Linux user space')
const machines = await machinesOrReason()
if (typeof machines === 'string') {
  await tellOnSimulation(teller, machines)
} else {
  await using running = machines
  await tellOnKernels(teller, running)
}

const seconds = ((performance.now() - start) / 1000).toFixed(0)
teller.line()
teller.line(`That was all, in ${seconds} s. What next: physmem --help, and README.md.`)
if (teller.surprises > 0) {
  teller.line(`${teller.surprises} of it did not go as the story says: please report it.`)
  process.exitCode = 1
}
