import type { PhysmemError } from '../../base/errors.ts'
import { localFiles } from '../../engine/access-file.ts'
import type { Mode } from '../../engine/source.ts'
import type { LocalSystem } from '../../linux/system.ts'
import type { Memory } from '../../memory/memory.ts'
import { openDevMem } from '../devmem.ts'
import type { KmodOptions } from '../kmod.ts'
import { BarWay } from './bar-way.ts'
import { CachedWay } from './cached-way.ts'
import type { NotifyChoice } from './choice.ts'
import { DevMemWay } from './devmem-way.ts'
import { KcoreWay } from './kcore-way.ts'
import { Kmod, KmodWay } from './kmod-way.ts'
import { localOpener } from './opener.ts'
import { Router } from './router.ts'
import type { Way } from './way.ts'

export interface RouterOptions {
  system: LocalSystem
  mode: Mode
  name: string
  /** /dev/mem, or why it could not be opened. */
  direct: Memory | PhysmemError
  /** Whether there is a /dev/physmem. */
  kmod: boolean
  notify: NotifyChoice | undefined
}

export function openRouter(options: RouterOptions): Router {
  const { system, name, notify } = options
  return new Router(name, [...mappingWays(options), new KcoreWay(localFiles(system))], notify)
}

/** What mappingWays() is given. */
export interface MappingOptions extends Pick<RouterOptions, 'system' | 'mode' | 'direct' | 'kmod'> {
  /** How the module is opened; for tests. */
  module?: KmodOptions
}

/** All ways that map, in the order in which they are tried. */
export function mappingWays({ system, mode, direct, kmod, module = {} }: MappingOptions): Way[] {
  const opener = localOpener(mode, system)
  const devmem = new DevMemWay(direct, () => openDevMem(mode, system))
  const mapping = [devmem, new BarWay(opener), new CachedWay(opener)]
  if (!kmod) return mapping
  const opened = new Kmod(mode, system, module)
  const ram = new KmodWay(opened, ['ram', 'reserved'])
  return [ram, ...mapping, new KmodWay(opened, ['device'])]
}
