import { PhysmemError, RefusedError } from '../../errors.ts'
import { Program } from '../../memory/program.ts'
import { loadAddon } from '../../native/addon.ts'
import { formatRange, parseRange } from '../../place/index.ts'
import { restateFailure } from '../access/failure.ts'
import { locateStretch } from '../access/resolve.ts'
import { defineCommand, one } from '../command.ts'
import { choice } from '../parsers.ts'

const parseAction = choice('an action', ['clean', 'flush', 'invalidate'])

export default defineCommand({
  arguments: [
    {
      name: '<action>',
      description: 'clean: write lines back; flush: write them back and drop them',
      completes: ['clean', 'flush'],
    },
    { name: '<range>', description: 'A..B or A..+LENGTH', completes: 'place' },
  ],
  options: {},
  refuses: ['width', 'endian'],
  examples: [
    ['cache clean 0x20000000..+64k', 'a device then finds what this CPU wrote'],
    ['cache flush 0x20000000..+64k', 'this CPU then finds what a device wrote'],
  ],
  notes: [
    'Every line that holds a byte of the range is written back, with a full barrier before and ' +
      'behind. Nothing is changed but for what a dirty line held.',
    "Dropping lines without writing them back (invalidate) is the kernel's alone, and refused.",
  ],
  async run(context, args) {
    const action = parseAction(one(args, 0))
    const { place, length } = parseRange(one(args, 1))
    if (action === 'invalidate') throw noInvalidate()
    const range = formatRange({ place, length })
    const stretch = await locateStretch(await context.machine('read'), place, length)
    const { address, memory } = stretch
    const program = new Program([{ op: 'cache', action, address, length }])
    try {
      await memory.run(program, { signal: context.io.interrupted() })
    } catch (error) {
      throw error instanceof PhysmemError ? restateFailure(error, place, address) : error
    }
    const { json, quiet, target } = context.settings
    const control =
      target === 'local' || place.scheme === 'file' ? loadAddon().cacheControl() : null
    if (!control) {
      context.record({ place: range, address, length, action, lines: 0 })
      if (!json && !quiet) context.print(`${range} is behind no cache: there is nothing to do`)
      return 0
    }
    const { lineBytes, [action]: instruction } = control
    const lines = countLines(address, length, lineBytes)
    context.record({ place: range, address, length, action, lines, lineBytes, instruction })
    if (json || quiet) return 0
    const verb = action === 'clean' ? 'cleaned' : 'flushed'
    const were = lines === 1 ? 'line of' : 'lines of'
    const done = lines === 1 ? 'was' : 'were'
    context.print(`${lines} ${were} ${lineBytes} bytes ${done} ${verb} (${instruction})`)
    if (action === 'clean' && instruction.startsWith('clflush')) {
      context.note(`this CPU has no clwb: ${instruction} cleans a line by also dropping it`)
    }
    return 0
  },
})

function countLines(address: number, length: number, lineBytes: number): number {
  return Math.floor((address + length - 1) / lineBytes) - Math.floor(address / lineBytes) + 1
}

/** Intel SDM 2A, INVD; Arm ARM C5.3, DC IVAC: arch/arm64/kernel/traps.c makes it SIGILL. */
function noInvalidate(): RefusedError {
  return new RefusedError(
    'EREFUSED',
    'cache lines cannot be dropped without being written back: the CPU lets only the kernel do that (invd, dc ivac)',
    { cure: 'flush them, which writes changed lines back before it drops them' },
  )
}
