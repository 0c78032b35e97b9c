import { closeSync, openSync, readSync, writeSync } from 'node:fs'
import { errnoName } from '../base/errno.ts'
import { RefusedError, RequestError } from '../base/errors.ts'
import type { Value, Width } from '../base/width.ts'
import { type Addon, loadAddon } from '../engine/addon.ts'
import type { Mode } from '../engine/source.ts'
import type { LocalSystem } from '../linux/system.ts'
import { checkBounds } from '../memory/bounds.ts'
import { BusMemory } from '../memory/bus-memory.ts'
import { systemClock } from '../memory/clock.ts'
import { type Bus, BusFault } from '../memory/interpreter.ts'
import type { Program } from '../memory/program.ts'
import { elementCount, isWriting, type Step } from '../memory/step.ts'
import { refusalError } from '../refusal/error.ts'
import { explainDevPortOpen, explainIoperm, noPorts } from '../refusal/port.ts'
import type { Refusal } from '../refusal/refusal.ts'
import { optionWord } from '../wording/command-line.ts'

/** The instructions, and the permission for them: `Addon`, or what a test puts in its place. */
export type PortInstructions = Pick<Addon, 'portAllow' | 'portIn' | 'portOut'>

export interface PortOptions {
  /**
   * Allows blocks over rising ports. Default `false`: reading a port acts on what is behind it, and
   * nobody knows what is behind all of a range. A block of one fixed port is always allowed.
   */
  blocks?: boolean
  /** Default: those of this CPU; none of a folder in place of `/`, where only dev/port is used. */
  instructions?: PortInstructions
}

/** x86 has 65536 ports. */
const PORTS = 0x1_0000

/**
 * Opens the I/O ports of this x86 machine; an address is the number of a port. An access of 8 bits
 * goes through /dev/port, which makes one `in` or `out` of it. Wider ones, which /dev/port would cut
 * into bytes (drivers/char/mem.c, read_port), and all where it is refused, are single instructions
 * by ioperm. Needs CAP_SYS_RAWIO. What is refused is known with the first program that needs it,
 * before its first step. Throws EPLATFORM on another CPU or system.
 */
export function openPorts(mode: Mode, system: LocalSystem, options: PortOptions = {}): PortMemory {
  const addon = loadAddon()
  const { cpu } = system
  if (cpu !== 'x64') throw refusalError('there are no ports', noPorts(cpu))
  const { blocks = false, instructions = system.isHere ? addon : {} } = options
  return new PortMemory(mode, system, blocks, instructions)
}

/**
 * I/O ports: 8, 16 and 32 bits, each access naturally aligned and made once. EWIDTH at 64 bits, EUSAGE
 * for a block that was not allowed.
 */
export class PortMemory extends BusMemory {
  readonly name = 'I/O ports'
  readonly length = PORTS
  readonly #mode: Mode
  readonly #system: LocalSystem
  readonly #blocks: boolean
  readonly #instructions: PortInstructions
  /** /dev/port, or why it cannot be opened; `undefined` before it was tried. */
  #node: { fd: number } | Refusal | undefined
  /** Which ports this thread may use by instructions. */
  readonly #allowed = new Uint8Array(PORTS)
  protected readonly bus: Bus

  constructor(mode: Mode, system: LocalSystem, blocks: boolean, instructions: PortInstructions) {
    super()
    this.#mode = mode
    this.#system = system
    this.#blocks = blocks
    this.#instructions = instructions
    this.bus = {
      ...systemClock,
      name: this.name,
      load: (port, width) => this.#load(port, width),
      store: (port, width, value) => this.#store(port, width, Number(value)),
    }
  }

  /** Gets the permission for every port that the program uses. */
  protected check(program: Program): void {
    checkBounds(program, this.name, this.length)
    for (const [index, step] of program.steps.entries()) this.#checkStep(step, index)
    for (const [index, step] of program.steps.entries()) this.#permit(step, index)
  }

  protected release(): void {
    if (this.#node && 'fd' in this.#node) closeSync(this.#node.fd)
  }

  #checkStep(step: Step, index: number): void {
    if (!('address' in step)) return
    const data = { step: index, address: step.address }
    const port = hex(step.address)
    if (step.op === 'cache') {
      throw new RefusedError('EREFUSED', `port ${port}: I/O ports have no cache lines`, data)
    }
    if (step.width === 64) {
      const message = `port ${port}: no CPU has 64-bit accesses of ports; use a width of 8, 16 or 32`
      throw new RequestError('EWIDTH', message, { ...data, width: 64 })
    }
    if (isWriting(step) && this.#mode === 'read') {
      throw new RequestError('EREADONLY', `${this.name} were opened for reading only`, data)
    }
    const count = elementCount(step)
    const fixed = 'stepping' in step && step.stepping === 'fixed'
    if (this.#blocks || fixed || count === 1) return
    const last = hex(step.address + (count * step.width) / 8 - 1)
    const verb = isWriting(step) ? 'writing' : 'reading'
    throw new RequestError(
      'EUSAGE',
      `ports ${port} to ${last}: ${verb} a port acts on the device behind it, so a range is accessed only when that is asked for`,
      {
        ...data,
        cure: `name the ports one by one, or allow it: actOnPorts, ${optionWord('act-on-ports')}`,
      },
    )
  }

  /** Throws a RefusedError when no way lets the ports of a step be used. */
  #permit(step: Step, index: number): void {
    if (!('address' in step) || step.op === 'cache') return
    const { address, width } = step
    const node = width === 8 ? this.#openNode() : undefined
    if (node && 'fd' in node) return
    const fixed = 'stepping' in step && step.stepping === 'fixed'
    const bytes = (fixed ? 1 : elementCount(step)) * (width / 8)
    const errno = this.#allow(address, bytes)
    if (errno === undefined) return
    const refusal = combined(
      node,
      errno === 'none' ? undefined : explainIoperm(errno, this.#system.now()),
    )
    const what = `the ${width}-bit port ${hex(address)} cannot be reached`
    const told = errno === 'none' ? {} : { errno }
    throw refusalError(what, refusal, { address, step: index, width, ...told })
  }

  /** `undefined` when this thread may use the ports, otherwise an errno; `none` without instructions. */
  #allow(port: number, length: number): string | undefined {
    const { portAllow } = this.#instructions
    if (portAllow === undefined) return 'none'
    if (this.#allowed.subarray(port, port + length).every((one) => one === 1)) return undefined
    const errno = portAllow(port, length)
    if (errno !== 0) return errnoName(errno)
    this.#allowed.fill(1, port, port + length)
    return undefined
  }

  #openNode(): { fd: number } | Refusal {
    if (this.#node) return this.#node
    try {
      const path = this.#system.at('/dev/port')
      this.#node = { fd: openSync(path, this.#mode === 'write' ? 'r+' : 'r') }
    } catch (error) {
      const errno = (error as NodeJS.ErrnoException).code ?? 'unknown error'
      this.#node = explainDevPortOpen(errno, this.#system.now())
    }
    return this.#node
  }

  #load(port: number, width: Width): Value {
    if (width === 8 && this.#node && 'fd' in this.#node) {
      const byte = new Uint8Array(1)
      const { fd } = this.#node
      once('read', () => readSync(fd, byte, 0, 1, port))
      return byte[0] as number
    }
    return this.#instruction('portIn')(port, width / 8)
  }

  #store(port: number, width: Width, value: number): void {
    if (width === 8 && this.#node && 'fd' in this.#node) {
      const { fd } = this.#node
      once('written', () => writeSync(fd, Uint8Array.of(value), 0, 1, port))
    } else this.#instruction('portOut')(port, width / 8, value)
  }

  /** Only called for ports that were allowed, which without instructions none are. */
  #instruction<K extends 'portIn' | 'portOut'>(name: K): NonNullable<PortInstructions[K]> {
    const instruction = this.#instructions[name]
    if (instruction === undefined) throw new Error(`there is no ${name} on this CPU`)
    return instruction
  }
}

/** One byte through /dev/port. */
function once(done: string, access: () => number): void {
  let why = ''
  try {
    if (access() === 1) return
  } catch (error) {
    why = ` (${(error as NodeJS.ErrnoException).code})`
  }
  throw new BusFault(`/dev/port: nothing was ${done}${why}`, 'EIO')
}

/** What /dev/port said, if it was asked, and what ioperm did, if there is one. */
function combined(node: Refusal | undefined, ioperm: Refusal | undefined): Refusal {
  if (!node && !ioperm) return WITHOUT_INSTRUCTIONS
  if (!node || !ioperm) {
    const one = (node ?? ioperm) as Refusal
    return { ...one, reason: `${node ? '/dev/port' : 'ioperm'}: ${one.reason}` }
  }
  if (node.reason === ioperm.reason) return node
  const evidence = [...(node.evidence ?? []), ...(ioperm.evidence ?? [])]
  return { ...node, reason: `/dev/port: ${node.reason}; ioperm: ${ioperm.reason}`, evidence }
}

const WITHOUT_INSTRUCTIONS: Refusal = {
  code: 'EREFUSED_NO_PORTS',
  reason: 'below another root there is only dev/port, which has 8 bits',
}

function hex(port: number): string {
  return `0x${port.toString(16)}`
}
