import type { Evidence } from '../../../base/evidence.ts'
import type { Diagnosis } from '../../../doctor/examine.ts'
import type { Told } from '../../../doctor/finding.ts'
import type { Host } from '../../../doctor/host.ts'
import { printable } from '../../../text/refuse.ts'
import type { Output } from '../../frame/io.ts'
import { type Mark, marksFor } from './marks.ts'

/** Everything that was found: the machine, a line a finding, and below it why, what shows it, what helps. */
export function diagnosisLines({ host, findings }: Diagnosis, output: Output): string[] {
  const mark = marksFor(output)
  const groups = grouped(findings).map(printableTitles)
  const width = Math.max(...groups.map(({ title }) => title.length))
  return [
    ...hostLines(host),
    '',
    ...groups.flatMap((group) => findingLines(group, findings, mark, width)),
    ...wordLines(host),
  ]
}

const INDENT = '     '

function hostLines({ release, cpu, uid, userNamespace, lockdown, capabilities }: Host): string[] {
  const lacking = Object.keys(capabilities).filter((name) => !capabilities[name])
  const who = uid === undefined ? 'user unknown' : uid === 0 ? 'root' : `user ${uid}`
  const all = lacking.length === 0 ? 'all capabilities that count' : undefined
  const may =
    userNamespace === 'other'
      ? 'in a user namespace, where no capability counts for memory'
      : all
        ? `with ${all}`
        : `without ${lacking.join(', ')}`
  return [
    `Linux ${printable(release || '(release unknown)')} on ${cpu}; ${who}, ${may}`,
    `lockdown: ${lockdown.level}`,
    ...shown(lockdown.evidence),
  ]
}

/** Findings that say the same of several things, as of the BARs of many functions. */
interface Group extends Told {
  /** What they are about, where there are several. */
  members: string[]
}

function grouped(findings: readonly Told[]): Group[] {
  const groups: Group[] = []
  for (const finding of findings) {
    const same = groups.find((group) => saysTheSame(group, finding))
    if (same) {
      same.members.push(finding.title)
      same.title = `${same.members.length} ${KINDS[kindOf(finding)] ?? 'of one kind'}`
    } else groups.push({ ...finding, members: [finding.title] })
  }
  return groups
}

const KINDS: Record<string, string> = { bar: 'PCI BARs', uio: 'UIO maps' }

/** `bar` of `bar:0000:00:04.0/bar0`. */
function kindOf({ id }: Told): string {
  return id.split(':')[0] ?? id
}

function saysTheSame(one: Told, other: Told): boolean {
  const said = ({ verdict, reason, cures, instead }: Told) =>
    JSON.stringify([verdict, reason, cures, instead])
  const named = one.id.includes(':') && kindOf(one) === kindOf(other)
  return named && said(one) === said(other)
}

function findingLines(finding: Group, all: readonly Told[], mark: Mark, width: number): string[] {
  const { title, verdict, reason, evidence, cures, instead, because, members } = finding
  const head = `${mark(verdict)}  ${title.padEnd(width)}  ${verdict}`
  const decisive = all.find(({ id }) => id === because)
  if (decisive) return [`${head}, as: ${printable(decisive.title)}`]
  const which = members.length > 1 ? wrapped(members).flatMap((line) => entry('these', line)) : []
  if (verdict === 'works' && cures.length === 0) return [`${head}: ${printable(reason)}`, ...which]
  if (verdict === 'absent' && cures.length + evidence.length === 0) {
    const other = instead === undefined ? '' : `; instead: ${instead}`
    return [`${head}: ${printable(reason + other)}`, ...which]
  }
  return [
    head,
    ...which,
    ...entry('why', reason),
    ...shown(evidence),
    ...cures.flatMap((cure) => entry('cure', cure)),
    ...(instead === undefined ? [] : entry('instead', instead)),
  ]
}

function entry(name: string, text: string): string[] {
  return [`${INDENT}${name.padEnd(8)} ${printable(text)}`]
}

export function shown(evidence: readonly Evidence[]): string[] {
  // The kernel's own lines have tabs, which a reader sees as blanks.
  return evidence.flatMap(({ file, line }) =>
    entry('seen in', `${file}: ${line.replaceAll('\t', ' ')}`),
  )
}

function printableTitles(group: Group): Group {
  return { ...group, title: printable(group.title), members: group.members.map(printable) }
}

/** Words with commas, some on each line. */
function wrapped(words: readonly string[]): string[] {
  const lines: string[] = []
  for (const word of words) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + word.length < 80) {
      lines[lines.length - 1] = `${last}, ${word}`
    } else lines.push(word)
  }
  return lines
}

function wordLines({ words }: Host): string[] {
  if (words.length === 0) return []
  const width = Math.max(...words.map(({ text }) => printable(text).length))
  return [
    '',
    'words of the kernel command line that bear on memory, or seem to:',
    ...words.map(({ text, effect }) => `${INDENT}${printable(text).padEnd(width)}  ${effect}`),
  ]
}
