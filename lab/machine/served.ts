/** Machines that this one's physmem reaches by the agent in them, over a virtual serial port. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from '../../src/cli/testing/run.ts'
import { agentFile } from './available.ts'
import { type Machine, type MachineOptions, startMachine } from './machine.ts'
import type { Outcome } from './physmem.ts'

/** The port waits for somebody on the host, and ends when they go: then the next agent begins. */
const SERVE =
  'setsid sh -c "while :; do physmem-agent serve <> /dev/PORT >&0; done" > /dev/null 2>&1 < /dev/null &'

/** A machine in which an agent serves. */
export class ServedMachine implements AsyncDisposable {
  readonly machine: Machine
  /** For `--target` and `connect()`: a socket of this machine. */
  readonly target: string
  readonly #folder: string

  private constructor(machine: Machine, folder: string) {
    this.machine = machine
    this.#folder = folder
    this.target = `unix:${join(folder, 'agent')}`
  }

  /** Boots it, as `startMachine` does, and starts the agent. */
  static async start(options: MachineOptions): Promise<ServedMachine> {
    const { arch, devices = [], files = [] } = options
    const folder = mkdtempSync(join(tmpdir(), 'physmem-remote-'))
    const machine = await startMachine({
      ...options,
      files: [...files, { path: '/usr/bin/physmem-agent', mode: 0o755, source: agentFile(arch) }],
      devices: [
        ...devices,
        ...['-chardev', `socket,id=agent,path=${join(folder, 'agent')},server=on,wait=off`],
        ...['-device', 'virtserialport,chardev=agent,name=physmem.agent'],
      ],
    })
    await machine.exec(SERVE.replace('PORT', await portOf(machine)))
    return new ServedMachine(machine, folder)
  }

  /** Runs the command here, on the machine there. */
  async physmem(line: string, target = this.target): Promise<Outcome> {
    const { code, out, err } = await run(`-t ${target} ${line}`, { unicode: false })
    return { exitCode: code, stdout: out, stderr: err }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.machine.stop()
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

async function portOf(machine: Machine): Promise<string> {
  const script =
    'for port in /sys/class/virtio-ports/*; do grep -q physmem.agent $port/name && basename $port; done'
  return (await machine.exec(script)).stdout.trim()
}
