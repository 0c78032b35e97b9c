import { listRegmaps, REGMAPS } from '../../linux/regmap.ts'
import { explainRegmapOpen } from '../../refusal/regmap.ts'
import { counted } from '../../text/count.ts'
import type { Check, Examination } from '../examination.ts'
import { type Finding, refused, type Subject, works } from '../finding.ts'

const subject: Subject = { id: 'regmap', title: 'registers of regmaps through debugfs' }

/** What drivers reach through a regmap: no register is read. */
export const checkRegmaps: Check = (at) => [check(at)]

function check({ attempts, system }: Examination): Finding {
  const errno = attempts.open(REGMAPS.slice(1), 'read')
  const names = listRegmaps(system.files)
  if (errno === undefined && names.length > 0) {
    return works(
      subject,
      `${counted(names.length, 'regmap')}, for reading: ${names[0]}${names.length > 1 ? ', …' : ''}`,
    )
  }
  const answer = errno ?? 'ENOENT'
  return refused(subject, explainRegmapOpen(answer, undefined, system.now()), answer)
}
