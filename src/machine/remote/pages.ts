import { RefusedError } from '../../base/errors.ts'
import type { Mode } from '../../engine/source.ts'
import type { Memory } from '../../memory/memory.ts'
import { formatPlace } from '../../place/place.ts'
import type { PidPlace } from '../../place/schemes/pid.ts'
import { clip } from '../../text/refuse.ts'
import type { Asking } from '../../translate/asking.ts'
import {
  type KernelTranslation,
  ProcessTranslator,
  translateKernel,
} from '../../translate/index.ts'
import { Pagemap } from '../../translate/pagemap.ts'
import { kernelMemory } from '../local/resolve/kernel.ts'
import { processMemory } from '../local/resolve/process.ts'
import type { SplitAddress } from '../local/resolve/virtual.ts'
import { FreshLooks } from './fresh-looks.ts'

/** Virtual memory of a machine far away. Takes the asking over, also where it rejects. */
export type OpenPaged = (asking: Asking, physical: Memory, gone: () => void) => Promise<Memory>

/**
 * The memory of a process, for reading: that which it has now, as long as this is open. Rejects as
 * `ProcessTranslator`, and with EREADONLY for writing.
 */
export function openProcess(place: PidPlace, split: SplitAddress, mode: Mode): OpenPaged {
  const { pid } = place
  return async (asking, physical, gone) => {
    const { system } = asking
    const open = () => ({
      translator: new ProcessTranslator(pid, system),
      pagemap: new Pagemap(pid, system),
    })
    const { translator, pagemap } = await asking.ask(open).catch(async (error) => {
      await asking.close()
      throw error
    })
    if (mode === 'write') {
      await asking.close()
      throw notWritten(place)
    }
    const pageBytes = translator.pageSize
    const looks = new FreshLooks(
      asking,
      (virtual) => translator.translate(virtual).address,
      (virtual) => pagemap.entry(Number(virtual / BigInt(pageBytes))),
    )
    const pages = {
      pageBytes,
      locate: (virtual: bigint) => looks.at(virtual),
      mappings: () => looks.ask(() => translator.mappings()),
      close: () => looks.close(),
    }
    return processMemory(split, pages, physical, gone)
  }
}

/** A store may come a trip later than the look, and another may have the frame by then. */
function notWritten(place: PidPlace): RefusedError {
  const name = formatPlace(place)
  const message = `${clip(name)} is for reading on another machine: between the look and a store, which are trips, its page may move`
  return new RefusedError('EREADONLY', message, {
    input: name,
    cure: 'write it there, by physmem on that machine',
  })
}

/** The memory of the kernel. */
export function openKernel(split: SplitAddress): OpenPaged {
  return async (asking, physical) => {
    const looks = new FreshLooks<KernelTranslation>(asking, (virtual) =>
      translateKernel(virtual, asking.system),
    )
    const pages = {
      translate: (virtual: bigint) => looks.at(virtual),
      close: () => looks.close(),
    }
    return kernelMemory(split, pages, physical)
  }
}
