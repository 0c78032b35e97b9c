/**
 * Run in a guest with an edu card: everything that a UIO device does with interrupts, one after the
 * other, and what came of it as JSON. The card interrupts when its register is told to.
 */
import { existsSync, readFileSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { bindDriver, mapWindow, openUioDevice, PhysmemError } from '../../../src/index.ts'

const address = '0000:00:04.0'
const INTERRUPT_STATUS = 0x24
const RAISE = 0x60
const ACKNOWLEDGE = 0x64

/** The code and message of what is thrown. */
async function refused(act: () => Promise<unknown>): Promise<[string, string]> {
  try {
    return ['none', String(await act())]
  } catch (error) {
    if (!(error instanceof PhysmemError)) throw error
    return [error.code, error.message]
  }
}

const driverNow = () => existsSync(`/sys/bus/pci/devices/${address}/driver`)
const counted = (number: number) =>
  Number(readFileSync(`/sys/class/uio/uio${number}/event`, 'utf8'))

const binding = await bindDriver(address, 'uio_pci_generic')
const number = binding.uio ?? 0
const uio = await openUioDevice(number)
using registers = await mapWindow({ place: `pci:${address}/bar0`, length: 0x1000 })
const raise = () => registers.write32(RAISE, 1)
const acknowledge = () => registers.write32(ACKNOWLEDGE, registers.read32(INTERRUPT_STATUS))

const said: Record<string, unknown> = { pci: uio.pci, name: uio.name }
said.none = await refused(() => uio.waitForInterrupt({ timeoutMs: 20 }))

// Before anybody waits: the kernel masks the line, and the interrupt is kept.
raise()
await setTimeout(20)
said.kept = { count: (await uio.waitForInterrupt({ timeoutMs: 5000 })).count }
acknowledge()

// While somebody waits: the line is let through.
const waiting = uio.waitForInterrupt({ timeoutMs: 5000 })
await setTimeout(20)
const before = process.hrtime.bigint()
raise()
const { count, missed, timeNs } = await waiting
said.waited = { count, missed, inTime: timeNs > before && timeNs < process.hrtime.bigint() }
acknowledge()

// Raised between two turns, many times.
let sum = 0
raise()
for await (const one of uio.interrupts()) {
  acknowledge()
  sum += 1 + one.missed
  if (sum === 100) break
  raise()
}
said.loop = { sum, counted: counted(number) }

// A device that goes on interrupting: each turn finds one more.
raise()
const storm: number[] = []
for await (const one of uio.interrupts()) {
  storm.push(one.count)
  if (storm.length === 5) break
}
acknowledge()
said.storm = storm.map((one) => one - (storm[0] ?? 0))
await setTimeout(20) // what was let through at the last turn has come by then

const end = new AbortController()
globalThis.setTimeout(() => end.abort(), 50)
let turns = 0
for await (const _ of uio.interrupts({ signal: end.signal })) turns++
said.aborted = turns <= 1

const other = uio.interrupts()
const first = other.next()
said.second = await refused(() => uio.waitForInterrupt({ timeoutMs: 10 }))
uio.close()
said.closed = (await first).done
said.afterClose = await refused(() => uio.waitForInterrupt({ timeoutMs: 10 }))

// The driver is taken off while somebody waits.
const again = await openUioDevice(`uio${number}`)
const lost = refused(() => again.waitForInterrupt({ timeoutMs: 5000 }))
await setTimeout(20)
binding.close()
said.lost = await lost
said.lostLater = await refused(() => again.waitForInterrupt({ timeoutMs: 5000 }))
again.close()
said.driverAfter = driverNow()

console.log(JSON.stringify(said))
