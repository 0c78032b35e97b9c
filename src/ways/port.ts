import { PhysmemError, RefusedError, RequestError } from '../base/errors.ts'
import { after, attempt, type Pending } from '../base/pending.ts'
import type { Value, Width } from '../base/width.ts'
import type { AccessFile, FileOpener } from '../engine/access-file.ts'
import type { PortInstructions } from '../engine/port-instructions.ts'
import type { Mode } from '../engine/source.ts'
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

export interface PortOptions {
  mode: Mode
  /**
   * Allows blocks over rising ports. Default `false`: reading a port acts on what is behind it, and
   * nobody knows what is behind all of a range. A block of one fixed port is always allowed.
   */
  blocks?: boolean
  /** Those of the machine; none of a folder in place of `/`, where only dev/port is used. */
  instructions: PortInstructions | undefined
}

/** x86 has 65536 ports. */
const PORTS = 0x1_0000

/**
 * Opens the I/O ports of an x86 machine; an address is the number of a port. An access of 8 bits
 * goes through /dev/port, which makes one `in` or `out` of it. Wider ones, which /dev/port would cut
 * into bytes (drivers/char/mem.c, read_port), and all where it is refused, are single instructions
 * by ioperm. Needs CAP_SYS_RAWIO. What is refused is known with the first program that needs it,
 * before its first step. Rejects with EPLATFORM on another CPU.
 */
export async function openPorts(opener: FileOpener, options: PortOptions): Promise<PortMemory> {
  await opener.look(({ cpu }) => {
    if (cpu !== 'x64') throw refusalError('there are no ports', noPorts(cpu))
  })
  return new PortMemory(opener, options)
}

/**
 * I/O ports: 8, 16 and 32 bits, each access naturally aligned and made once. EWIDTH at 64 bits, EUSAGE
 * for a block that was not allowed.
 */
export class PortMemory extends BusMemory {
  readonly name = 'I/O ports'
  readonly length = PORTS
  readonly #mode: Mode
  readonly #opener: FileOpener
  readonly #blocks: boolean
  readonly #instructions: PortInstructions | undefined
  /** /dev/port, or why it cannot be opened; `undefined` before it was tried. */
  #node: AccessFile | Refusal | undefined
  /** Which ports may be used by instructions. */
  readonly #allowed = new Uint8Array(PORTS)
  protected readonly bus: Bus

  constructor(opener: FileOpener, { mode, blocks = false, instructions }: PortOptions) {
    super()
    this.#mode = mode
    this.#opener = opener
    this.#blocks = blocks
    this.#instructions = instructions
    this.bus = {
      ...systemClock,
      name: this.name,
      load: (port, width) => this.#load(port, width),
      store: (port, width, value) => this.#store(port, width, Number(value)),
    }
  }

  protected check(program: Program): void {
    checkBounds(program, this.name, this.length)
    for (const [index, step] of program.steps.entries()) this.#checkStep(step, index)
  }

  /** Gets the permission for every port that the program uses. */
  protected override async permit(program: Program): Promise<void> {
    for (const [index, step] of program.steps.entries()) {
      if (this.#isPermitted(step)) continue
      await this.#permit(step, index)
    }
  }

  protected release(): Pending<void> {
    return this.#file?.close()
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

  get #file(): AccessFile | undefined {
    return this.#node && 'read' in this.#node ? this.#node : undefined
  }

  #isPermitted(step: Step): boolean {
    if (!('address' in step) || step.op === 'cache') return true
    if (step.width === 8 && this.#file) return true
    const { address } = step
    return this.#allowed.subarray(address, address + portsOf(step)).every((one) => one === 1)
  }

  /** Rejects with a RefusedError when no way lets the ports of a step be used. */
  async #permit(step: Step, index: number): Promise<void> {
    if (!('address' in step) || step.op === 'cache') return
    const { address, width } = step
    const node = width === 8 ? await this.#openNode() : undefined
    if (node && 'read' in node) return
    const errno = await this.#allow(address, portsOf(step))
    if (errno === undefined) return
    const refusal = await this.#opener.look((system) =>
      combined(node, errno === 'none' ? undefined : explainIoperm(errno, system)),
    )
    const what = `the ${width}-bit port ${hex(address)} cannot be reached`
    const told = errno === 'none' ? {} : { errno }
    throw refusalError(what, refusal, { address, step: index, width, ...told })
  }

  /** `undefined` when the ports may be used, otherwise an errno; `none` without instructions. */
  async #allow(port: number, length: number): Promise<string | undefined> {
    if (this.#instructions === undefined) return 'none'
    const errno = await this.#instructions.allow(port, length)
    if (errno === undefined) this.#allowed.fill(1, port, port + length)
    return errno
  }

  async #openNode(): Promise<AccessFile | Refusal> {
    if (this.#node) return this.#node
    const opened = await this.#opener.openFile('/dev/port', this.#mode)
    this.#node =
      'errno' in opened
        ? await this.#opener.look((system) => explainDevPortOpen(opened.errno, system))
        : opened
    return this.#node
  }

  #load(port: number, width: Width): Pending<Value> {
    const file = width === 8 ? this.#file : undefined
    if (file === undefined) return this.#permitted().in(port, width / 8)
    const byte = new Uint8Array(1)
    return after(
      once('read', () => file.read(byte, port)),
      () => byte[0] as number,
    )
  }

  #store(port: number, width: Width, value: number): Pending<void> {
    const file = width === 8 ? this.#file : undefined
    if (file === undefined) return this.#permitted().out(port, width / 8, value)
    return once('written', () => file.write(Uint8Array.of(value), port))
  }

  /** Only asked of ports that were allowed, which without instructions none are. */
  #permitted(): PortInstructions {
    if (this.#instructions === undefined) throw new Error('there are no instructions for ports')
    return this.#instructions
  }
}

/** How many ports a step uses, from its address on. */
function portsOf(step: Step & { width: Width }): number {
  const fixed = 'stepping' in step && step.stepping === 'fixed'
  return (fixed ? 1 : elementCount(step)) * (step.width / 8)
}

/** One byte through /dev/port. */
function once(done: string, access: () => Pending<number>): Pending<void> {
  const moved = attempt(access, (error) => {
    if (error instanceof PhysmemError) throw error
    throw nothing(done, ` (${(error as NodeJS.ErrnoException).code})`)
  })
  return after(moved, (count) => {
    if (count !== 1) throw nothing(done)
  })
}

function nothing(done: string, why = ''): BusFault {
  return new BusFault(`/dev/port: nothing was ${done}${why}`, 'EIO')
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
