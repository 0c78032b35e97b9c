/**
 * Brings a block up, with the machine that the command has reached:
 *
 *     physmem run -t sim: examples/bring-up.ts            on the simulated board
 *     physmem run -t sim: examples/bring-up.ts Turbo      in another mode
 *
 * Node 22.18 and newer run it as it is; an older Node needs `tsx` where the script is.
 */
import type { Script } from 'physmem'

const CONTROL = 0x1000_0020
const START = 1 << 7

const script: Script = async (machine, [mode = 'Fast']) => {
  const board = await machine.describe()
  await board.update('demo.CONTROL', { MODE: mode, START: 'start' })
  const memory = await machine.open()
  await memory.wait32(CONTROL, { mask: START, equals: 0, timeoutMs: 500 })
  const { fields } = await board.read('demo.CONTROL')
  console.log(`${machine.target} is up, in mode ${fields.MODE?.name}`)
}

export default script
