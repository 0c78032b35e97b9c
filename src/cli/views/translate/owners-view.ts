import { formatHex } from '../../../place/index.ts'
import { printable } from '../../../text/refuse.ts'
import type { OwnedFrame, Owner, OwnersReport } from '../../../translate/index.ts'
import { nameOf, rightsOf, showVirtual } from '../../../translate/mappings.ts'
import { columns, showFlags, showPhysical, showTimes, widest } from './text.ts'

/** What is known of one frame, for people. */
export function frameLines(found: OwnedFrame): string[] {
  const { address, frame, state, flags, mapCount, node, cgroup, resources = [], owners } = found
  const rows: [name: string, text: string][] = [
    ['physical', `${showPhysical(address)}, frame ${formatHex(frame)}`],
    ['is', printable(state)],
  ]
  if (flags && flags.length > 0) rows.push(['flags', showFlags(flags)])
  if (mapCount !== undefined) rows.push(['mapped', mapCount === 0 ? 'never' : showTimes(mapCount)])
  if (node !== undefined) rows.push(['node', `${node}`])
  if (cgroup !== undefined) rows.push(['cgroup', printable(cgroup)])
  if (resources.length > 0) rows.push(['iomem', printable(resources.join(', '))])
  const lines = columns(rows)
  const shared = 'who shares it is not looked up: the kernel does not count mappings of this page'
  const none = owners.length === 0 ? ['no process has mapped it'] : []
  return lines.concat(owners.length > 0 ? table(owners) : [], found.zeroPage ? [shared] : none)
}

function table(owners: readonly Owner[]): string[] {
  const rows = owners.map((owner) => [
    `${owner.pid}`,
    printable(owner.process),
    showVirtual(owner.virtual),
    `${rightsOf(owner.mapping)} ${nameOf(owner.mapping)}${showOffset(owner)}`,
  ])
  const all = [['pid', 'process', 'virtual', 'mapping'], ...rows]
  const widths = [0, 1, 2].map((index) => widest(all.map((row) => row[index] ?? '')))
  return all.map(([pid = '', process = '', virtual = '', mapping = '']) =>
    [
      pid.padStart(widths[0] ?? 0),
      process.padEnd(widths[1] ?? 0),
      virtual.padEnd(widths[2] ?? 0),
      mapping,
    ].join('  '),
  )
}

/** Where in the file; of device memory, the offset is not a place in a file. */
function showOffset({ fileOffset, by }: Owner): string {
  return fileOffset === undefined || by === 'mapping' ? '' : `+${formatHex(fileOffset)}`
}

/** PHYSICAL PID VIRTUAL of each owner. */
export function quietLines({ address, owners }: OwnedFrame): string[] {
  return owners.map(({ pid, virtual }) => `${showPhysical(address)} ${pid} ${showVirtual(virtual)}`)
}

/** Which processes were left out: they may own the pages, too. */
export function skippedNote({ skipped }: OwnersReport): string | undefined {
  if (skipped.length === 0) return undefined
  const most = 3
  const names = skipped.slice(0, most).map(({ pid, name }) => `${pid} (${printable(name)})`)
  const rest = skipped.length > most ? ` and ${skipped.length - most} more` : ''
  return `this user may not look at the memory of ${names.join(', ')}${rest}, which may own these pages, too`
}
