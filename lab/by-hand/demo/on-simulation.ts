import { runCli } from '../../../src/cli/frame/run.ts'
import { registry } from '../../../src/cli/registry.ts'
import type { SimMemory } from '../../../src/memory/sim/index.ts'
import { openSim } from '../../../src/memory/sim/index.ts'
import type { Outcome } from '../../machine/physmem.ts'
import type { Shell, Teller } from './teller.ts'

/** The command, at one board that stays switched on from one command to the next. */
class Bench implements Shell {
  readonly name = 'sim'
  readonly #memory: SimMemory

  constructor(memory: SimMemory) {
    this.#memory = memory
  }

  async physmem(commandLine: string): Promise<Outcome> {
    const [stdout, stderr] = [new Sheet(), new Sheet()]
    const never = () => new AbortController().signal
    const io = {
      stdout,
      stderr,
      interrupted: never,
      inputEnded: never,
      readInput: async () => new Uint8Array(0),
    }
    const exitCode = await runCli(commandLine.split(' '), io, {
      commands: registry,
      openMachine: async () => ({
        locate: async ({ offset }) => ({ memory: this.#memory, address: offset }),
        close: async () => {},
      }),
    })
    return { stdout: stdout.text, stderr: stderr.text, exitCode }
  }
}

/** Takes down what is printed. */
class Sheet {
  readonly isTerminal = false
  readonly hasColors = false
  readonly hasUnicode = true
  readonly columns = 80
  readonly rows = 24
  text = ''

  write(data: string | Uint8Array): void {
    this.text += typeof data === 'string' ? data : Buffer.from(data).toString()
  }
}

const sim = '--target sim:'

/** The same story without any hardware or kernel; `reason` is why. */
export async function tellOnSimulation(teller: Teller, reason: string): Promise<void> {
  await using memory = await openSim()
  const bench = new Bench(memory)
  teller.line(`There is no virtual machine: ${reason}.`)
  teller.line('So this is the simulated board, which physmem has built in. It stays switched on')
  teller.line('for the whole story; in a shell, every command begins with a fresh one.')
  await device(teller, bench, memory)
  await timer(teller, bench)
  await serialPort(teller, bench, memory)
  await failure(teller, bench)
}

async function device(teller: Teller, bench: Shell, { board }: SimMemory): Promise<void> {
  teller.scene('A device, by its physical address')
  teller.say('Which device is it? One 32-bit load tells: the letters PHM1.')
  await teller.run(bench, `${sim} read 0x10000000`)
  teller.say('One register keeps what was written. Here, four bits of it are changed.')
  await teller.run(bench, `${sim} write 0x10000008=0x12345678 0x10000008:7:4=0xa`)
  const kept = board.peek('demo.SCRATCH')
  teller.witness(`The board itself has 0x${kept.toString(16)} there`, kept === 0x123456a8n)
  teller.say(
    'It works for 20 ms: start it, wait until it is not busy any more, see that it is done.',
  )
  await teller.run(bench, `${sim} write 0x10000020:7=1`)
  await teller.run(bench, `${sim} wait 0x10000020:7=0 --timeout 1s`)
  await teller.run(bench, `${sim} read 0x1000000c:1`)
}

async function timer(teller: Teller, bench: Shell): Promise<void> {
  teller.scene('An event timer (HPET), by its physical address')
  teller.say('Its counter runs at 100 MHz: all 64 bits in one load.')
  await teller.run(bench, `${sim} read 0xfed000f0 --width 64`)
  teller.say('The same, watched.')
  await teller.run(bench, `${sim} watch 0xfed000f0 --interval 100ms --count 3`)
}

async function serialPort(teller: Teller, bench: Shell, { board }: SimMemory): Promise<void> {
  teller.scene('A serial port (PL011), by its registers')
  teller.say('What is stored into its data register goes out: six letters and the end of a line.')
  const text = 'Hello!\r\n'
  const letters = [...Buffer.from(text)].map((byte) => `0x09000000=0x${byte.toString(16)}`)
  await teller.run(bench, `${sim} write ${letters.join(' ')} --width 8`)
  const sent = board.text('uart0.DR')
  teller.witness(`The board sent ${JSON.stringify(sent)}`, sent === text)
}

async function failure(teller: Teller, bench: Shell): Promise<void> {
  teller.scene('An access that fails')
  teller.say('This register answers with a bus error. It is an error, not a crash.')
  await teller.run(bench, `${sim} read 0x10000038 0x1000003c`, 1)
}
