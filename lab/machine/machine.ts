import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { GuestArch, Series } from '../supply/arch.ts'
import type { ArchiveEntry } from '../supply/cpio.ts'
import { type InitramfsOptions, writeInitramfs } from '../supply/initramfs.ts'
import { collectModules, type KernelModule } from '../supply/kernel-modules.ts'
import { ensureKernel, type Kernel } from '../supply/kernels.ts'
import { buildModule, isLabModule } from '../supply/modules.ts'
import { defaultNodeMajor, type GuestNode } from '../supply/node-binary.ts'
import { onProcessEnd } from './cleanup.ts'
import { type ExecOptions, type ExecResult, Guest } from './guest.ts'
import { type QemuProcess, startQemu } from './qemu.ts'
import { Qmp, type QmpArguments } from './qmp.ts'
import { Transcript } from './transcript.ts'
import { examine, saveMemory, type Width } from './witness.ts'

export interface MachineOptions {
  readonly arch: GuestArch
  /** 6.1 when absent. */
  readonly series?: Series
  /** Instead of the packaged one of a series: that of `ensureBuiltKernel()`. */
  readonly kernel?: Kernel
  /** Added to the kernel's command line. */
  readonly append?: string
  /** More arguments for QEMU: `['-device', 'edu,addr=4']`. Slots from 1 to 0x1d are free. */
  readonly devices?: readonly string[]
  /** 768 when absent. */
  readonly memoryMb?: number
  /** Emulated CPUs; 1 when absent. */
  readonly cpus?: number
  /** QEMU's `-cpu`. */
  readonly cpu?: string
  /** Put into the guest's file system before it starts. */
  readonly files?: readonly ArchiveEntry[]
  /** Loaded before the machine counts as up: the kernel's own, or one of lab/guest/modules. */
  readonly modules?: readonly string[]
  /** 20 when absent; with `none` no physmem, either. */
  readonly nodeMajor?: GuestNode
  /** QEMU trace events to record, such as `pl011_write`. */
  readonly traces?: readonly string[]
  /** However it is used, the machine is killed after this time; 6 minutes when absent. */
  readonly lifetimeMs?: number
  /** Fails when the machine is not up by then; 120 s when absent, for a very busy host. */
  readonly bootTimeoutMs?: number
}

/** The trace event of a command that asks for the state of events, and changes nothing. */
const MARK = 'qmp_enter_trace_event_get_state'

const channelModules = ['virtio_pci', 'virtio_console']

async function gatherModules(kernel: Kernel, names: readonly string[]): Promise<KernelModule[]> {
  const own = await Promise.all(names.filter(isLabModule).map((name) => buildModule(kernel, name)))
  const packaged = names.filter((name) => !isLabModule(name))
  const required = own.flatMap((module) => module.requires)
  return [...(await collectModules(kernel, [...channelModules, ...required, ...packaged])), ...own]
}

/** A running machine. `await using machine = await startMachine(…)` stops it at the block's end. */
export class Machine {
  readonly kernel: Kernel
  /** Whether `run` works: the fork server is for the Node that most machines have. */
  readonly canFork: boolean
  /** From the start of QEMU to the first command that could be run. */
  bootMs = 0
  readonly #qemu: QemuProcess
  readonly #guest: Guest
  readonly #qmp: Qmp
  readonly #console: Transcript
  readonly #messages: Transcript
  readonly #exited: Promise<void>
  #reason = 'it ended by itself'
  #marks = 0

  constructor(kernel: Kernel, qemu: QemuProcess, lifetimeMs: number, canFork: boolean) {
    this.kernel = kernel
    this.canFork = canFork
    this.#qemu = qemu
    this.#guest = new Guest(qemu.guest)
    this.#qmp = new Qmp(qemu.qmp)
    this.#console = new Transcript(qemu.console)
    this.#messages = new Transcript(qemu.messages)
    qemu.consoleInput.on('error', () => {}) // a vanished machine is reported by its other users
    const lifetime = setTimeout(() => this.#kill(`its ${lifetimeMs} ms are over`), lifetimeMs)
    lifetime.unref()
    const release = onProcessEnd(() => this.#qemu.child.kill('SIGKILL'))
    this.#exited = new Promise((resolve) => {
      const end = (cause: string): void => {
        clearTimeout(lifetime)
        release()
        const error = this.#failure(`${this.#reason} (${cause})`)
        this.#guest.fail(error)
        this.#qmp.fail(error)
        resolve()
      }
      qemu.child.once('error', (error) => end(error.message))
      qemu.child.once('close', (code, signal) => end(`QEMU: ${signal ?? `exit code ${code}`}`))
    })
  }

  /** The number of QEMU's process on the host. */
  get pid(): number | undefined {
    return this.#qemu.child.pid
  }

  /** All that came out of the serial port, as it came (lines end in \r\n). */
  get console(): string {
    return this.#console.text
  }

  /** What QEMU printed: the recorded trace events, one a line. */
  get trace(): string[] {
    const isEvent = (line: string) => line !== '' && !line.startsWith(MARK)
    return this.#messages.text.split('\n').filter(isEvent)
  }

  /** The events that QEMU recorded while `work` went on: all of them, and none of before. */
  async traced(work: () => Promise<unknown>): Promise<string[]> {
    await this.settled()
    const before = this.trace.length
    await work()
    await this.settled()
    return this.trace.slice(before)
  }

  /** Resolves when `trace` has all that happened before: a command of QEMU's own is recorded behind it. */
  async settled(): Promise<void> {
    this.#marks += 1
    const name = `mark-${this.#marks}*`
    await this.#qmp.run('trace-event-get-state', { name })
    await this.#messages.waitFor(`${MARK} {"name": "${name}"}`, 10_000)
  }

  exec(commandLine: string, options?: ExecOptions): Promise<ExecResult> {
    return this.#guest.exec(commandLine, options)
  }

  /** Runs `physmem` with these words, in a process that the guest's fork server makes. */
  run(words: readonly string[], options?: ExecOptions): Promise<ExecResult> {
    return this.#guest.run(words, options)
  }

  /** The bytes of a file in the guest. */
  async readFile(path: string): Promise<Buffer> {
    const { stdoutBytes, stderr, exitCode } = await this.exec(`cat '${path}'`)
    if (exitCode !== 0) throw new Error(stderr.trim())
    return stdoutBytes
  }

  qmp(command: string, parameters?: QmpArguments): Promise<unknown> {
    return this.#qmp.run(command, parameters)
  }

  /** Values in physical memory as QEMU sees them: numbers up to 32 bits, bigints at 64. */
  xp(address: number, width: 64, count?: number): Promise<bigint[]>
  xp(address: number, width: 8 | 16 | 32, count?: number): Promise<number[]>
  async xp(address: number, width: Width, count = 1): Promise<bigint[] | number[]> {
    const values = await examine(this.#qmp, address, width, count)
    return width === 64 ? values : values.map(Number)
  }

  /** A range of guest RAM as QEMU has it. */
  pmemsave(address: number, length: number): Promise<Buffer> {
    return saveMemory(this.#qmp, address, length)
  }

  waitForConsole(pattern: RegExp | string, timeoutMs = 10_000): Promise<string> {
    return this.#console.waitFor(pattern, timeoutMs)
  }

  /** Types at the serial port. */
  typeConsole(text: string): void {
    this.#qemu.consoleInput.write(text)
  }

  async stop(): Promise<void> {
    this.#kill('it was stopped')
    await this.#exited
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop()
  }

  /** Resolves when the first command can be run. */
  async waitUntilUp(timeoutMs: number): Promise<void> {
    const timer = setTimeout(() => this.#kill(`it was not up after ${timeoutMs} ms`), timeoutMs)
    const start = performance.now()
    try {
      await this.#guest.ready
      this.bootMs = performance.now() - start
    } finally {
      clearTimeout(timer)
    }
  }

  #kill(reason: string): void {
    if (this.#qemu.child.exitCode !== null || this.#qemu.child.signalCode !== null) return
    this.#reason = reason
    this.#qemu.child.kill('SIGKILL')
  }

  #failure(what: string): Error {
    const { arch, release } = this.kernel
    const said = this.#messages.lastLines(10)
    const shown = this.#console.lastLines(25)
    return new Error(
      `the ${arch} machine with kernel ${release} is gone: ${what}\n${said}\nconsole:\n${shown}`,
    )
  }
}

/** The archive as an open file without a name, so that nothing can leave it behind. */
async function namelessInitramfs(options: InitramfsOptions): Promise<FileHandle> {
  const folder = await mkdtemp(join(tmpdir(), 'physmem-lab-'))
  try {
    const path = join(folder, 'initramfs.cpio')
    await writeInitramfs(path, options)
    return await open(path)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Boots a machine and waits until it takes commands. What is missing in the cache is fetched. */
export async function startMachine(options: MachineOptions): Promise<Machine> {
  const { arch, nodeMajor = defaultNodeMajor, files = [] } = options
  const kernel = options.kernel ?? (await ensureKernel(arch, options.series ?? '6.1'))
  const modules = await gatherModules(kernel, options.modules ?? [])
  const initramfs = await namelessInitramfs({ arch, nodeMajor, modules, files })
  const qemu = startQemu({
    arch,
    kernel: kernel.image,
    initramfs: initramfs.fd,
    append: options.append ?? '',
    devices: options.devices ?? [],
    memoryMb: options.memoryMb ?? 768,
    cpus: options.cpus ?? 1,
    cpu: options.cpu,
    traces: [MARK, ...(options.traces ?? [])],
  })
  await initramfs.close() // QEMU has its own
  const machine = new Machine(
    kernel,
    qemu,
    options.lifetimeMs ?? 360_000,
    nodeMajor === defaultNodeMajor,
  )
  await machine.waitUntilUp(options.bootTimeoutMs ?? 120_000)
  return machine
}
