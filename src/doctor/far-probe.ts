import { type Mapping, parseMaps } from '../linux/maps.ts'
import { decodePage, type PageEntry } from '../linux/pagemap.ts'
import { linkName } from '../linux/read.ts'
import type { Facts } from '../machine/machine.ts'
import { explainHiddenFrames, explainPagemapOpen } from '../refusal/pagemap.ts'
import type { Trials } from '../remote/trials.ts'
import type { NoProbe, Probe } from './own-page.ts'

/** Bytes of the page that are compared, as of a page of this process. */
const PATTERN_BYTES = 256

/** More than the mappings of an agent take. */
const MAPS_BYTES = 64 * 1024

/** How often a page that moved is looked for again. */
const MOVES = 3

/**
 * A page of the agent's own program, and the frame it is in: its bytes are read through the agent's
 * /proc/self/mem, so that nobody's memory but its own is looked at. It is never written.
 */
export class FarProbe implements Probe {
  readonly pageSize: number
  readonly pattern: Uint8Array
  readonly pinned = false
  frame: number
  readonly #lookUp: () => Promise<PageEntry | undefined>
  #moves = 0

  constructor(
    pageSize: number,
    pattern: Uint8Array,
    frame: number,
    lookUp: () => Promise<PageEntry | undefined>,
  ) {
    this.pageSize = pageSize
    this.pattern = pattern
    this.frame = frame
    this.#lookUp = lookUp
  }

  get physical(): number {
    return this.frame * this.pageSize
  }

  /** Looks for the frame anew, after something was compared: what was compared with another one does not count. */
  async follow(): Promise<void> {
    if (this.#moves >= MOVES) return
    const now = await this.#lookUp()
    if (now?.kind === 'present' && now.frame === this.frame) return
    this.#moves = now?.kind === 'present' ? this.#moves + 1 : MOVES
    if (now?.kind === 'present') this.frame = now.frame
  }

  stays(): boolean {
    return this.#moves < MOVES
  }

  locate(): boolean {
    return false
  }

  read32(): never {
    throw new Error('a page of an agent is not written')
  }

  write32(): never {
    throw new Error('a page of an agent is not written')
  }

  close(): void {}
}

/** Rejects with ECONNECTION only. */
export async function openFarProbe(
  { system, ask }: Facts,
  trials: Trials,
): Promise<FarProbe | NoProbe> {
  const { pageSize } = system
  const refused = (errno: string) =>
    ask(async (): Promise<NoProbe> => {
      const pid = Number(linkName(system.files, '/proc/self') ?? 0)
      return { refusal: explainPagemapOpen(errno, pid, system), errno }
    })
  const maps = await trials.read('/proc/self/maps', 0n, MAPS_BYTES)
  if (typeof maps === 'string') return await refused(maps)
  const code = parseMaps(new TextDecoder().decode(maps)).find(isProgram)
  if (code === undefined) return noPage('its agent shows no mapping of its own')
  // Reading it brings the page back where the kernel had put it away.
  const pattern = () => trials.read('/proc/self/mem', code.start, PATTERN_BYTES)
  const lookUp = async () => {
    await pattern()
    return entryOf(await trials.read('/proc/self/pagemap', (code.start / BigInt(pageSize)) * 8n, 8))
  }
  const bytes = await pattern()
  if (typeof bytes === 'string') return await refused(bytes)
  if (bytes.length < PATTERN_BYTES) return noPage('its agent shows no page of its own')
  const opened = await trials.open('/proc/self/pagemap', 'read')
  if (opened !== undefined) return await refused(opened)
  const entry = await lookUp()
  if (entry?.kind === 'present') return new FarProbe(pageSize, bytes, entry.frame, lookUp)
  if (entry?.kind === 'hidden') {
    return await ask(async () => ({ refusal: explainHiddenFrames(system) }))
  }
  return noPage(`a page of this process, just read, is in no frame: ${entry?.kind ?? 'no entry'}`)
}

/** Code out of a file: the agent's own, which has no libraries. */
function isProgram({ executable, path }: Mapping): boolean {
  return executable && path.startsWith('/')
}

function noPage(reason: string): NoProbe {
  return { refusal: { code: 'EREFUSED', reason } }
}

function entryOf(bytes: Uint8Array | string): PageEntry | undefined {
  if (typeof bytes === 'string' || bytes.length < 8) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, 8)
  return decodePage(view.getUint32(0, true), view.getUint32(4, true))
}
