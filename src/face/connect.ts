import { RequestError } from '../base/errors.ts'
import { byTarget } from '../machine/connect.ts'
import type { SimMemory } from '../memory/sim/index.ts'
import { checkKind, shape, shown } from '../text/options.ts'
import { Elsewhere, type Way } from './elsewhere.ts'
import { Here } from './local.ts'
import type { FarMachine, LocalMachine, Machine, MappableMachine } from './machine.ts'
import { Simulated } from './simulated.ts'

/**
 * The machine that a target names: `local` is this one, `sim:` the simulated board that physmem brings,
 * `sim:FILE` one that is described in a YAML file, and a board that `openSim` of physmem/sim has opened
 * is itself one. `ssh://[USER@]HOST[:PORT]` is a machine by the system's ssh client, `sudo:` this one
 * with root's rights, `exec:COMMAND` what a program reaches that runs a shell there, `unix:SOCKET`
 * an agent that serves at a socket, and `serial:DEVICE[,BAUD]` one at a serial line; `gdb://HOST:PORT`,
 * `gdb:SOCKET`, `qmp:SOCKET` and `qmp://HOST:PORT` are debug ports, which reach plain addresses: these
 * have no windows.
 *
 *     await using board = await connect('sim:')
 *     const memory = await board.open()
 *
 * A board that was given stays open when the machine is closed. Rejects with ESCHEME for what is no
 * target, with ECONNECTION for a machine that is not reached, and as `openSim` does for a file that describes no board. Nothing of this machine is touched
 * yet.
 */
export function connect(target: 'local'): Promise<LocalMachine>
export function connect(target: `sim:${string}` | SimMemory): Promise<MappableMachine>
export function connect(
  target: `ssh://${string}` | 'sudo:' | `${'exec' | 'unix' | 'serial'}:${string}`,
): Promise<FarMachine>
export function connect(target: string): Promise<Machine>
export async function connect(target: string | SimMemory): Promise<Machine> {
  checkKind('target', target, 'target')
  return await connectBy(target)
}

/** The same, where more is said of the way to the machine. @internal */
export async function connectBy(target: string | SimMemory, way: Way = {}): Promise<Machine> {
  const machine = machineOf(target, way)
  if (machine instanceof Simulated) await machine.board()
  if (machine instanceof Elsewhere) await machine.reach()
  return machine
}

/** The same, of which a board is switched on when it is first needed. Throws ESCHEME. */
export function machineOf(target: string | SimMemory, way: Way = {}): Here | Simulated | Elsewhere {
  checkTarget(target)
  if (typeof target !== 'string') return new Simulated(target.name, target)
  return byTarget<Here | Simulated | Elsewhere>(target, {
    local: () => new Here(),
    sim: (file) => new Simulated(target, () => switchOn(file)),
    remote: () => new Elsewhere(target, way),
    debug: () => new Elsewhere(target),
  })
}

async function switchOn(file: string): Promise<SimMemory> {
  const { openSim } = await import('../memory/sim/index.ts')
  return openSim(file)
}

/** By its members: a bundle may hold the class twice. */
const BOARD = shape<SimMemory>('a simulated board', {
  board: 'object',
  clock: 'object',
  name: 'string',
  closeWith: 'function',
})

/** Throws EUSAGE for an object that is not a board. */
export function checkTarget(target: string | SimMemory | undefined): void {
  if (typeof target !== 'object' || BOARD.is(target)) return
  const expected = 'the name of a target, or a board that openSim of physmem/sim has opened'
  const message = `target: expected ${expected}, not ${shown(target)}`
  throw new RequestError('EUSAGE', message)
}
