import type { Duplex } from 'node:stream'

/** The frames of guest/runner.c. */
const toGuest = { exec: 1, stdin: 2, stdinEnd: 3, kill: 4, run: 5 } as const
const fromGuest = { ready: 16, stdout: 17, stderr: 18, exited: 19 } as const
const headerLength = 12

export interface ExecOptions {
  /** After this the command is killed and the call fails; 60 s when absent. */
  readonly timeoutMs?: number
  readonly stdin?: string | Uint8Array
}

export interface ExecResult {
  readonly stdout: string
  readonly stderr: string
  /** As the shell has it: 128 + the signal's number when a signal ended the command. */
  readonly exitCode: number
  readonly stdoutBytes: Buffer
  readonly stderrBytes: Buffer
}

interface Running {
  readonly stdout: Buffer[]
  readonly stderr: Buffer[]
  readonly settle: (exitCode: number) => void
  readonly fail: (error: Error) => void
}

/** Runs commands in the guest through its virtio-serial port. Several may run at once. */
export class Guest {
  readonly ready: Promise<void>
  readonly #stream: Duplex
  readonly #running = new Map<number, Running>()
  #received = Buffer.alloc(0)
  #lastId = 0
  #gone: Error | undefined
  #onReady: () => void = () => {}
  #onGone: (error: Error) => void = () => {}

  constructor(stream: Duplex) {
    this.#stream = stream
    this.ready = new Promise((resolve, reject) => {
      this.#onReady = resolve
      this.#onGone = reject
    })
    this.ready.catch(() => {}) // whoever waits for it hears of it
    stream.on('data', (chunk: Buffer) => this.#receive(chunk))
    stream.on('error', () => {}) // a vanished machine is reported by `fail`
  }

  /** Ends all that runs and refuses what comes. */
  fail(error: Error): void {
    if (this.#gone) return
    this.#gone = error
    this.#onGone(error)
    for (const running of this.#running.values()) running.fail(error)
    this.#running.clear()
  }

  /** Runs a command line by the shell. */
  exec(commandLine: string, options?: ExecOptions): Promise<ExecResult> {
    return this.#start(toGuest.exec, commandLine, commandLine, options)
  }

  /** Runs `physmem` with these words, in a process that the guest's fork server makes. */
  run(words: readonly string[], options?: ExecOptions): Promise<ExecResult> {
    const payload = words.map((word) => `${word}\0`).join('')
    return this.#start(toGuest.run, payload, `physmem ${words.join(' ')}`, options)
  }

  #start(
    type: number,
    payload: string,
    title: string,
    options: ExecOptions = {},
  ): Promise<ExecResult> {
    if (this.#gone) return Promise.reject(this.#gone)
    const { timeoutMs = 60_000, stdin } = options
    this.#lastId += 1
    const id = this.#lastId
    const stdout: Buffer[] = []
    const stderr: Buffer[] = []
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#send(toGuest.kill, id)
        this.#running.delete(id)
        const printed = Buffer.concat([...stdout, ...stderr])
          .toString()
          .slice(-2000)
        reject(new Error(`not done after ${timeoutMs} ms: ${title}\n${printed}`))
      }, timeoutMs)
      const settle = (exitCode: number): void => {
        clearTimeout(timer)
        const [stdoutBytes, stderrBytes] = [Buffer.concat(stdout), Buffer.concat(stderr)]
        resolve({
          stdout: stdoutBytes.toString(),
          stderr: stderrBytes.toString(),
          exitCode,
          stdoutBytes,
          stderrBytes,
        })
      }
      const fail = (error: Error): void => {
        clearTimeout(timer)
        reject(error)
      }
      this.#running.set(id, { stdout, stderr, settle, fail })
      this.#send(type, id, Buffer.from(payload))
      if (stdin !== undefined) this.#send(toGuest.stdin, id, Buffer.from(stdin))
      this.#send(toGuest.stdinEnd, id)
    })
  }

  #send(type: number, id: number, payload: Uint8Array = new Uint8Array()): void {
    const header = Buffer.alloc(headerLength)
    header.writeUInt32LE(type, 0)
    header.writeUInt32LE(id, 4)
    header.writeUInt32LE(payload.length, 8)
    this.#stream.write(Buffer.concat([header, payload]))
  }

  #receive(chunk: Buffer): void {
    this.#received = Buffer.concat([this.#received, chunk])
    while (this.#received.length >= headerLength) {
      const end = headerLength + this.#received.readUInt32LE(8)
      if (this.#received.length < end) return
      const frame = this.#received.subarray(0, end)
      this.#received = this.#received.subarray(end)
      this.#take(frame.readUInt32LE(0), frame.readUInt32LE(4), frame.subarray(headerLength))
    }
  }

  #take(type: number, id: number, payload: Buffer): void {
    if (type === fromGuest.ready) this.#onReady()
    const running = this.#running.get(id)
    if (!running) return // killed after its time-out
    if (type === fromGuest.stdout) running.stdout.push(payload)
    if (type === fromGuest.stderr) running.stderr.push(payload)
    if (type === fromGuest.exited) {
      this.#running.delete(id)
      running.settle(payload.readInt32LE(0))
    }
  }
}
