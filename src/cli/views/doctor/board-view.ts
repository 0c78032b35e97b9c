import { type Told, told, works } from '../../../doctor/finding.ts'
import type { Inventory } from '../../../inventory/inventory.ts'
import { lengthOf, type Region } from '../../../inventory/region.ts'
import type { BoardDescription } from '../../../memory/sim/schema.ts'
import { counted } from '../../../text/count.ts'
import { formatHex } from '../../../text/number.ts'
import { printable } from '../../../text/refuse.ts'
import type { Output } from '../../frame/io.ts'
import { showSize } from '../format/size.ts'
import { marksFor } from './marks.ts'

/** What a simulated board has, all of which works: it is a part of this process. */
export function findingsOf({ memory }: Inventory): Told[] {
  return memory.map((region) =>
    told(works({ id: region.name, title: region.name }, reasonOf(region))),
  )
}

function reasonOf(region: Region): string {
  const where = `${showSize(lengthOf(region))} at ${formatHex(region.start, 32)}`
  const { length } = region.children
  const [what] = region.facts.flatMap((fact) => (fact.kind === 'board' ? [fact.what] : []))
  if (what === 'device') return `${counted(length, 'register')} in ${where}`
  return `${what === 'rom' ? 'ROM' : 'RAM'}, ${where}`
}

export function boardLines(
  { name, description }: BoardDescription,
  target: string,
  findings: readonly Told[],
  output: Output,
): string[] {
  const about = description ? `: ${description}` : ''
  return [
    printable(`the simulated board ${name} (${target})${about}`),
    'It is in this process: it needs no root, no kernel and no hardware.',
    '',
    ...findingLines(findings, output),
  ]
}

/** What a debug port does, and what not. */
export function debugPortLines(
  program: string,
  target: string,
  findings: readonly Told[],
  output: Output,
): string[] {
  return [printable(`a debug port (${target}): ${program}`), '', ...findingLines(findings, output)]
}

function findingLines(findings: readonly Told[], output: Output): string[] {
  const mark = marksFor(output)
  const width = Math.max(0, ...findings.map(({ title }) => title.length))
  return findings.flatMap(({ title, verdict, reason, cures }) => [
    `${mark(verdict)}  ${title.padEnd(width)}  ${verdict}: ${reason}`,
    ...cures.map((cure) => `     cure     ${cure}`),
  ])
}
