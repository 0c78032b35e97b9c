import { addressesHidden, readIomem, readIoports } from '../../linux/iomem.ts'
import { hiddenAddresses } from '../../refusal/iomem.ts'
import { counted } from '../../text/count.ts'
import type { Check, Examination } from '../examination.ts'
import { type Finding, refused, type Subject, unopened, works } from '../finding.ts'

/** Whether the kernel says where things are. */
export const checkResources: Check = (at) => [check(at, 'iomem'), check(at, 'ioports')]

function check({ attempts, system }: Examination, name: 'iomem' | 'ioports'): Finding {
  const subject: Subject = { id: name, title: `addresses in /proc/${name}` }
  const errno = attempts.open(`proc/${name}`, 'read')
  if (errno !== undefined) return unopened(subject, errno, undefined)
  const resources = name === 'iomem' ? readIomem(system.files) : readIoports(system.files)
  if (resources.length === 0) {
    return refused(subject, { code: 'ENOPLACE', reason: 'it is empty' }, 'ENOENT')
  }
  if (!addressesHidden(resources)) return works(subject, counted(resources.length, 'resource'))
  const refusal = hiddenAddresses(system.now())
  return refused(subject, { ...refusal, reason: `all addresses are 0: ${refusal.reason}` })
}
