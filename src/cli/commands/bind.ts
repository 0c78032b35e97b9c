import { RequestError } from '../../base/errors.ts'
import { bindDriver } from '../../driver/bind.ts'
import type { BindDocument } from '../../report/bind.ts'
import { drivers } from '../frame/batch/reasons.ts'
import { defineCommand, one, several } from '../frame/command.ts'
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
  refuses: ['width', 'endian', 'verbose', 'actOnPorts', 'actOnI2c'],
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
    'The program finds PHYSMEM_PCI (the function) and, for a UIO driver, PHYSMEM_UIO (such as uio0) ' +
      'in its environment. Only the name of the UIO device is printed with --quiet.',
  ],
  inBatches: drivers,
  atPrompt: 'it holds the function for a program, or until Ctrl-C: run it beside',
  async run(context, args, { keep, force }) {
    const command = several(args, 2)
    if (keep && command.length > 0) {
      throw new RequestError('EUSAGE', '--keep takes no command: give one or the other')
    }
    using binding = await bindDriver(one(args, 0), one(args, 1), { force }, context.system)
    const { address, driver, previous } = binding
    const uio = binding.uio === undefined ? undefined : `uio${binding.uio}`
    const { json, quiet } = context.settings
    context.jsonStyle = 'lines'
    if (json) {
      const before = previous === undefined ? {} : { previous }
      const as = uio === undefined ? {} : { uio }
      context.printJson<BindDocument>({ device: address, driver, ...before, ...as })
    } else if (quiet) {
      if (uio !== undefined) context.print(uio)
    } else {
      const as = uio === undefined ? '' : ` as ${uio}`
      const before = previous === undefined ? 'no driver before' : `${previous} before`
      context.print(`${address} is bound to ${driver}${as}; ${before}`)
    }
    if (keep) {
      binding.keep()
      return 0
    }
    const env = { PHYSMEM_PCI: address, ...(uio === undefined ? {} : { PHYSMEM_UIO: uio }) }
    const code = await hold(context, command, env)
    binding.close()
    context.note(
      previous === undefined
        ? `${address} has no driver again`
        : `${address} is bound to ${previous} again`,
    )
    return code
  },
})
