import type { Machine } from '../face/machine.ts'

/**
 * The default export of a file that `physmem run` runs: it is given the machine of `--target`, which is
 * closed when the promise has settled, and the words that follow the file.
 *
 *     const script: Script = async (machine, args) => {
 *       const memory = await machine.open()
 *       console.log(await memory.read32(Number(args[0])))
 *     }
 *     export default script
 *
 * `Script<LocalMachine>` is one for this machine only, with its windows and devices.
 */
export type Script<M extends Machine = Machine> = (machine: M, args: readonly string[]) => unknown
