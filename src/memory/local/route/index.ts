import type { PhysmemError } from '../../../errors.ts'
import type { Memory } from '../../memory.ts'
import type { NotifyChoice } from '../physical.ts'
import type { Mode } from '../source.ts'
import { BarWay } from './bar-way.ts'
import { CachedWay } from './cached-way.ts'
import { DevMemWay } from './devmem-way.ts'
import { KcoreWay } from './kcore-way.ts'
import { Router } from './router.ts'

export interface RouterOptions {
  root: string
  mode: Mode
  name: string
  /** /dev/mem, or why it could not be opened. */
  direct: Memory | PhysmemError
  notify: NotifyChoice | undefined
}

/** All ways to physical memory, in the order in which they are tried. */
export function openRouter({ root, mode, name, direct, notify }: RouterOptions): Router {
  // /dev/physmem of the kernel module belongs before /proc/kcore.
  const mapping = [new DevMemWay(direct), new BarWay(mode, root), new CachedWay(mode, root)]
  return new Router(name, [...mapping, new KcoreWay(root)], notify)
}
