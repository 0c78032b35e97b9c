import { explainDevMemOpen } from '../../refusal/devmem.ts'
import { explainDevMemMap, explainDevMemRead, refusedRam } from '../../refusal/devmem-map.ts'
import { configEvidence } from '../../refusal/evidence.ts'
import type { Refusal } from '../../refusal/refusal.ts'
import { compare } from '../compare.ts'
import type { Check, Examination } from '../examination.ts'
import {
  decidedBy,
  type Finding,
  refused,
  type Subject,
  unknown,
  unopened,
  works,
} from '../finding.ts'
import { isProbe } from '../own-page.ts'
import { checkDevices, DEVMEM } from './devices.ts'

const open: Subject = { id: 'devmem.open', title: 'open /dev/mem' }
const device: Subject = { id: 'devmem.device', title: 'device memory through /dev/mem' }
const claimed: Subject = { id: 'devmem.claimed', title: 'device memory that a driver claims' }
const ramRead: Subject = { id: 'devmem.ram.read', title: 'RAM through /dev/mem, by read()' }
const ramMap: Subject = { id: 'devmem.ram.map', title: 'RAM through /dev/mem, by mmap()' }
const low: Subject = { id: 'devmem.low', title: 'RAM below 1 MiB, by read() of /dev/mem' }

/** /dev/mem: whether it opens, and what it then lets through. */
export const checkDevMem: Check = async (at) => {
  const opened = await checkOpen(at)
  const onX86 = at.system.cpu === 'x64'
  if (opened.verdict !== 'works') {
    const others = [device, claimed, ramRead, ramMap, ...(onX86 ? [low] : [])]
    return [opened, ...others.map((subject) => decidedBy(opened, subject))]
  }
  const read = checkRamRead(at)
  return [
    opened,
    ...checkDevices(at, device, claimed),
    read,
    checkRamMap(at),
    ...(onX86 ? [checkLow(at, read)] : []),
  ]
}

async function checkOpen({ attempts, system }: Examination): Promise<Finding> {
  const errno = attempts.open(DEVMEM, 'read')
  if (errno === undefined) return works(open, 'it opens for reading')
  const finding = unopened(open, errno, explainDevMemOpen(errno, system.now()))
  if (errno !== 'ENOENT') return finding
  // drivers/char/mem.c, memory_open(): ENXIO where the kernel has no such device.
  const fresh = await attempts.freshNode(1)
  if (fresh === 'unknown') return finding
  const line = fresh === undefined ? 'it opens' : fresh
  const evidence = { file: 'a node made for this (mknod c 1 1)', line }
  return { ...finding, evidence: [...finding.evidence, evidence] }
}

function checkRamRead(at: Examination): Finding {
  const { probe, attempts, system } = at
  const shown = compare(probe, (physical, length) =>
    attempts.read(DEVMEM, BigInt(physical), length),
  )
  const explain = (errno: string, address: number) =>
    explainDevMemRead(errno, address, system.now())
  return toFinding(at, ramRead, shown, explain)
}

function checkRamMap(at: Examination): Finding {
  const { probe, attempts, system } = at
  const shown = compare(probe, (physical, length) => attempts.load(DEVMEM, physical, length))
  const explain = (errno: string, address: number) => explainDevMemMap(errno, address, system.now())
  return toFinding(at, ramMap, shown, explain)
}

function toFinding(
  at: Examination,
  subject: Subject,
  shown: ReturnType<typeof compare>,
  explain: (errno: string, address: number) => Refusal,
): Finding {
  const { probe } = at
  switch (shown.kind) {
    case 'same':
      return works(subject, 'it shows the pattern of a page of this process')
    case 'zeros': {
      const reason = 'it shows zeros instead of the bytes of a page of this process'
      return refused(subject, { code: 'EREFUSED', reason })
    }
    case 'errno':
      return refused(
        subject,
        explain(shown.errno, isProbe(probe) ? probe.physical : 0),
        shown.errno,
      )
    case 'unproven':
      return unproven(at, subject, shown.why.refusal)
    default:
      return unknown(
        subject,
        `it shows other bytes than a page of this process has (${shown.kind})`,
      )
  }
}

/** Without a page to compare, the configuration tells at least what is refused for certain. */
function unproven({ system }: Examination, subject: Subject, { reason }: Refusal): Finding {
  const known = refusedRam(system.now())
  if (known) return refused(subject, known, 'EPERM')
  const evidence = configEvidence('CONFIG_STRICT_DEVMEM', system.now())
  return unknown(
    subject,
    `not tried, since no page with a known frame was found: ${reason}`,
    evidence,
  )
}

/**
 * arch/x86/mm/init.c, devmem_is_allowed(): below 1 MiB RAM is neither allowed nor refused. Not
 * tried, since no page of our own is there: it follows from what is refused above.
 */
function checkLow({ system }: Examination, ram: Finding): Finding {
  const evidence = configEvidence('CONFIG_STRICT_DEVMEM', system.now())
  if (ram.code === 'EREFUSED_STRICT_DEVMEM') {
    const reason = 'read() gives zeros for it, and discards what is written; mmap() shows the bytes'
    const finding = refused(low, { code: 'EREFUSED_STRICT_DEVMEM', reason, evidence })
    return { ...finding, instead: 'physmem maps /dev/mem, and so reads the bytes' }
  }
  if (ram.verdict === 'works') return works(low, 'as other RAM', evidence)
  return unknown(low, 'whether the kernel has CONFIG_STRICT_DEVMEM is not known', evidence)
}
