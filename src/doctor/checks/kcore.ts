import { type KcoreSegment, readKcoreHeaders } from '../../linux/kcore.ts'
import { explainKcoreOpen, kcoreWithoutPhysical, maskedKcore } from '../../refusal/kcore.ts'
import { compare } from '../compare.ts'
import type { Check, Examination } from '../examination.ts'
import { type Finding, refused, type Subject, unknown, unopened, works } from '../finding.ts'

const KCORE = 'proc/kcore'
const subject: Subject = { id: 'kcore', title: 'RAM through /proc/kcore' }

/** /proc/kcore: whether it opens, is what it should be, and shows a page of our own. */
export const checkKcore: Check = (at) => [check(at)]

function check(at: Examination): Finding {
  const { attempts, root, probe } = at
  const errno = attempts.open(KCORE, 'read')
  if (errno !== undefined) return unopened(subject, errno, explainKcoreOpen(errno, root))
  const segments = readKcoreHeaders(root)
  if (segments.length === 0) return masked(at)
  if (segments.every(({ physical }) => physical === undefined)) {
    return refused(subject, kcoreWithoutPhysical())
  }
  const shown = compare(probe, (physical, length) => {
    const position = positionOf(BigInt(physical), segments)
    return position === undefined ? 'no segment' : attempts.read(KCORE, position, length)
  })
  switch (shown.kind) {
    case 'same':
      return works(subject, 'it shows the pattern of a page of our own; it is read-only')
    case 'unproven':
      return works(
        subject,
        `its headers tell where RAM is; not compared: ${shown.why.refusal.reason}`,
      )
    case 'zeros':
      return refused(subject, {
        code: 'EREFUSED',
        reason: 'it shows zeros instead of our own page',
      })
    case 'errno':
      return unknown(subject, `a page of our own could not be read (${shown.errno})`)
    default:
      return unknown(subject, `it shows other bytes than a page of our own has (${shown.kind})`)
  }
}

function positionOf(physical: bigint, segments: readonly KcoreSegment[]): bigint | undefined {
  for (const { physical: start, size, offset } of segments) {
    if (start !== undefined && start <= physical && physical < start + size) {
      return offset + (physical - start)
    }
  }
  return undefined
}

/** Container runtimes mount /dev/null over it. */
function masked({ attempts }: Examination): Finding {
  const status = attempts.status(KCORE)
  const device = status?.isCharacterDevice() ?? false
  const line = device
    ? `a character device (${(status?.rdev ?? 0) >> 8}, ${(status?.rdev ?? 0) & 255}): /dev/null is 1, 3`
    : `${status?.size ?? 0} bytes`
  const evidence = [{ file: '/proc/kcore', line }]
  return { ...refused(subject, { ...maskedKcore(), evidence }), verdict: 'absent' }
}
