import type { Memory } from '../../memory/memory.ts'
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
export type OpenPaged = (asking: Asking, physical: Memory) => Promise<Memory>

/** The memory of a process: that which it has now, as long as this is open. Rejects as `ProcessTranslator`. */
export function openProcess(pid: number, split: SplitAddress): OpenPaged {
  return async (asking, physical) => {
    const { system } = asking
    const open = () => ({
      translator: new ProcessTranslator(pid, system),
      pagemap: new Pagemap(pid, system),
    })
    const { translator, pagemap } = await asking.ask(open).catch(async (error) => {
      await asking.close()
      throw error
    })
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
    return processMemory(split, pages, physical)
  }
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
