import { explainMsrOpen, explainMsrWrites, msrNode, noMsrs } from '../../refusal/msr.ts'
import type { Check, Examination } from '../examination.ts'
import { type Finding, refused, type Subject, works } from '../finding.ts'

const subject: Subject = { id: 'msr', title: 'model-specific registers through /dev/cpu/0/msr' }

/** The registers of CPU 0: none is read. */
export const checkMsrs: Check = (at) => [check(at)]

function check({ attempts, system }: Examination): Finding {
  if (system.cpu !== 'x64') return { ...refused(subject, noMsrs(system.cpu)), verdict: 'absent' }
  const errno = attempts.open(msrNode(0).slice(1), 'read')
  if (errno !== undefined) return refused(subject, explainMsrOpen(errno, 0, system.now()), errno)
  const writes = explainMsrWrites(system.now())
  if (writes === undefined) return works(subject, 'it opens, for accesses of 64 bits')
  return {
    ...works(
      subject,
      `it opens for reading; writes are refused: ${writes.reason}`,
      writes.evidence,
    ),
    cures: writes.cure === undefined ? [] : [writes.cure],
  }
}
