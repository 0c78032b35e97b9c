import type { PhysmemError } from '../../../errors.ts'
import type { Memory } from '../../memory.ts'
import type { NotifyChoice } from '../physical.ts'
import type { Mode } from '../source.ts'
import { BarWay } from './bar-way.ts'
import { CachedWay } from './cached-way.ts'
import { DevMemWay } from './devmem-way.ts'
import { KcoreWay } from './kcore-way.ts'
import { Kmod, KmodWay } from './kmod-way.ts'
import { Router } from './router.ts'

export interface RouterOptions {
  root: string
  mode: Mode
  name: string
  /** /dev/mem, or why it could not be opened. */
  direct: Memory | PhysmemError
  /** Whether there is a /dev/physmem. */
  kmod: boolean
  notify: NotifyChoice | undefined
}

/** All ways to physical memory, in the order in which they are tried. */
export function openRouter({ root, mode, name, direct, kmod, notify }: RouterOptions): Router {
  const mapping = [new DevMemWay(direct), new BarWay(mode, root), new CachedWay(mode, root)]
  const reading = new KcoreWay(root)
  if (!kmod) return new Router(name, [...mapping, reading], notify)
  const module = new Kmod(mode, root)
  const ram = new KmodWay(module, ['ram', 'reserved'])
  const devices = new KmodWay(module, ['device'])
  return new Router(name, [ram, ...mapping, devices, reading], notify)
}
