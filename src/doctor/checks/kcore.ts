import { readIomem } from '../../linux/iomem.ts'
import { readKcoreHeaders } from '../../linux/kcore.ts'
import { explainKcoreOpen, kcoreWithoutPhysical, maskedKcore } from '../../refusal/kcore.ts'
import { ramSegments, segmentAt } from '../../ways/kcore/ram.ts'
import { compare } from '../compare.ts'
import type { Check, Examination } from '../examination.ts'
import { type Finding, refused, type Subject, unknown, works } from '../finding.ts'

const KCORE = 'proc/kcore'
const subject: Subject = { id: 'kcore', title: 'RAM through /proc/kcore' }

/** /proc/kcore: whether it opens, is what it should be, and shows a page of this process. */
export const checkKcore: Check = (at) => [check(at)]

function check(at: Examination): Finding {
  const { attempts, system, probe } = at
  const errno = attempts.open(KCORE, 'read')
  if (errno !== undefined) return refused(subject, explainKcoreOpen(errno, system.now()), errno)
  const segments = readKcoreHeaders(system.files)
  if (segments.length === 0) {
    return { ...refused(subject, maskedKcore(attempts.status(KCORE))), verdict: 'absent' }
  }
  const ram = ramSegments(segments, () => readIomem(system.files), attempts.pageSize)
  if (ram === undefined) return refused(subject, kcoreWithoutPhysical())
  const shown = compare(probe, (physical, length) => {
    const found = segmentAt(ram, physical)
    if (found === undefined) return 'no segment'
    return attempts.read(KCORE, found.offset + BigInt(physical - found.start), length)
  })
  switch (shown.kind) {
    case 'same':
      return works(subject, 'it shows the pattern of a page of this process; it is read-only')
    case 'unproven':
      return works(
        subject,
        `its headers say where RAM is; not compared: ${shown.why.refusal.reason}`,
      )
    case 'zeros':
      return refused(subject, {
        code: 'EREFUSED',
        reason: 'it shows zeros instead of a page of this process',
      })
    case 'errno':
      return unknown(subject, `a page of this process could not be read (${shown.errno})`)
    default:
      return unknown(
        subject,
        `it shows other bytes than a page of this process has (${shown.kind})`,
      )
  }
}
