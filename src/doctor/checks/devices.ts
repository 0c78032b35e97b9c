import { readCommandLine } from '../../linux/cmdline.ts'
import type { Files } from '../../linux/files.ts'
import {
  isCxlWindow,
  isKeptMemory,
  isPciWindow,
  isSystemRam,
  type Resource,
  readIomem,
} from '../../linux/iomem.ts'
import { listPci, readBars } from '../../linux/pci.ts'
import { explainDevMemMap } from '../../refusal/devmem-map.ts'
import { configEvidence } from '../../refusal/evidence.ts'
import { counted } from '../../text/count.ts'
import { formatHex } from '../../text/number.ts'
import type { Examination } from '../examination.ts'
import { type Finding, refused, type Subject, unknown, works } from '../finding.ts'

/** Below `/`. */
export const DEVMEM = 'dev/mem'

/** A page of device memory that may be mapped, and the answer. */
interface Sample {
  address: number
  name: string
  errno: string | undefined
}

/** Enough to meet each kind of answer on every machine. */
const MOST = 256

/**
 * Whether device memory can be mapped: one page of each region that the kernel knows, without an
 * access. The first finding is of those that nobody claims, the second of those that are claimed.
 */
export function checkDevices(at: Examination, free: Subject, claimed: Subject): Finding[] {
  const samples = candidates(at.system.files)
    .slice(0, MOST)
    .map(({ address, name }) => ({
      address,
      name,
      errno: at.attempts.map(DEVMEM, address - (address % at.attempts.pageSize), 'read'),
    }))
  return [checkFree(at, free, samples), checkClaimed(at, claimed, samples)]
}

function checkFree(at: Examination, subject: Subject, samples: readonly Sample[]): Finding {
  const mapped = samples.filter(({ errno }) => errno === undefined)
  const [first, refusedFirst] = [mapped[0], samples[0]]
  if (first) {
    const which = `${formatHex(first.address, 32)} (${first.name})`
    const many = `${mapped.length} of ${counted(samples.length, 'region')} can be mapped, for example ${which}`
    return works(subject, samples.length > 1 ? many : `${which} can be mapped`)
  }
  return refusedFirst ? refusal(at, subject, refusedFirst) : nothingToTry(subject)
}

function checkClaimed(at: Examination, subject: Subject, samples: readonly Sample[]): Finding {
  const denied = samples.filter(({ errno }) => errno === 'EPERM')
  const [first] = denied
  if (first) {
    const finding = refusal(at, subject, first)
    const where = `${formatHex(first.address, 32)}: ${finding.reason}`
    const more = denied.length - 1
    const others = more > 0 ? `; and ${counted(more, 'other region')}` : ''
    return { ...finding, reason: `${where}${others}` }
  }
  if (samples.length === 0) return nothingToTry(subject)
  const words = readCommandLine(at.system.files).all('iomem')
  const asked = words.map(({ text }) => ({ file: '/proc/cmdline', line: text }))
  const evidence = [...asked, ...configEvidence('CONFIG_IO_STRICT_DEVMEM', at.system.now())]
  return works(subject, `none of ${counted(samples.length, 'region')} is refused`, evidence)
}

function refusal(at: Examination, subject: Subject, { address, errno = '' }: Sample): Finding {
  return refused(subject, explainDevMemMap(errno, address, at.system.now()), errno)
}

function nothingToTry(subject: Subject): Finding {
  return unknown(subject, 'no address of device memory is known: /proc/iomem gives none')
}

/** The innermost regions that are not RAM, and the BARs, whose addresses are hidden from nobody. */
function candidates(files: Files): { address: number; name: string }[] {
  const resources = readIomem(files)
  const regions = resources
    .filter((resource, index) => isDevice(resource) && isLeaf(resources, index))
    .filter((resource) => !resources.some((ram) => isMemory(ram) && holds(ram, resource)))
    .map(({ start, name }) => ({ address: start, name }))
  const known = new Set(regions.map(({ address }) => address))
  const bars = listPci(files)
    .flatMap((device) =>
      readBars(device, files)
        .filter(({ kind, assigned, start }) => kind === 'memory' && assigned && start > 0)
        .map(({ start, number }) => ({ address: start, name: `pci:${device}/bar${number}` })),
    )
    .filter(({ address }) => !known.has(address))
  // What is a device serves better as an example than a window in which there may be none.
  const isBus = ({ name }: { name: string }) => isPciWindow(name)
  const all = [...bars, ...regions]
  return [...all.filter((one) => !isBus(one)), ...all.filter(isBus)]
}

/** RAM and what becomes such, and what firmware or the kernel keep. */
function isMemory({ name }: Resource): boolean {
  const isRam = isSystemRam(name) || name.startsWith('Persistent Memory') || isCxlWindow(name)
  return isRam || isKeptMemory(name)
}

function isDevice(resource: Resource): boolean {
  return resource.last > 0 && !isMemory(resource)
}

function isLeaf(resources: readonly Resource[], index: number): boolean {
  const [here, next] = [resources[index], resources[index + 1]]
  return here === undefined || next === undefined || next.depth <= here.depth
}

function holds(outer: Resource, { start, last }: Resource): boolean {
  return outer.start <= start && last <= outer.last
}
