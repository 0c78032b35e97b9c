import { type Bar, listPci, type PciFunction, readPciFunction } from '../../linux/pci.ts'
import { isThere } from '../../linux/read.ts'
import type { System } from '../../linux/system.ts'
import { explainBarMap, explainBarOpen } from '../../refusal/pci-bar.ts'
import { silenceOf } from '../../refusal/silent.ts'
import type { Check, Examination } from '../examination.ts'
import { type Finding, refused, type Subject, unopened, works } from '../finding.ts'

/** The memory BARs, each by its sysfs file. Nothing is accessed: a page of each is mapped. */
export const checkPci: Check = (at) => {
  const functions = listPci(at.system.files).flatMap(
    (address) => readPciFunction(address, at.system.files) ?? [],
  )
  const findings = functions.flatMap((one) =>
    one.bars.filter(({ assigned }) => assigned).map((bar) => checkBar(at, one, bar)),
  )
  if (findings.length > 0) return findings
  const reason =
    functions.length === 0 ? 'this machine has no PCI device' : 'no PCI device has a BAR'
  return [refused({ id: 'bar', title: 'PCI BARs' }, { code: 'ENOPLACE', reason }, 'ENOENT')]
}

function checkBar(at: Examination, pci: PciFunction, bar: Bar): Finding {
  const place = `${pci.address}/bar${bar.number}`
  const subject: Subject = { id: `bar:${place}`, title: `pci:${place}` }
  const file = `sys/bus/pci/devices/${pci.address}/resource${bar.number}`
  if (bar.kind === 'io') return ports(at, subject, bar)
  if (!isThere(at.system.files, `/${file}`)) {
    const evidence = [{ file: `/${file}`, line: 'does not exist' }]
    const reason = 'this kernel offers no mapping of BARs'
    return refused(subject, { code: 'EREFUSED', reason, evidence }, 'ENOENT')
  }
  const errno = at.attempts.open(file, 'read')
  if (errno !== undefined) return unopened(subject, errno, explainBarOpen(errno, at.system.now()))
  const offset = bar.start % at.attempts.pageSize
  const answer = at.attempts.map(file, 0, 'read')
  if (answer !== undefined) {
    return refused(subject, explainBarMap(answer, pci.address, bar.number, at.system.now()), answer)
  }
  return silent(subject, pci, at.system.now()) ?? works(subject, mapped(bar, offset))
}

function mapped({ prefetchable }: Bar, offset: number): string {
  const inside = offset === 0 ? '' : `, from 0x${offset.toString(16)} in its page`
  return `it can be mapped${inside}${prefetchable ? '; write-combining, too (_wc)' : ''}`
}

function silent(subject: Subject, pci: PciFunction, system: System): Finding | undefined {
  const remark = silenceOf(pci, 'memory', system)
  if (remark === undefined) return undefined
  const { text, cure, evidence } = remark
  return { ...works(subject, `it can be mapped, but ${text}`, [evidence]), cures: [cure] }
}

function ports({ system }: Examination, subject: Subject, { start, length }: Bar): Finding {
  const first = `0x${start.toString(16)}`
  const reason = `it is ${length} I/O ports from ${first}, not memory`
  // Nothing is refused: there is no memory that mmap(), which says ENODEV, could map.
  const finding: Finding = {
    ...refused(subject, { code: 'ENOPLACE', reason }, 'ENODEV'),
    verdict: 'absent',
  }
  return system.cpu === 'x64'
    ? { ...finding, instead: [{ act: 'read', place: `port:${first}` }] }
    : finding
}
