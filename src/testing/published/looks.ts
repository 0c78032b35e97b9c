/** Inventories and translations. */
import { join } from 'node:path'
import { systemAt } from '../../engine/system-at.ts'
import * as inventory from '../../inventory/published.ts'
import * as place from '../../place/published.ts'
import { askHere } from '../../translate/asking.ts'
import * as translate from '../../translate/index.ts'
import { may, need, type Table } from './table.ts'

export async function looks({ add, method }: Table, folder: string): Promise<void> {
  const aPlace = place.parsePlace('0x10')
  const system = systemAt(folder)
  const known = await inventory.readInventory(system)
  add('readInventory', inventory.readInventory, may(system))
  add('readTreeInventory', inventory.readTreeInventory, need(join(folder, 'none')))
  add('listPlaces', inventory.listPlaces, need(known))
  add('describeAddress', inventory.describeAddress, need(known), need(0), may('memory'))
  add('findRegion', inventory.findRegion, need(known), need(aPlace))
  add('regionsAt', inventory.regionsAt, need(known.memory), need(0))
  add('walk', inventory.walk, need(known.memory))
  add('driverOf', inventory.driverOf, need({ facts: [] }))
  add('lengthOf', inventory.lengthOf, need({ start: 0, last: 1 }))

  const where = may(system)
  add('translate', translate.translate, need(1), need(0n), where)
  add(
    'translateAll',
    (...args: [never]) => translate.translateAll(...args).mappings(),
    need(1),
    where,
  )
  add('translateKernel', translate.translateKernel, need(0n, 'string'), where)
  add('readPages', translate.readPages, need(1), need(0n), need(4096), where)
  add('owners', translate.owners, need([]), may({}), where)
  add(
    'new ProcessTranslator',
    (...args: [never]) => new translate.ProcessTranslator(...args),
    need(1),
    where,
  )
  const translator = new translate.ProcessTranslator(process.pid)
  method('ProcessTranslator', translator, 'translate isHuge', need(0n))
  const index = await translate.OwnerIndex.build({}, system)
  method('OwnerIndex', index, 'lookup', need(0))
  const all = (...args: [never]) => new translate.AllTranslation(...args)
  add('new AllTranslation', all, need(1), may(askHere(system)))
}
