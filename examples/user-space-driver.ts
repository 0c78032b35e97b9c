/**
 * A driver in user space: a GPIO block of sixteen lines, by synchronous accesses of a few
 * nanoseconds each. PLACE is where the block is, such as pci:0000:00:04.0/bar0, or
 * file:./gpio.bin to try it without a card, with a file that printf makes:
 *
 *     user-space-driver PLACE
 *     printf '\40\0\0\0\1\0\0\0\200\0\0\0GPIO' > gpio.bin
 */
import { mapWindow, type Window } from 'physmem'

const OUT = 0x00
const DIRECTION = 0x04
const IN = 0x08
const IDENTIFICATION = 0x0c // tells the block from everything else
const GPIO_BLOCK = 0x4f495047 // "GPIO"

class Gpio implements Disposable {
  readonly #window: Window

  private constructor(window: Window) {
    this.#window = window
  }

  static async open(place: string): Promise<Gpio> {
    const window = await mapWindow({ place, length: 0x10 })
    // What is written to another device does there what nobody asked for: it is identified first.
    const found = window.read32(IDENTIFICATION)
    if (found === GPIO_BLOCK) return new Gpio(window)
    window.close()
    throw new Error(`no GPIO block at ${place}: it identifies itself as 0x${found.toString(16)}`)
  }

  /** Makes a line an output that is high or low. */
  drive(line: number, high: boolean): void {
    this.#window.update32(OUT, 1 << line, high ? 1 << line : 0)
    this.#window.update32(DIRECTION, 1 << line, 1 << line)
  }

  isHigh(line: number): boolean {
    return (this.#window.read32(IN) & (1 << line)) !== 0
  }

  /** Waits until a line is high. Throws ETIMEOUT. */
  waitHigh(line: number, timeoutMs: number): void {
    this.#window.wait32(IN, { mask: 1 << line, equals: 1 << line, timeoutMs })
  }

  [Symbol.dispose](): void {
    this.#window.close()
  }
}

const [place] = process.argv.slice(2)
if (place === undefined) {
  console.error('usage: user-space-driver PLACE')
  process.exit(2)
}

using gpio = await Gpio.open(place)
gpio.drive(3, true)
gpio.drive(5, false)
gpio.waitHigh(7, 100)
for (const line of [6, 7]) console.log(`line ${line} is ${gpio.isHigh(line) ? 'high' : 'low'}`)
