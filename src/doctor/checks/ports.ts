import { privilegeRefusal } from '../../refusal/capability.ts'
import type { Check } from '../examination.ts'
import { type Subject, unopened, works } from '../finding.ts'

const devport: Subject = { id: 'devport', title: 'I/O ports through /dev/port' }

/** I/O ports: none is read, since reading one acts on its device. */
export const checkPorts: Check = ({ attempts, root }) => {
  const errno = attempts.open('dev/port', 'read')
  if (errno === undefined) return [works(devport, 'it opens')]
  return [
    unopened(
      devport,
      errno,
      errno === 'EPERM' ? privilegeRefusal('CAP_SYS_RAWIO', root) : undefined,
    ),
  ]
}
