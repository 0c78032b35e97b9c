import { RequestError } from '../../base/errors.ts'
import type { CacheControl } from '../../engine/addon.ts'
import { isRemote } from '../../machine/facilities.ts'
import { cacheControl, countLines, maintain } from '../../operate/cache.ts'
import { bounded } from '../../operate/extent.ts'
import { invalidate } from '../../operate/invalidate.ts'
import { checkUse } from '../../operate/place-uses.ts'
import { locateStretch } from '../../operate/resolve.ts'
import { type ShownAddress, shownAddress } from '../../operate/shown-address.ts'
import { showPlace } from '../../place/at.ts'
import { formatRange, parseRange } from '../../place/index.ts'
import type { Place } from '../../place/schemes/index.ts'
import type { CacheDocument } from '../../report/cache.ts'
import { counted, were } from '../../text/count.ts'
import { refuseOtherTarget } from '../frame/check-line.ts'
import { defineCommand, one } from '../frame/command.ts'
import type { Context } from '../frame/context.ts'
import { choice } from '../frame/parsers.ts'

const parseAction = choice('an action', ['clean', 'flush', 'invalidate'])

export default defineCommand({
  arguments: [
    {
      name: 'action',
      needed: true,
      description:
        'clean: write lines back; flush: write them back and drop them; invalidate: drop them',
      completes: ['clean', 'flush', 'invalidate'],
    },
    {
      name: 'range',
      needed: true,
      description: 'A..B, A..+LENGTH or A..',
      completes: { place: 'cacheLines' },
    },
  ],
  options: {
    force: {
      flags: '--force',
      description: 'invalidate RAM that others may use: data that is only in the cache is lost',
      fallback: false as boolean,
    },
  },
  refuses: ['width', 'endian', 'actOnPorts', 'actOnI2c'],
  meanings: { quiet: 'print nothing when all went well' },
  examples: [
    ['cache clean 0x20000000..+64k', 'a device then sees what this CPU wrote'],
    ['cache flush 0x20000000..+64k', 'this CPU then sees what a device wrote'],
    ['cache invalidate 0x20000000..+64k', 'the same without writing; by the kernel module'],
  ],
  notes: [
    'Every line that holds a byte of the range is written back, with a full barrier before and ' +
      'after. Memory changes only where a line was dirty.',
    'Only the kernel can drop lines without writing them back (invalidate): its module ' +
      '/dev/physmem does it, for buffers and for memory that the kernel does not use.',
  ],
  inBatches: true,
  async run(context, args, { force }) {
    const action = parseAction(one(args, 0))
    const extent = parseRange(one(args, 1))
    if (force && action !== 'invalidate') {
      throw new RequestError('EUSAGE', `--force does not apply to cache ${action}: leave it out`)
    }
    checkUse(extent.place, 'cacheLines')
    refuseOutOfReach(context, extent.place, action)
    const machine = await context.machine('read', [extent.place])
    const { place, length } = await bounded(extent, machine, { width: 8, text: one(args, 1) })
    if (action === 'invalidate' && context.has('caches', place)) {
      const address = await invalidate(place, length, force, context.system)
      report(context, { place, address, length, action }, cacheControl())
      return 0
    }
    const stretch = await locateStretch(machine, place, length)
    // A simulated board has no cache: of invalidating, too, only the range is checked.
    const made = action === 'clean' ? 'clean' : 'flush'
    await maintain(stretch, made, context.io.interrupted())
    const address = shownAddress(stretch.memory, stretch.address)
    report(context, { place, address, length, action }, await controlOf(context, place))
    return 0
  },
})

function refuseOutOfReach(context: Context, place: Place, action: Action): void {
  const { command, settings } = context
  if (context.isOutOfReach('caches', place)) refuseOtherTarget(command, ['caches'], settings)
  if (action === 'invalidate' && context.isOutOfReach('kernel', place))
    refuseOtherTarget(`${command} ${action}`, ['kernel'], settings)
}

/** What the CPU of a place lets programs do to its lines; `undefined` of what is not cached. */
async function controlOf(context: Context, place: Place): Promise<CacheControl | undefined> {
  if (!context.has('caches', place)) return undefined
  if (place.scheme === 'file' || !isRemote(context.settings.target)) return cacheControl()
  return (await context.remoteMachine()).caches?.()
}

type Action = 'clean' | 'flush' | 'invalidate'

interface Work {
  place: Place
  address: ShownAddress
  length: number
  action: Action
}

const DONE = { clean: 'cleaned', flush: 'flushed', invalidate: 'invalidated' } as const

/** `control` is absent of what is not cached. */
function report(
  context: Context,
  { place, ...work }: Work,
  control: CacheControl | undefined,
): void {
  const { address, length, action } = work
  const quiet = context.settings.json || context.settings.quiet
  const range = formatRange({ place, length })
  if (!control) {
    context.record<CacheDocument>({ place: range, ...work, lines: 0 })
    if (!quiet) {
      const shown = `${showPlace(place)}..+0x${length.toString(16)}`
      context.print(`${shown} is not cached: there is nothing to do`)
    }
    return
  }
  const { lineBytes } = control
  const how = action === 'invalidate' ? {} : { instruction: control[action] }
  const lines = countLines(address, length, lineBytes)
  context.record<CacheDocument>({ place: range, ...work, lines, lineBytes, ...how })
  if (quiet) return
  const by = how.instruction ?? 'by the kernel module'
  context.print(
    `${counted(lines, 'line')} of ${counted(lineBytes, 'byte')} ${were(lines)} ${DONE[action]} (${by})`,
  )
  if (action === 'clean' && control.clean === control.flush) {
    context.note(`this CPU has no clwb: ${by} cleans a line and also drops it`)
  }
  if (action === 'invalidate' && context.system.cpu === 'x64') {
    context.note('x86 cannot drop a line without writing it back: the lines were flushed')
  }
}
