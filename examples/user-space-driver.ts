/**
 * A driver in user space: a GPIO block of sixteen lines, by synchronous accesses of a few
 * nanoseconds each.
 *
 *     user-space-driver pci:0000:00:04.0/bar0     on a card that has such a block
 *     user-space-driver file:./gpio.bin           on a file, to try it without
 */
import { mapWindow, type Window } from 'physmem'

const OUT = 0x00
const DIRECTION = 0x04
const IN = 0x08

class Gpio implements Disposable {
  readonly #window: Window

  private constructor(window: Window) {
    this.#window = window
  }

  static async open(place: string): Promise<Gpio> {
    return new Gpio(await mapWindow({ place, length: 0x0c }))
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

using gpio = await Gpio.open(process.argv[2] ?? 'pci:0000:00:04.0/bar0')
gpio.drive(3, true)
gpio.drive(5, false)
gpio.waitHigh(7, 100)
for (const line of [6, 7]) console.log(`line ${line} is ${gpio.isHigh(line) ? 'high' : 'low'}`)
