import { explainDevPortOpen, explainIoperm, noPorts } from '../../refusal/port.ts'
import type { Check, Examination } from '../examination.ts'
import { decidedBy, type Finding, refused, type Subject, unknown, works } from '../finding.ts'

const devport: Subject = { id: 'devport', title: 'I/O ports through /dev/port' }
const ioperm: Subject = { id: 'ioperm', title: 'I/O ports by ioperm()' }

/** I/O ports: none is read, since reading one acts on the device behind it. */
export const checkPorts: Check = (at) => {
  if (at.system.cpu === 'x64') return [checkDevPort(at), checkIoperm(at)]
  const none = { ...refused(devport, noPorts(at.system.cpu)), verdict: 'absent' } as const
  return [none, decidedBy(none, ioperm)]
}

function checkDevPort({ attempts, system }: Examination): Finding {
  const errno = attempts.open('dev/port', 'read')
  if (errno === undefined) return works(devport, 'it opens, for accesses of 8 bits')
  return refused(devport, explainDevPortOpen(errno, system.now()), errno)
}

function checkIoperm({ attempts, system }: Examination): Finding {
  const errno = attempts.ioperm()
  if (errno === 'unknown') return unknown(ioperm, 'this is not the machine that physmem runs on')
  if (errno === undefined) return works(ioperm, 'it is granted, for accesses of 8, 16 and 32 bits')
  return refused(ioperm, explainIoperm(errno, system.now()), errno)
}
