import { writeFile } from 'node:fs/promises'
import { systemAt } from '../engine/system-at.ts'
import { readCommandLine } from '../linux/cmdline.ts'
import { type Resource, readIomem } from '../linux/iomem.ts'
import type { LocalSystem } from '../linux/system.ts'
import { SYSTEM } from '../linux/system-kinds.ts'
import { checkKind, shape } from '../text/options.ts'
import type { Diagnosis } from './examine.ts'
import type { Told } from './finding.ts'
import { maskWord } from './masking.ts'

const DIAGNOSIS = shape<Diagnosis>('what examine gives', { host: 'object', findings: 'array' })

/**
 * What a maintainer would ask for, as text: kernel, configuration, command line, what each way to
 * memory answers, and which resources there are. Nothing that is secret or says who one is: no
 * environment, no names of hosts, users or processes, no addresses of networks, no serial numbers;
 * of the command line only words that are known to be harmless.
 */
export function reportText(diagnosis: Diagnosis, version: string): string
/** @internal Of a machine that this is not. */
export function reportText(diagnosis: Diagnosis, version: string, system: LocalSystem): string
export function reportText(
  diagnosis: Diagnosis,
  version: string,
  system: LocalSystem = systemAt(),
): string {
  checkKind('diagnosis', diagnosis, DIAGNOSIS)
  checkKind('version', version, 'string')
  checkKind('system', system, SYSTEM)
  const { host, findings } = diagnosis
  const words = readCommandLine(system.files).tokens.map(maskWord)
  const capabilities = Object.entries(host.capabilities)
  return [
    'physmem doctor',
    '',
    `physmem         ${version}`,
    `node            ${process.version}`,
    `kernel          ${host.release}`,
    `cpu             ${host.cpu}`,
    `root            ${host.uid === 0 ? 'yes' : 'no'}`,
    `user namespace  ${host.userNamespace}`,
    `lockdown        ${host.lockdown.level}`,
    '',
    section(
      'capabilities',
      capabilities.map(([name, has]) => `${name} ${has ? 'yes' : 'no'}`),
    ),
    section(
      'configuration',
      host.config.map(({ file, line }) => `${line}  (${file})`),
    ),
    section('command line', words),
    section('findings', findings.flatMap(findingLines)),
    section('/proc/iomem', readIomem(system.files).map(resourceLine)),
  ].join('\n')
}

/** Writes the report to a file. Rejects as `node:fs` does. */
export function writeReport(file: string, diagnosis: Diagnosis, version: string): Promise<void>
/** @internal Of a machine that this is not. */
export function writeReport(
  file: string,
  diagnosis: Diagnosis,
  version: string,
  system: LocalSystem,
): Promise<void>
export async function writeReport(
  file: string,
  diagnosis: Diagnosis,
  version: string,
  system: LocalSystem = systemAt(),
): Promise<void> {
  checkKind('file', file, 'string')
  await writeFile(file, reportText(diagnosis, version, system))
}

function section(title: string, lines: readonly string[]): string {
  const shown = lines.length === 0 ? ['(nothing is known)'] : lines
  return [`${title}:`, ...shown.map((line) => `  ${line}`), ''].join('\n')
}

function findingLines(finding: Told): string[] {
  const { id, verdict, reason, code, errno, evidence, because } = finding
  const answer = [code, errno].filter((one) => one !== undefined).join(' ')
  return [
    `${id}: ${verdict}${answer === '' ? '' : ` (${answer})`}`,
    ...(because === undefined ? [`  ${reason}`] : [`  as ${because}`]),
    ...(because === undefined
      ? evidence.map(({ file, line }) => `  ${file}: ${maskLine(file, line)}`)
      : []),
  ]
}

/** Evidence of the command line is single words of it, which were chosen; its own text never is. */
function maskLine(file: string, line: string): string {
  return file === '/proc/self/status' && line.startsWith('Uid:') ? 'Uid: …' : line
}

/** Where the kernel itself is stays untold: it is placed at random so that nobody knows. */
function resourceLine({ start, last, name, depth }: Resource): string {
  const hex = (address: number) => address.toString(16).padStart(8, '0')
  const range = /^Kernel /.test(name) ? '…' : `${hex(start)}-${hex(last)}`
  return `${'  '.repeat(depth)}${range} : ${name}`
}
