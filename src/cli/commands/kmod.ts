import { RequestError } from '../../base/errors.ts'
import { buildKmod } from '../../kmod/build.ts'
import { loadKmod, unloadKmod } from '../../kmod/load.ts'
import { type KmodStatus, readKmodStatus } from '../../kmod/status.ts'
import { readRelease } from '../../linux/kernel-config.ts'
import { type KmodDocument, kmodStatusToJson } from '../../report/kmod.ts'
import { counted } from '../../text/count.ts'
import { wordCure } from '../../wording/cure.ts'
import { drivers } from '../frame/batch/reasons.ts'
import { defineCommand, one } from '../frame/command.ts'
import type { Context } from '../frame/context.ts'
import { choice } from '../frame/parsers.ts'
import { filePath } from '../frame/paths.ts'

const ACTIONS = ['status', 'build', 'load', 'unload'] as const
const parseAction = choice('an action', ACTIONS)

interface Options {
  headers: string | undefined
  output: string | undefined
  kernel: string | undefined
}

export default defineCommand({
  arguments: [
    { name: 'action', needed: true, description: ACTIONS.join(', '), completes: ACTIONS },
    {
      name: 'file',
      description: 'with load: a physmem.ko built elsewhere',
      completes: { file: 'module' },
      parse: filePath,
    },
  ],
  options: {
    kernel: {
      flags: '--kernel <release>',
      description: 'with build: for this kernel',
      parse: (text: string) => text,
      fallback: undefined as string | undefined,
      fallbackText: 'the one that runs',
    },
    headers: {
      flags: '--headers <folder>',
      description: "with build: the kernel's headers or build tree",
      parse: filePath,
      fallback: undefined as string | undefined,
      fallbackText: '/lib/modules/RELEASE/build',
      completes: { file: 'folder' },
    },
    output: {
      flags: '-o, --output <folder>',
      description: 'with build: where to put physmem.ko',
      parse: filePath,
      fallback: undefined as string | undefined,
      fallbackText: '/var/lib/physmem/kmod/RELEASE; without root below ~/.cache',
      completes: { file: 'folder' },
    },
  },
  refuses: ['width', 'endian', 'actOnPorts', 'actOnI2c'],
  needs: ['kernel'],
  meanings: {
    verbose: 'with build: show what make prints',
    quiet: 'print the state or the file only',
  },
  examples: [
    ['kmod status', 'whether it is loaded or built, or could be'],
    ['kmod build', 'needs the headers of the kernel, and says how to get them'],
    ['kmod load', 'as root; RAM then goes through /dev/physmem'],
    ['kmod unload', 'refused while it is in use'],
  ],
  notes: [
    'The module creates /dev/physmem, which maps what /dev/mem refuses: RAM, with the caching that you ' +
      'choose, and buffers at known addresses. Only root with CAP_SYS_RAWIO can use it.',
    'Its source is part of this package, ready for DKMS, which rebuilds it for every kernel.',
  ],
  inBatches: drivers,
  async run(context, args, options) {
    const action = parseAction(one(args, 0))
    checkOptions(action, args[1], options)
    switch (action) {
      case 'status':
        return showStatus(context)
      case 'build':
        return build(context, options)
      case 'load':
        return load(context, args[1] === undefined ? undefined : filePath(one(args, 1)))
      case 'unload':
        unloadKmod(context.system.now())
        context.record<KmodDocument>({ loaded: false })
        if (!context.settings.json) context.note('the kernel module is unloaded')
        return 0
    }
  },
})

function checkOptions(action: (typeof ACTIONS)[number], file: unknown, options: Options): void {
  if (file !== undefined && action !== 'load') {
    throw new RequestError('EUSAGE', `${action} takes no file: only load does`)
  }
  const given = Object.entries(options).find(([, value]) => value !== undefined)
  if (given && action !== 'build') {
    throw new RequestError('EUSAGE', `--${given[0]} belongs to build, not to ${action}`)
  }
}

async function build(context: Context, { kernel, headers, output }: Options): Promise<0> {
  const { system, settings } = context
  const release = kernel ?? readRelease(system.files)
  const file = await buildKmod({
    system,
    release,
    ...(headers === undefined ? {} : { headers }),
    ...(output === undefined ? {} : { folder: output }),
    onOutput: (text) => {
      if (settings.verbose) context.io.stderr.write(text)
    },
  })
  context.record<KmodDocument>({ release, file })
  if (settings.json) return 0
  context.print(settings.quiet ? file : `${file} is built for kernel ${release}`)
  return 0
}

function load(context: Context, file: string | undefined): 0 {
  const { system, settings } = context
  const loaded = loadKmod({ system, ...(file === undefined ? {} : { file }) })
  context.record<KmodDocument>({ loaded: true, ...(loaded === undefined ? {} : { file: loaded }) })
  if (settings.json) return 0
  context.note(
    loaded === undefined
      ? 'the kernel module is loaded already'
      : `${loaded} is loaded: RAM goes through /dev/physmem`,
  )
  return 0
}

function showStatus(context: Context): 0 {
  const status = readKmodStatus(context.system)
  context.record<KmodDocument>(kmodStatusToJson(status))
  if (context.settings.json) return 0
  if (context.settings.quiet) {
    context.print(status.loaded ? 'loaded' : 'not loaded')
    return 0
  }
  for (const [name, text] of rows(status)) context.print(`${name.padEnd(8)} ${text}`)
  return 0
}

function rows(status: KmodStatus): [string, string][] {
  const { release, loaded, users, deviceError, built, signed, headers, source } = status
  const used = users ? `used ${counted(users, 'time')}` : 'it is not in use'
  const device = deviceError === undefined ? '/dev/physmem works' : deviceError
  return [
    ['module', loaded ? `loaded, ${used}` : 'not loaded'],
    ...(loaded ? [['device', device] as [string, string]] : []),
    ['kernel', release],
    ['headers', headers ?? `not installed`],
    ['built', built === undefined ? 'not for this kernel' : `${built}${signed ? ' (signed)' : ''}`],
    ['source', source],
    ['loading', status.refusal?.reason ?? 'nothing forbids it'],
    ...(status.next === undefined ? [] : [['next', wordCure(status.next)] as [string, string]]),
  ]
}
