/**
 * A whole driver in user space: registers, interrupts and DMA of a PCI card, with no line of kernel
 * code of its own. The card is `edu`, which QEMU has for learning (docs/specs/edu.rst of QEMU):
 *
 *     qemu-system-x86_64 … -device edu
 *     modprobe uio_pci_generic                               # in the machine, as root
 *     physmem kmod build && physmem kmod load
 *     node edu-driver.mjs PCI-ADDRESS [ROUNDS] [BITS]        # such as 0000:00:04.0 100 28
 */
import { randomFillSync } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import {
  allocateBuffer,
  bindDriver,
  type Interrupt,
  mapWindow,
  openUioDevice,
  type PhysicalBuffer,
  setBusMaster,
  type UioDevice,
  type Window,
} from 'physmem'
import { readPciFunction } from 'physmem/linux'

// What tells the card from others, before anything is taken from its driver.
const VENDOR = 0x1234
const DEVICE = 0x11e8

// Offsets of registers in BAR 0, and their bits.
const IDENTIFICATION = 0x00 // 0xRRrr00ed: version, and what tells the card
const LIVENESS = 0x04 // gives the complement of what was written
const FACTORIAL = 0x08 // gives n! after n was written
const STATUS = 0x20
const STATUS_INTERRUPT = 0x80 // interrupt when a factorial is done
const INTERRUPT_STATUS = 0x24 // why it interrupts: bits stay until they are acknowledged
const INTERRUPT_ACKNOWLEDGE = 0x64
const BY_FACTORIAL = 0x001
const BY_DMA = 0x100
const DMA_SOURCE = 0x80
const DMA_DESTINATION = 0x88
const DMA_COUNT = 0x90
const DMA_COMMAND = 0x98
const DMA_START = 0x1
const DMA_FROM_CARD = 0x2
const DMA_INTERRUPT = 0x4
/** The card's own memory, as its DMA addresses it. */
const CARD_MEMORY = 0x40000
const CARD_BYTES = 4096

class EduCard {
  /** How many interrupts came. */
  interrupts = 0
  readonly #registers: Window
  readonly #next: AsyncIterator<Interrupt, void>

  constructor(registers: Window, uio: UioDevice) {
    this.#registers = registers
    // Each turn lets the interrupt line through, which the kernel shuts when an interrupt comes.
    this.#next = uio.interrupts()
  }

  identify(): string {
    const value = this.#registers.read32(IDENTIFICATION)
    if ((value & 0xffff) !== 0x00ed) throw new Error(`no edu card: 0x${value.toString(16)}`)
    this.#registers.write32(LIVENESS, 0x12345678)
    const inverted = this.#registers.read32(LIVENESS)
    if (inverted !== 0xedcba987) throw new Error(`it does not live: 0x${inverted.toString(16)}`)
    return `${value >>> 24}.${(value >>> 16) & 0xff}`
  }

  async factorial(n: number): Promise<number> {
    this.#registers.write32(STATUS, STATUS_INTERRUPT)
    this.#registers.write32(FACTORIAL, n)
    await this.#interrupt(BY_FACTORIAL)
    return this.#registers.read32(FACTORIAL)
  }

  /** Copies between a bus address and the card's memory. */
  async copy(direction: 'to card' | 'from card', address: number, bytes: number): Promise<void> {
    const fromCard = direction === 'from card'
    this.#registers.write64(DMA_SOURCE, BigInt(fromCard ? CARD_MEMORY : address))
    this.#registers.write64(DMA_DESTINATION, BigInt(fromCard ? address : CARD_MEMORY))
    this.#registers.write64(DMA_COUNT, BigInt(bytes))
    // What was written to the buffer must be there before the card is told to fetch it.
    this.#registers.fence()
    const command = DMA_START | DMA_INTERRUPT | (fromCard ? DMA_FROM_CARD : 0)
    this.#registers.write64(DMA_COMMAND, BigInt(command))
    await this.#interrupt(BY_DMA)
  }

  /** Waits for an interrupt with this reason, and acknowledges it, or it would come for ever. */
  async #interrupt(reason: number): Promise<void> {
    let pending = 0
    while ((pending & reason) === 0) {
      const { value, done } = await this.#next.next()
      if (done) throw new Error('the device was closed')
      this.interrupts += 1 + value.missed
      pending = this.#registers.read32(INTERRUPT_STATUS)
      this.#registers.write32(INTERRUPT_ACKNOWLEDGE, pending)
    }
  }
}

/** One round: a factorial, and random bytes to the card and back, compared byte for byte. */
async function round(card: EduCard, buffer: PhysicalBuffer, busAddress: number): Promise<void> {
  const half = CARD_BYTES / 2
  const sent = randomFillSync(new Uint8Array(half))
  buffer.window.writeBlock(0, 64, sent)
  buffer.window.writeBlock(half, 64, new Uint8Array(half))

  if ((await card.factorial(10)) !== 3628800) throw new Error('10! is wrong')
  await card.copy('to card', busAddress, half)
  await card.copy('from card', busAddress + half, half)

  const received = buffer.window.readBlock(half, 64, half / 8)
  if (Buffer.compare(sent, received) !== 0) throw new Error('the bytes came back changed')
}

/** What a leak would make grow; the heap exactly with `node --expose-gc`. */
function resources(): Record<'descriptors' | 'mappings' | 'heapKb' | 'ownKb' | 'usedKb', number> {
  globalThis.gc?.()
  const status = readFileSync('/proc/self/status', 'utf8')
  const memory = readFileSync('/proc/meminfo', 'utf8')
  const kb = (text: string, name: string) =>
    Number(new RegExp(`${name}:\\s+(\\d+)`).exec(text)?.[1])
  return {
    descriptors: readdirSync('/proc/self/fd').length,
    mappings: readFileSync('/proc/self/maps', 'utf8').split('\n').length,
    heapKb: Math.round(process.memoryUsage().heapUsed / 1024),
    ownKb: kb(status, 'VmRSS'),
    usedKb: kb(memory, 'MemTotal') - kb(memory, 'MemAvailable'),
  }
}

function refuse(message: string): never {
  console.error(`edu-driver: ${message}`)
  process.exit(2)
}

/** A number of the command line. */
function numberOf(name: string, text: string, most: number): number {
  const value = Number(text)
  if (Number.isInteger(value) && value >= 1 && value <= most) return value
  return refuse(`${name} is ${JSON.stringify(text)}: expected a whole number, 1 to ${most}`)
}

const [address, roundsText = '100', bitsText = '28'] = process.argv.slice(2)
if (address === undefined) refuse('usage: edu-driver PCI-ADDRESS [ROUNDS] [BITS]')
const rounds = numberOf('ROUNDS', roundsText, 1e9)
/** How many bits of an address the card puts on the bus: a buffer above that would be missed. */
const bits = numberOf('BITS', bitsText, 52)

const { vendor, device } = readPciFunction(address) ?? refuse(`there is no PCI device ${address}`)
if (vendor !== VENDOR || device !== DEVICE) {
  const found = [vendor, device].map((id) => id?.toString(16).padStart(4, '0')).join(':')
  refuse(`${address} is not an edu card (1234:11e8) but ${found}`)
}

// Whatever happens from here on, the card gets its old driver back: at the end of this block, and
// also when the process ends by an error or a signal.
using binding = await bindDriver(address, 'uio_pci_generic')
console.log(`${address}: uio_pci_generic for ${binding.previous ?? 'no driver'}, uio${binding.uio}`)

using uio = await openUioDevice(binding.uio ?? 0)
using registers = await mapWindow({ place: `pci:${address}/bar0`, length: 0x1000 })
const card = new EduCard(registers, uio)
console.log(`edu card, version ${card.identify()}, alive`)

// Memory that stays where it is, in one piece, where the card can reach it.
using buffer = await allocateBuffer({ length: CARD_BYTES, belowAddress: 2 ** bits })
// Whatever happens, before the buffer is freed: nothing may write to it any more.
using _mastering = { [Symbol.dispose]: () => setBusMaster(address, false) }
const busAddress = buffer.dmaAddress(address)
console.log(
  `buffer at 0x${buffer.physicalAddress.toString(16)}, for the card 0x${busAddress.toString(16)}`,
)
setBusMaster(address, true) // without it, the card may not start transfers

const warmUp = Math.min(rounds, 50)
for (let n = 0; n < warmUp; n++) await round(card, buffer, busAddress)
const before = resources()
for (let n = warmUp; n < rounds; n++) await round(card, buffer, busAddress)
const after = resources()

console.log(`${rounds} rounds, ${card.interrupts} interrupts, every byte as it was sent`)
for (const [what, value] of Object.entries(after)) {
  console.log(`  ${what}: ${before[what as keyof typeof before]} before, ${value} after`)
}
