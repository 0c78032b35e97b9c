import { isThere } from '../../linux/read.ts'
import { listUio, type UioEntry, type UioMap } from '../../linux/uio.ts'
import { configEvidence } from '../../refusal/evidence.ts'
import { explainUioMap } from '../../refusal/uio.ts'
import { counted } from '../../text/count.ts'
import type { Check, Examination } from '../examination.ts'
import { type Finding, refused, type Subject, unopened, works } from '../finding.ts'

/** The maps of the UIO devices: a page of each is mapped, without an access. */
export const checkUio: Check = (at) => {
  const devices = listUio(at.system.files)
  const findings = devices.flatMap((device) => device.maps.map((map) => checkMap(at, device, map)))
  return findings.length > 0 ? findings : [none(at, devices)]
}

function checkMap({ attempts }: Examination, { number, name }: UioEntry, map: UioMap): Finding {
  const place = `uio${number}/map${map.number}`
  const subject: Subject = { id: `uio:${place}`, title: `uio:${place} (${name})` }
  const file = `dev/uio${number}`
  const errno = attempts.open(file, 'read')
  if (errno !== undefined) return unopened(subject, errno, undefined)
  const answer = attempts.map(file, map.number * attempts.pageSize, 'read')
  if (answer !== undefined) return refused(subject, explainUioMap(answer), answer)
  return works(
    subject,
    `it can be mapped: ${counted(map.length, 'byte')}${map.name && ` (${map.name})`}`,
  )
}

function none({ system }: Examination, devices: readonly UioEntry[]): Finding {
  const subject: Subject = { id: 'uio', title: 'UIO maps' }
  const evidence = configEvidence('CONFIG_UIO', system.now())
  if (devices.length > 0) {
    const reason = 'no UIO device of this machine has a map'
    return refused(subject, { code: 'ENOPLACE', reason, evidence }, 'ENOENT')
  }
  const off = evidence.some(({ line }) => !line.startsWith('CONFIG_UIO='))
  if (off && !isThere(system.files, '/sys/class/uio')) {
    const reason = 'the kernel was built without CONFIG_UIO'
    const cure = 'use a kernel with CONFIG_UIO'
    return refused(subject, { code: 'ENOPLACE', reason, cure, evidence }, 'ENOENT')
  }
  const reason = 'this machine has no UIO device'
  const cure = 'bind a device to uio_pci_generic, uio_pdrv_genirq or its own UIO driver'
  return refused(subject, { code: 'ENOPLACE', reason, cure, evidence: [] }, 'ENOENT')
}
