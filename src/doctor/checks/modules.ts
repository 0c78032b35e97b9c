import { explainModules } from '../../refusal/modules.ts'
import type { Check } from '../examination.ts'
import { refused, type Subject, works } from '../finding.ts'

const subject: Subject = { id: 'modules', title: 'kernel modules of your own (unsigned)' }

/** Whether a module could be loaded, by what the kernel says. None is. */
export const checkModules: Check = ({ system }) => {
  const found = explainModules(system.now())
  if (found) return [refused(subject, found.refusal, found.errno)]
  return [works(subject, 'nothing forbids it; none was loaded')]
}
