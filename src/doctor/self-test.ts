import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PhysmemError } from '../base/errors.ts'
import type { Width } from '../base/width.ts'
import { loadAddon } from '../engine/addon.ts'
import { MappedMemory } from '../engine/mapped.ts'
import { type AccessPath, mapSource } from '../engine/windows/map-window.ts'
import type { Window } from '../engine/windows/window.ts'
import { explainKmodMap, explainKmodOpen } from '../kmod/refusal/device.ts'
import { explainDevMemOpen } from '../refusal/devmem.ts'
import { explainDevMemMap } from '../refusal/devmem-map.ts'
import type { Refusal } from '../refusal/refusal.ts'
import { openFile } from '../ways/file.ts'
import { DEVMEM } from './checks/devices.ts'
import { KMOD } from './checks/kmod.ts'
import type { Check, Examination } from './examination.ts'
import { type Finding, refused, type Subject, unknown, works } from './finding.ts'
import { isProbe } from './own-page.ts'

/**
 * Writes: to a file of our own by each engine path and width, and to our own page by /dev/mem and by
 * the kernel module.
 */
export const selfTest: Check = async (at, found) => [
  ...(await testEngine()),
  ...waysToWrite(at).flatMap((way) => testWrite(at, found, way)),
]

const WIDTHS: readonly Width[] = [8, 16, 32, 64]

async function testEngine(): Promise<Finding[]> {
  const folder = mkdtempSync(join(tmpdir(), 'physmem-self-test-'))
  const path = join(folder, 'page')
  try {
    writeFileSync(path, new Uint8Array(loadAddon().pageSize))
    const findings = [await tested('engine', 'programs of the engine', () => testProgram(path))]
    for (const access of ['typed', 'native'] as const) {
      const subject = `windows by ${access === 'typed' ? 'typed arrays' : 'calls into the engine'}`
      findings.push(await tested(`window.${access}`, subject, () => testWindow(path, access)))
    }
    return findings
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** `work` gives what is wrong, if anything. */
async function tested(
  id: string,
  title: string,
  work: () => Promise<string | undefined> | string | undefined,
): Promise<Finding> {
  const subject: Subject = { id: `selftest.${id}`, title }
  try {
    const wrong = await work()
    if (wrong === undefined) return works(subject, `every width reads back: ${widths().join(', ')}`)
    return refused(subject, { code: 'EREFUSED', reason: wrong })
  } catch (error) {
    if (!(error instanceof PhysmemError)) throw error
    return refused(subject, { code: error.code, reason: error.message })
  }
}

/** What this CPU has. */
function widths(): readonly Width[] {
  return loadAddon().has64BitAccess ? WIDTHS : WIDTHS.filter((width) => width < 64)
}

const PATTERN = 0x8182_8384_8586_8788n

function patternOf(width: Width): bigint {
  return BigInt.asUintN(width, PATTERN)
}

async function testProgram(path: string): Promise<string | undefined> {
  await using memory = new MappedMemory(openFile(path, 'write'))
  for (const width of widths()) {
    await memory.write(width * 8, width, patternOf(width))
    const wrong = compared(width, BigInt(await memory.read(width * 8, width)))
    if (wrong !== undefined) return wrong
    // Nothing beside it was touched: the bytes before and after are what they were.
    const around = await memory.readBlock(width * 8 - 8, 8, 24)
    const expected = new Uint8Array(24)
    new DataView(expected.buffer).setBigUint64(8, patternOf(width), true)
    if (Buffer.compare(around, expected) !== 0) return `a write of ${width} bits wrote more`
  }
  return undefined
}

function testWindow(path: string, access: AccessPath): string | undefined {
  using window = mapSource(openFile(path, 'write'), { address: 1024, length: 1024, access })
  for (const width of widths()) {
    write(window, width)
    const wrong = compared(width, read(window, width))
    if (wrong !== undefined) return wrong
  }
  return undefined
}

function write(window: Window, width: Width): void {
  const value = patternOf(width)
  if (width === 64) window.write64(width, value)
  else window[`write${width}`](width, Number(value))
}

function read(window: Window, width: Width): bigint {
  return width === 64 ? window.read64(width) : BigInt(window[`read${width}`](width))
}

function compared(width: Width, seen: bigint): string | undefined {
  if (seen === patternOf(width)) return undefined
  return `${width} bits were written as 0x${patternOf(width).toString(16)}, but read back as 0x${seen.toString(16)}`
}

/** A way by which our own page is written, when reading it by that way works. */
interface WayToWrite {
  file: string
  subject: Subject
  /** The finding about reading. */
  reading: string
  explain: (errno: string, physical: number) => Refusal
}

function waysToWrite({ system }: Examination): WayToWrite[] {
  return [
    {
      file: DEVMEM,
      subject: { id: 'selftest.devmem', title: 'writing a page of this process through /dev/mem' },
      reading: 'devmem.ram.map',
      // Reading worked: only the permissions of the node tell writing from that.
      explain: (errno, physical) =>
        (errno === 'EACCES' ? explainDevMemOpen(errno, system.now()) : undefined) ??
        explainDevMemMap(errno, physical, system.now()),
    },
    {
      file: KMOD,
      subject: {
        id: 'selftest.kmod',
        title: 'writing a page of this process through /dev/physmem',
      },
      reading: 'kmod',
      explain: (errno) =>
        (errno === 'EACCES' ? explainKmodOpen(errno, system.now()) : undefined) ??
        explainKmodMap(errno, undefined, system.now()),
    },
  ]
}

/**
 * Whether a write arrives: to the page of our own, whose frame is looked up again right before, since
 * the kernel may move a page. What is not there is not tested.
 */
function testWrite(at: Examination, found: readonly Finding[], way: WayToWrite): Finding[] {
  const { attempts, probe } = at
  const { file, subject, reading, explain } = way
  const read = found.find(({ id }) => id === reading)
  if (file === KMOD && read?.verdict === 'absent') return []
  if (!isProbe(probe)) return [unknown(subject, `not tried: ${probe.refusal.reason}`)]
  if (read === undefined || read.verdict !== 'works') {
    const reason = `not tried, since reading it does not work: ${read?.reason ?? 'not examined'}`
    return [unknown(subject, reason)]
  }
  if (!probe.pinned)
    return [unknown(subject, 'not tried: the kernel could move the page meanwhile')]
  const before = probe.read32(0)
  const value = ~before >>> 0
  if (!probe.stays()) return [unknown(subject, 'not tried: the page moved')]
  const errno = attempts.store(file, probe.physical, value)
  if (errno !== undefined) return [refused(subject, explain(errno, probe.physical), errno)]
  const after = probe.read32(0)
  probe.write32(0, before)
  if (after === value) return [works(subject, 'it arrives')]
  const reason = 'the write was accepted, and discarded: the page did not change'
  return [refused(subject, { code: 'EREFUSED', reason })]
}
