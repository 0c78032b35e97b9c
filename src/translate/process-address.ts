import type { Asking } from './asking.ts'
import { ProcessTranslator } from './process-translator.ts'

/** Where a virtual address of a process is in physical memory. Rejects as `ProcessTranslator` throws. */
export async function addressInProcess(
  asking: Asking,
  pid: number,
  virtual: bigint,
): Promise<number> {
  using translator = await asking.ask(() => new ProcessTranslator(pid, asking.system))
  return (await asking.ask(() => translator.translate(virtual))).address
}
