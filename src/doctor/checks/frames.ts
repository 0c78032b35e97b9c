import type { FrameFileName } from '../../linux/page-frames.ts'
import { explainFrameFile } from '../../refusal/frame-files.ts'
import { explainOpen } from '../../refusal/node.ts'
import type { Check, Examination } from '../examination.ts'
import { type Finding, refused, type Subject, unknown, works } from '../finding.ts'
import { isProbe } from '../own-page.ts'

const pagemap: Subject = { id: 'pagemap', title: 'frames of pages, /proc/PID/pagemap' }

/** Who has which frame, and what the kernel says of it. */
export const checkFrames: Check = (at) => [
  checkPagemap(at),
  checkFile(at, 'kpageflags', 'flags of frames'),
  checkFile(at, 'kpagecount', 'counts of mappings of frames'),
  checkFile(at, 'kpagecgroup', 'cgroups of frames'),
]

function checkPagemap({ probe }: Examination): Finding {
  if (isProbe(probe)) return works(pagemap, 'it gives the frame of a page of this process')
  return refused(pagemap, probe.refusal, probe.errno)
}

function checkFile(at: Examination, name: FrameFileName, what: string): Finding {
  const subject: Subject = { id: name, title: `${what}, /proc/${name}` }
  const { attempts, probe, system } = at
  const errno = attempts.open(`proc/${name}`, 'read')
  if (errno !== undefined)
    return refused(subject, explainFrameFile(errno, name, system.now()), errno)
  if (!isProbe(probe)) return works(subject, 'it opens')
  const bytes = attempts.read(`proc/${name}`, BigInt(probe.frame) * 8n, 8)
  if (typeof bytes === 'string') return refused(subject, explainOpen(bytes), bytes)
  return bytes.length === 8
    ? works(subject, 'it knows the frame of a page of this process')
    : unknown(subject, 'it ends before the frame of a page of this process')
}
