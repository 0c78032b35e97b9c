import { OWNERS_NEEDS } from '../../machine/facilities.ts'
import { addressesOf } from '../../operate/frames-of.ts'
import type { OwnersDocument } from '../../report/owners.ts'
import { ownersToJson } from '../../report/owners.ts'
import { ownersBy } from '../../translate/owners.ts'
import { looks } from '../frame/batch/reasons.ts'
import { defineCommand, several } from '../frame/command.ts'
import { Progress } from '../views/format/progress.ts'
import { withAsking } from '../views/translate/asking.ts'
import { Lines } from '../views/translate/lines.ts'
import { frameLines, quietLines, skippedNote } from '../views/translate/owners-view.ts'

export default defineCommand({
  arguments: [
    {
      name: 'place',
      needed: true,
      several: true,
      description: 'physical addresses, other places, or ranges (A..B, A..+LENGTH)',
      completes: { place: 'page' },
    },
  ],
  options: {},
  meanings: { quiet: 'print PHYSICAL PID VIRTUAL of each mapping only' },
  examples: [
    ['owners 0x12345000', 'which processes have mapped this page, where, and what it is'],
    ['owners pid:1234:0x7ffc12345678', 'who shares this page of a process'],
    ['owners 0x12340000..+64k -q', 'of 16 pages: PHYSICAL PID VIRTUAL'],
  ],
  notes: [
    'Needs root. The page tables of all processes are read once, whatever the number of pages; what ' +
      'is printed was true then. Where the kernel says that nobody maps a page, only mappings of ' +
      'device memory are looked at, which it does not count.',
  ],
  refuses: ['width', 'endian', 'actOnPorts', 'actOnI2c'],
  needs: OWNERS_NEEDS,
  inBatches: looks,
  async run(context, args) {
    const { settings } = context
    const signal = context.io.interrupted()
    let progress: Progress | undefined
    const onProgress = (done: number, total: number) => {
      progress ??= new Progress(context.io.stderr, total, !settings.quiet, 'processes')
      progress.update(done)
    }
    const report = await withAsking(context, async (asking) => {
      const addresses: number[] = []
      for (const text of several(args, 0)) {
        for (const address of await addressesOf(text, asking)) addresses.push(address)
      }
      return await ownersBy(asking, addresses, { onProgress, signal })
    }).finally(() => progress?.end())
    context.record<OwnersDocument>(ownersToJson(report))
    if (!settings.json) {
      const lines = new Lines(context)
      for (const [index, frame] of report.frames.entries()) {
        if (index > 0 && !settings.quiet) lines.add('')
        for (const line of settings.quiet ? quietLines(frame) : frameLines(frame)) lines.add(line)
      }
      lines.flush()
    }
    const note = skippedNote(report)
    if (note !== undefined) context.note(note)
    return 0
  },
})
