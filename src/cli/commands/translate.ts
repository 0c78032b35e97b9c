import { PhysmemError, RequestError } from '../../base/errors.ts'
import { retell } from '../../base/retell.ts'
import { TRANSLATE_NEEDS } from '../../machine/facilities.ts'
import type { TranslateDocument, TranslationsReport } from '../../report/translate.ts'
import { kernelToJson, translationToJson } from '../../report/translate.ts'
import { translateKernel } from '../../translate/kernel.ts'
import { translateBy } from '../../translate/translate.ts'
import { looks } from '../frame/batch/reasons.ts'
import { defineCommand, one, several } from '../frame/command.ts'
import type { Context } from '../frame/context.ts'
import { ownLine } from '../frame/own-line.ts'
import { printAll } from '../views/translate/all-view.ts'
import { KERNEL, parseOfKernel, parseOfProcess, parseWho } from '../views/translate/arguments.ts'
import { withAsking } from '../views/translate/asking.ts'
import { kernelLines, translationLines } from '../views/translate/one-view.ts'
import { showPhysical } from '../views/translate/text.ts'

export default defineCommand({
  arguments: [
    {
      name: 'pid',
      needed: true,
      description: 'number of a process, or kernel',
      completes: 'process',
    },
    {
      name: 'address',
      several: true,
      description: 'virtual addresses; for the kernel also symbols',
      completes: { behind: (who) => (who === KERNEL ? 'kernel:' : `pid:${who}:`) },
    },
  ],
  options: {
    all: {
      flags: '--all',
      description: 'everything that the process has mapped, as runs of contiguous frames',
      fallback: false as boolean,
    },
  },
  meanings: { quiet: 'print addresses only' },
  examples: [
    [
      'translate 1234 0x7ffc12345678',
      'where a byte of a process is, and what is known of its page',
    ],
    ['translate 1234 0x7ffc12345678 -q', 'the physical address only'],
    ['translate 1234 --all', 'all mappings, and totals'],
    ['translate kernel jiffies', 'where a variable of the kernel is'],
  ],
  notes: [
    'Needs root: the kernel hides physical addresses from other users, and in containers. The kernel may ' +
      'move a page at any time, locked ones (mlock) too: an answer is true when it is given. ' +
      'What --all prints after an address is the length of a run; -q prints VIRTUAL PHYSICAL LENGTH.',
  ],
  refuses: ['width', 'endian', 'actOnPorts', 'actOnI2c'],
  needs: TRANSLATE_NEEDS,
  inBatches: looks,
  async run(context, args, { all }) {
    const pid = parseWho(one(args, 0), lineOf(context))
    const addresses = several(args, 1)
    if (pid === KERNEL) return ofKernel(context, addresses, all)
    if (!all) return ofProcess(context, pid, addresses)
    if (addresses.length > 0) {
      throw new RequestError('EUSAGE', '--all takes no address: give one or the other', {
        input: addresses[0] ?? '',
      })
    }
    await withAsking(context, (asking) => printAll(context, asking, pid))
    return 0
  },
})

async function ofProcess(context: Context, pid: number, addresses: readonly string[]): Promise<0> {
  if (addresses.length === 0) {
    throw new RequestError('EUSAGE', 'expected virtual addresses, or --all', {
      cure: 'see physmem translate --help',
    })
  }
  const wanted = addresses.map((text) => parseOfProcess(text, lineOf(context)))
  const results: TranslationsReport['results'] = []
  context.record<TranslateDocument>({ results })
  await withAsking(context, async (asking) => {
    for (const [index, virtual] of wanted.entries()) {
      const found = await translateBy(asking, pid, virtual).catch((error) => {
        throw inOwnWords(context, error, virtual)
      })
      asking.renew()
      results.push(translationToJson(found))
      print(context, index, found.address, translationLines(found))
    }
  })
  return 0
}

/** What gives the command lines that messages suggest. */
function lineOf({ settings }: Context): (words: readonly string[]) => string {
  return (words) => ownLine(settings, words)
}

/** What helps, as this command takes it. */
function inOwnWords({ settings }: Context, error: unknown, virtual: bigint): unknown {
  if (!(error instanceof PhysmemError) || error.code !== 'EKERNELHALF') return error
  const cure = ownLine(settings, ['translate', KERNEL, `0x${virtual.toString(16)}`])
  return retell(error, { data: { cure } })
}

async function ofKernel(context: Context, addresses: readonly string[], all: boolean): Promise<0> {
  if (all) throw new RequestError('EUSAGE', '--all is for processes: the kernel maps all RAM')
  if (addresses.length === 0) {
    throw new RequestError('EUSAGE', 'expected symbols or virtual addresses of the kernel')
  }
  const wanted = addresses.map(parseOfKernel)
  const results: TranslationsReport['results'] = []
  context.record<TranslateDocument>({ results })
  await withAsking(context, async ({ ask, system }) => {
    for (const [index, at] of wanted.entries()) {
      const found = await ask(() => translateKernel(at, system))
      results.push(kernelToJson(found))
      print(context, index, found.address, kernelLines(found))
    }
  })
  return 0
}

/** Blocks of lines, with an empty line between them. */
function print(context: Context, index: number, address: number, lines: string[]): void {
  const { json, quiet } = context.settings
  if (json) return
  if (quiet) context.print(showPhysical(address))
  else context.print(index > 0 ? ['', ...lines] : lines)
}
