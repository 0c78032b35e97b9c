import { formatHex } from '../../../place/index.ts'
import { printable } from '../../../text/refuse.ts'
import type { KernelTranslation, Translation } from '../../../translate/index.ts'
import { describeMapping, showVirtual } from '../../../translate/mappings.ts'
import { showSize } from '../format/size.ts'
import { columns, showFlags, showPhysical, showTimes } from './text.ts'

type Row = readonly [name: string, text: string]

/** What is known of one virtual address of a process, for people. */
export function translationLines(found: Translation): string[] {
  const { pid, process, virtual, address, frame, mapping, flags, mapCount, node } = found
  const rows: Row[] = [
    ['virtual', `${showVirtual(virtual)} of process ${pid} (${printable(process)})`],
    ['physical', `${showPhysical(address)}${found.source ? ` by ${printable(found.source)}` : ''}`],
    ['frame', formatHex(frame)],
    ['page', showPage(found)],
  ]
  if (flags) rows.push(['flags', showFlags(flags)])
  if (mapCount !== undefined) {
    rows.push(['mapped', mapCount === 1 ? 'once: by this process alone' : showTimes(mapCount)])
  }
  if (node !== undefined) rows.push(['node', `${node}`])
  rows.push(['mapping', describeMapping(mapping)])
  if (found.fileOffset !== undefined && found.by === 'pagemap') {
    rows.push(['offset', `${formatHex(found.fileOffset)} in the file`])
  }
  return [...columns(rows), ...notes(found)]
}

const NAMES: Record<Translation['pageKind'], string> = {
  base: '',
  'transparent huge': ', a transparent huge page',
  hugetlb: ', a page of hugetlbfs',
  device: ', memory of a device',
}

function showPage({ pageSize, pageKind, compound, address }: Translation): string {
  const size = `${showSize(pageSize)}${NAMES[pageKind]}`
  if (pageKind !== 'base') return `${size}, ${formatHex(address % pageSize)} in it`
  if (compound === undefined) return size
  return `${size}, part of a compound page of ${showSize(compound.size)}`
}

/** What a user of the address must know. */
function notes({ moved, movedFrom, zeroPage, secret }: Translation): string[] {
  const lines: string[] = []
  if (zeroPage) {
    lines.push('note: this is the shared zero page; the process gets another one when it writes')
  }
  if (secret) {
    lines.push(
      'note: the kernel has removed the page from its own mapping (memfd_secret): /proc/kcore shows zeros in its place',
    )
  }
  if (moved > 0 && movedFrom !== undefined) {
    lines.push(
      `note: the page moved while it was looked at: before, it was in ${showPhysical(movedFrom)}`,
    )
  }
  return lines
}

/** The same of the kernel. */
export function kernelLines({ virtual, address, symbol }: KernelTranslation): string[] {
  const module = symbol?.module === undefined ? '' : ` of ${symbol.module}`
  const name = symbol === undefined ? '' : ` (${symbol.name}${module})`
  return columns([
    ['virtual', `${showVirtual(virtual)} of the kernel${name}`],
    ['physical', showPhysical(address)],
  ])
}
