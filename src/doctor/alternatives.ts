import { type Act, type Cure, sentence } from '../base/cure.ts'
import type { Finding } from './finding.ts'

/** From a finding to the best other way to the same bytes, if that works here. */
interface Alternative {
  for: readonly string[]
  /** The way: the id of a finding, or its part before a colon, of those of which one must work. */
  by: string
  text: Cure
}

const READ: Act = { act: 'read' }
const READ_PORT: Act = { act: 'read', place: 'port:…' }

/** In order of preference. */
const ALTERNATIVES: readonly Alternative[] = [
  {
    for: ['devmem.open', 'devmem.ram.read', 'devmem.ram.map', 'kcore'],
    by: 'kmod',
    text: 'RAM can be read and written through /dev/physmem: commands use it automatically',
  },
  {
    for: ['devmem.open', 'devmem.ram.read', 'devmem.ram.map'],
    by: 'kcore',
    text: sentence`RAM can be read through /proc/kcore: ${READ} uses it automatically`,
  },
  {
    for: ['devmem.open', 'devmem.device'],
    by: 'bar',
    text: sentence`PCI BARs that work can be named: ${{ act: 'read', place: 'pci:…' }}`,
  },
  {
    for: ['devmem.open', 'devmem.device'],
    by: 'uio',
    text: sentence`UIO maps can be named: ${{ act: 'read', place: 'uio:…' }}`,
  },
  { for: ['kcore'], by: 'devmem.ram.map', text: 'RAM can be read through /dev/mem' },
  {
    for: ['iomem'],
    by: 'kcore',
    text: 'the headers of /proc/kcore say where RAM is; sysfs says where the BARs are',
  },
  { for: ['ioperm'], by: 'devport', text: sentence`${READ_PORT} uses /dev/port` },
  { for: ['devport'], by: 'ioperm', text: sentence`${READ_PORT} can use ioperm` },
]

/** Adds to what does not work the best other way that does. */
export function withAlternatives(findings: readonly Finding[]): Finding[] {
  const working = findings.filter(({ verdict }) => verdict === 'works').map(({ id }) => id)
  const works = (by: string) => working.some((id) => id === by || id.startsWith(`${by}:`))
  return findings.map((finding) => {
    if (finding.verdict === 'works' || finding.instead !== undefined) return finding
    const found = ALTERNATIVES.find((one) => one.for.includes(finding.id) && works(one.by))
    return found ? { ...finding, instead: found.text } : finding
  })
}
