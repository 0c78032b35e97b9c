import { configEvidence } from '../../refusal/evidence.ts'
import { explainOpen } from '../../refusal/node.ts'
import type { Refusal } from '../../refusal/refusal.ts'
import type { Check, Examination } from '../examination.ts'
import { type Finding, refused, type Subject, unknown, works } from '../finding.ts'
import { isProbe } from '../own-page.ts'

const pagemap: Subject = { id: 'pagemap', title: 'frames of pages, /proc/PID/pagemap' }

/** Who has which frame, and what the kernel says of it. */
export const checkFrames: Check = (at) => [
  checkPagemap(at),
  checkFile(at, 'kpageflags', 'flags of frames', []),
  checkFile(at, 'kpagecount', 'counts of mappings of frames', []),
  checkFile(at, 'kpagecgroup', 'cgroups of frames', ['CONFIG_MEMCG']),
]

function checkPagemap({ probe }: Examination): Finding {
  if (isProbe(probe)) return works(pagemap, 'the frame of a page of our own is told')
  return refused(pagemap, probe.refusal, probe.errno)
}

function checkFile(at: Examination, name: string, what: string, needs: string[]): Finding {
  const subject: Subject = { id: name, title: `${what}, /proc/${name}` }
  const { attempts, probe, root } = at
  const errno = attempts.open(`proc/${name}`, 'read')
  if (errno !== undefined) return refused(subject, explain(errno, needs, root), errno)
  if (!isProbe(probe)) return works(subject, 'it opens')
  const bytes = attempts.read(`proc/${name}`, BigInt(probe.frame) * 8n, 8)
  if (typeof bytes === 'string') return refused(subject, explainOpen(bytes), bytes)
  return bytes.length === 8
    ? works(subject, 'it knows the frame of a page of our own')
    : unknown(subject, 'it ends before the frame of a page of our own')
}

/** fs/proc/page.c: mode 0400, and no capability is asked for. */
function explain(errno: string, needs: readonly string[], root: string): Refusal {
  if (errno !== 'ENOENT') return explainOpen(errno)
  const options = ['CONFIG_PROC_PAGE_MONITOR', ...needs]
  const missing = options.flatMap((option) => configEvidence(option, root))
  const reason = `the kernel was built without ${options.join(' or ')} (ENOENT)`
  const cure = `use a kernel with ${options.map((option) => `${option}=y`).join(' and ')}`
  return { code: 'EREFUSED', reason, cure, evidence: missing }
}
