import { RequestError } from '../../base/errors.ts'
import { type Binding, bindDriver } from '../../driver/bind.ts'
import { type BindingMachine, bindFar, type FarBinding } from '../../driver/bind-far.ts'
import type { BindOptions } from '../../driver/bind-options.ts'
import { parsePciAddress } from '../../place/schemes/pci.ts'
import type { BindDocument } from '../../report/bind.ts'
import { printable } from '../../text/refuse.ts'
import { drivers } from '../frame/batch/reasons.ts'
import { defineCommand, one, several } from '../frame/command.ts'
import type { Context } from '../frame/context.ts'
import type { ExitCode } from '../frame/exit.ts'
import { hold } from '../frame/hold.ts'

export default defineCommand({
  arguments: [
    {
      name: 'pci-address',
      needed: true,
      description: 'a PCI function, such as 0000:00:04.0',
      completes: 'pci-function',
    },
    {
      name: 'driver',
      needed: true,
      description: 'a driver that the kernel has loaded, such as uio_pci_generic',
      completes: 'pci-driver',
    },
    { name: 'command', several: true, description: 'after --: a program to run meanwhile' },
  ],
  options: {
    keep: {
      flags: '--keep',
      description: 'leave it bound: do not give the function back',
      fallback: false as boolean,
    },
    force: {
      flags: '--force',
      description: 'also a function in use: a mounted disk, a network interface that is up',
      fallback: false as boolean,
    },
  },
  refuses: ['width', 'endian', 'actOnPorts', 'actOnI2c'],
  needs: ['drivers'],
  meanings: { quiet: 'print the name of the UIO device only' },
  examples: [
    ['bind 0000:00:04.0 uio_pci_generic', 'until Ctrl-C'],
    [
      'bind 04:00.0 uio_pci_generic -- ./driver',
      'while a program runs; its exit code is passed on',
    ],
    ['bind 04:00.0 vfio-pci --keep', 'for good'],
  ],
  notes: [
    'The driver that the function had is bound again at the end: when the program ends, at Ctrl-C, ' +
      'SIGTERM or SIGHUP, or when standard input ends, where that is a pipe. SIGKILL leaves it as it is.',
    'The program runs on this machine, and finds PHYSMEM_PCI (the function), for a UIO driver ' +
      'PHYSMEM_UIO (such as uio0), and PHYSMEM_TARGET (the target) in its environment. Only the name of ' +
      'the UIO device is printed with --quiet.',
  ],
  inBatches: drivers,
  atPrompt: 'it holds the function for a program, or until Ctrl-C: run it beside',
  async run(context, args, { keep, force }) {
    const command = several(args, 2)
    if (keep && command.length > 0) {
      throw new RequestError('EUSAGE', '--keep takes no command: give one or the other')
    }
    const binding = await bind(context, one(args, 0), one(args, 1), { force })
    try {
      tell(context, binding)
      if (keep) {
        binding.keep()
        return 0
      }
      const code = await holdBound(context, command, binding)
      await binding.close()
      const { address, previous } = binding
      context.note(
        previous === undefined
          ? `${address} has no driver again`
          : `${address} is bound to ${previous} again`,
      )
      return code
    } finally {
      await binding.close()
    }
  },
})

type Bound = Binding | FarBinding

async function bind(
  context: Context,
  address: string,
  driver: string,
  options: BindOptions,
): Promise<Bound> {
  if (context.facts) return await bindDriver(address, driver, options, context.system)
  parsePciAddress(address)
  const sysfs = (await context.remoteMachine(true)).sysfs?.()
  if (sysfs === undefined) throw new Error('a machine far away has no files of sysfs')
  const look: BindingMachine['look'] = (question) => context.look(question)
  return await bindFar(address, driver, options, { ...sysfs, look })
}

function tell(context: Context, { address, driver, previous, uio }: Bound): void {
  const { json, quiet } = context.settings
  const device = uioName(uio)
  context.jsonStyle = 'lines'
  if (json) {
    const before = previous === undefined ? {} : { previous }
    const as = device === undefined ? {} : { uio: device }
    context.printJson<BindDocument>({ device: address, driver, ...before, ...as })
  } else if (quiet) {
    if (device !== undefined) context.print(device)
  } else {
    const as = device === undefined ? '' : ` as ${device}`
    const before = previous === undefined ? 'no driver before' : `${printable(previous)} before`
    context.print(`${address} is bound to ${driver}${as}; ${before}`)
  }
}

/** Far away a signal may have come while the function was bound, which is never left half done. */
async function holdBound(
  context: Context,
  command: readonly string[],
  binding: Bound,
): Promise<ExitCode> {
  const env = environment(context, binding)
  if (!('ended' in binding)) return await hold(context, command, env)
  return context.io.interrupted().aborted ? 0 : await hold(context, command, env, binding.ended)
}

/** What a program finds, by which it reaches the function that it is about. */
function environment({ settings }: Context, { address, uio }: Bound): Record<string, string> {
  const device = uioName(uio)
  return {
    PHYSMEM_PCI: address,
    ...(device === undefined ? {} : { PHYSMEM_UIO: device }),
    PHYSMEM_TARGET: settings.target,
  }
}

function uioName(uio: number | undefined): string | undefined {
  return uio === undefined ? undefined : `uio${uio}`
}
