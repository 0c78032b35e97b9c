/** The contracts of all memories and of all windows, kept by those that only a real kernel has: each case, each kind. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { contract } from '../../../src/memory/contract/index.ts'
import { openSim } from '../../../src/memory/sim/open.ts'
import type { Report, Stretch } from '../../guest/programs/contract.ts'
import { labTitle, labUnavailable } from '../../machine/available.ts'
import { type Machine, type MachineOptions, startMachine } from '../../machine/machine.ts'
import { createSharedMemory, type SharedMemory } from '../../machine/shared-memory.ts'
import { guestProgram } from '../../supply/guest-program.ts'
import { windowCasesOf } from '../../supply/window-cases.ts'

const sharedBytes = 1 << 20
const whole = { base: 0, length: sharedBytes }

interface Setting {
  readonly title: string
  readonly options: MachineOptions
  readonly stretches: Readonly<Record<string, Stretch>>
}

const settings: readonly Setting[] = [
  {
    title: 'x86-64',
    options: { arch: 'x86_64', modules: ['uio_ivshmem'], append: 'memmap=64k$0x20000000' },
    stretches: {
      'a PCI BAR': { place: 'pci:0000:00:05.0/bar2', ...whole },
      'a PCI BAR, write-combining': { place: 'pci:0000:00:05.0/bar2_wc', ...whole },
      'a UIO map': { place: 'uio:ivshmem/memory', ...whole },
      'RAM that was set aside, by /dev/mem': { base: 0x20000000, length: 0x10000 },
    },
  },
  {
    title: 'arm64',
    options: { arch: 'aarch64', memoryMb: 768, append: 'mem=512M' },
    stretches: {
      // At its end nothing answers: the CPU takes an external abort, the process a SIGBUS.
      'RAM that was set aside, by /dev/mem': {
        base: 0x6fff0000,
        length: 0x10000,
        faultAddress: 0x70000000,
      },
    },
  },
]

/** Only to ask which cases can be tried on a stretch: most know no address that faults. */
const standIn = { memory: await openSim(), widths: [8, 16, 32, 64] } as const

for (const { title, options, stretches } of settings) {
  const reason = labUnavailable(options.arch, '6.1')
  describe.skipIf(reason)(labTitle(`the contract on ${title}`, reason), () => {
    let machine: Machine
    let shared: SharedMemory
    let report: Report

    beforeAll(async () => {
      shared = createSharedMemory(sharedBytes, 5)
      const { entry, command } = await guestProgram('contract')
      machine = await startMachine({ ...options, devices: shared.devices, files: [entry] })
      const subjects = JSON.stringify(Object.values(stretches))
      const { stdout, stderr } = await machine.exec(`${command} '${subjects}'`, {
        timeoutMs: 120_000,
      })
      expect(stderr).toBe('')
      report = JSON.parse(stdout) as Report
    })

    afterAll(async () => {
      await machine?.stop()
      shared?.[Symbol.dispose]()
    })

    describe.each(Object.entries(stretches))('%s', (name, stretch) => {
      const index = Object.keys(stretches).indexOf(name)
      const cases = contract.filter((one) => one.skip?.({ ...stretch, ...standIn }) === undefined)
      it.each(cases.map((one) => one.name))('%s', (one) => {
        expect(report[index]?.[one]).toEqual({ state: 'kept' })
      })

      it.each(windowCasesOf(stretch))('%s', (one) => {
        expect(report[index]?.[one]).toEqual({ state: 'kept' })
      })
    })
  })
}
