import { byReason } from '../../device/read-rules.ts'
import { placeInMemory, type SettledRegister } from '../../device/register.ts'
import { differenceOf } from '../../device/snapshot/compare.ts'
import { planRestoration } from '../../device/snapshot/restore.ts'
import type { Store } from '../../device/store.ts'
import { withWritten } from '../../operate/failure.ts'
import { Plan } from '../../operate/plan.ts'
import { planStoring, type Storing, updatedRegister } from '../../operate/store.ts'
import { differenceToJson, type LeftReport, type RestoreDocument } from '../../report/snapshot.ts'
import { counted } from '../../text/count.ts'
import { saved } from '../frame/batch/reasons.ts'
import { defineCommand, one } from '../frame/command.ts'
import type { Context } from '../frame/context.ts'
import { locked } from '../frame/locked.ts'
import { sharedOptions } from '../frame/options.ts'
import { filePath } from '../frame/paths.ts'
import { differenceLines } from '../views/registers/differences.ts'
import { openSession } from './named/session.ts'
import {
  checkChip,
  checkTarget,
  findAllSaved,
  readPresent,
  readSnapshot,
} from './snapshots/present.ts'

export default defineCommand({
  arguments: [
    {
      name: 'file',
      needed: true,
      description: 'a snapshot, or - for standard input',
      orInput: true,
      completes: { file: 'snapshot' },
      parse: filePath,
    },
  ],
  options: {
    dryRun: {
      ...sharedOptions.dryRun,
      description: 'read and compare, but write nothing: print what would be written',
    },
    chip: sharedOptions.chip,
    board: sharedOptions.board,
    force: sharedOptions.force,
  },
  examples: [
    ['restore before.json --dry-run --target sim:', 'what would be written'],
    ['restore before.json --target sim:', 'in the order of the file'],
  ],
  notes: [
    'Registers are read, and only those that differ are written, in the order of the file. What is ' +
      'read-only, and bits whose store does something other than keep a value (those that a 1 clears, ' +
      'for example), are left as they are. A snapshot of another chip is refused, ' +
      'and so is one of another target without --force.',
  ],
  refuses: ['width'],
  mayStore: true,
  severally: { prints: 'at its end' },
  inBatches: saved,
  async run(context, args, options) {
    const file = filePath(one(args, 0))
    const { dryRun, force } = options
    const snapshot = await readSnapshot(context, file)
    if (!force) checkTarget(snapshot, context.settings.target)
    const session = await openSession(context, { ...options, onlyNames: true })
    checkChip(snapshot, session)
    const found = await findAllSaved(snapshot, session)
    const places = found.map(({ register }) => placeInMemory(register))
    const machine = await context.machine(dryRun ? 'read' : 'write', places, [])
    const { read, left } = await readPresent(context, machine, found, force)
    let same = 0
    const stores: { store: Store<SettledRegister>; before: bigint }[] = []
    for (const { saved, register, value } of read) {
      const plan = planRestoration(register, BigInt(saved.value), value, { force })
      if (plan.kind === 'same') same++
      else {
        if (plan.kind === 'store') stores.push({ store: plan.store, before: value })
        left.push(...plan.left.map(({ name, why }) => ({ register: name, why })))
      }
    }
    const plan = new Plan()
    const storings: { storing: Storing; before: bigint }[] = []
    for (const { store, before } of stores) {
      const { place, found: of } = store.register
      const at = await machine.locate(place, of.register.width / 8)
      const { endian } = context.settings
      const register = endian === 'big' ? { ...store.register, endian } : store.register
      const storing = planStoring(plan, { ...store, register }, at, { verify: false })
      storings.push({ storing, before })
    }
    plan.check()
    const report = () => tell(context, file, { storings, same, left, dryRun })
    if (dryRun) report()
    else {
      try {
        const updated = stores.flatMap(({ store }) => updatedRegister(store))
        if (stores.length > 0) await locked(context, updated, () => plan.run())
      } catch (error) {
        context.printBefore(report)
        const made = storings.filter(({ storing }) => storing.done).length
        throw withWritten(error, `made ${made} of ${counted(storings.length, 'store')}`)
      }
      context.done = `restored ${counted(storings.length, 'register')}`
      report()
    }
    return 0
  },
})

interface Restored {
  storings: readonly { storing: Storing; before: bigint }[]
  same: number
  left: LeftReport[]
  dryRun: boolean
}

function tell(context: Context, file: string, { storings, same, left, dryRun }: Restored): void {
  const differences = storings.flatMap(({ storing, before }) => {
    if (!dryRun && !storing.done) return []
    const { register, mask, value, isUpdate } = storing.store
    const old = BigInt(storing.old ?? before)
    const planned = isUpdate ? (old & ~mask) | (value & mask) : value
    const after = BigInt(storing.written ?? planned)
    const what = { name: register.name, width: register.found.register.width, described: register }
    return differenceOf(what, old, after) ?? []
  })
  context.record<RestoreDocument>({
    file,
    ...(dryRun ? { dryRun } : {}),
    same,
    restored: differences.map(differenceToJson),
    left,
  })
  const { json, quiet } = context.settings
  if (!json && !quiet) context.print(differenceLines(differences))
  if (!json) {
    const did = dryRun ? 'would be restored' : 'restored'
    context.note(`${counted(differences.length, 'register')} ${did}, ${same} had the value`)
  }
  // Of a register perhaps a part only.
  if (left.length > 0) context.note(`not restored: ${byReason(left)}`)
}
