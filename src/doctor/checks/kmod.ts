import { explainKmodMap, explainKmodOpen } from '../../kmod/refusal/device.ts'
import { compare } from '../compare.ts'
import type { Check, Examination } from '../examination.ts'
import { type Finding, refused, type Subject, unknown, unopened, works } from '../finding.ts'

export const KMOD = 'dev/physmem'
const subject: Subject = { id: 'kmod', title: 'RAM through /dev/physmem, the kernel module' }

/**
 * /dev/physmem: whether the module is loaded, is one that we know, and shows a page of this
 * process.
 */
export const checkKmod: Check = (at) => [check(at)]

function check(at: Examination): Finding {
  const { attempts, system, probe } = at
  const errno = attempts.open(KMOD, 'read')
  if (errno !== undefined) return unopened(subject, errno, explainKmodOpen(errno, system.now()))
  const stranger = attempts.kmod()
  if (stranger !== undefined) return refused(subject, stranger)
  const shown = compare(probe, (physical, length) => attempts.load(KMOD, physical, length))
  switch (shown.kind) {
    case 'same':
      return works(subject, 'it shows the pattern of a page of this process')
    case 'unproven':
      return works(subject, `it opens; not compared: ${shown.why.refusal.reason}`)
    case 'zeros':
      return refused(subject, {
        code: 'EREFUSED',
        reason: 'it shows zeros instead of a page of this process',
      })
    case 'errno':
      return refused(subject, explainKmodMap(shown.errno, undefined, system.now()), shown.errno)
    default:
      return unknown(
        subject,
        `it shows other bytes than a page of this process has (${shown.kind})`,
      )
  }
}
