import { type Machine, startMachine } from '../../machine/machine.ts'
import { physmem } from '../../machine/physmem.ts'
import type { GuestArch } from '../../supply/arch.ts'
import type { Shell, Teller } from './teller.ts'

const names: Readonly<Record<GuestArch, string>> = {
  x86_64: 'x86-64',
  aarch64: 'arm64',
  arm: 'arm',
  riscv64: 'riscv64',
}

/** A machine that a command can be typed at. */
class Guest implements Shell {
  readonly name: string
  readonly machine: Machine

  constructor(machine: Machine) {
    this.machine = machine
    this.name = names[machine.kernel.arch]
  }

  physmem(commandLine: string) {
    return physmem(this.machine, commandLine)
  }
}

export interface Machines extends AsyncDisposable {
  readonly pc: Guest
  readonly board: Guest
}

/** Boots both machines at the same time. */
export async function startMachines(): Promise<Machines> {
  const starts = await Promise.allSettled([
    startMachine({ arch: 'x86_64', devices: ['-device', 'edu,addr=4'] }),
    startMachine({
      arch: 'aarch64',
      append: 'iomem=relaxed',
      traces: ['pl011_read', 'pl011_write'],
    }),
  ])
  const machines = starts.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []))
  const stop = async () => {
    await Promise.all(machines.map((machine) => machine.stop()))
  }
  const [pc, board] = machines
  if (pc === undefined || board === undefined) {
    await stop()
    throw starts.find((start) => start.status === 'rejected')?.reason
  }
  return { pc: new Guest(pc), board: new Guest(board), [Symbol.asyncDispose]: stop }
}

export async function tellOnKernels(teller: Teller, { pc, board }: Machines): Promise<void> {
  for (const { name, machine } of [pc, board]) {
    const seconds = (machine.bootMs / 1000).toFixed(1)
    const { release } = machine.kernel
    teller.line(`${name.padEnd(6)}  Debian's kernel ${release}, up in ${seconds} s`)
  }
  await card(teller, pc)
  await timer(teller, pc)
  await serialPort(teller, board)
  await refusal(teller, pc, await processMemory(teller, pc))
}

const hex = (value: number | bigint, digits = 8): string =>
  `0x${value.toString(16).padStart(digits, '0')}`

/** docs/specs/edu.rst of QEMU. */
async function card(teller: Teller, pc: Guest): Promise<void> {
  const place = 'pci:0000:00:04.0/bar0'
  const { machine } = pc
  const resource = await machine.readFile('/sys/bus/pci/devices/0000:00:04.0/resource')
  const base = Number(resource.toString().split(' ')[0])
  teller.scene('A PCI card, by its BAR')
  teller.say('Which card is it? One 32-bit load tells.')
  await teller.run(pc, `read ${place}`)
  teller.say('One register gives the complement of what was written.')
  await teller.run(pc, `write ${place}+0x4=0x12345678`)
  await teller.run(pc, `read ${place}+0x4`)
  const [seen = 0] = await machine.xp(base + 4, 32)
  teller.witness(`QEMU itself reads ${hex(seen)} there`, seen === 0xedcba987)
  teller.say('It computes 10!: start it, wait until it is not busy any more, fetch the result.')
  await teller.run(pc, `write ${place}+0x8=10`)
  await teller.run(pc, `wait ${place}+0x20:0=0 --timeout 1s`)
  await teller.run(pc, `read ${place}+0x8 --base dec`)
}

async function timer(teller: Teller, pc: Guest): Promise<void> {
  const counter = 0xfed000f0
  teller.scene('The event timer of a PC (HPET), by its physical address')
  teller.say('Its counter runs at 100 MHz: all 64 bits in one load.')
  const [before = 0n] = await pc.machine.xp(counter, 64)
  const { stdout } = await teller.run(pc, `read ${hex(counter)} --width 64`)
  const [after = 0n] = await pc.machine.xp(counter, 64)
  const value = BigInt(stdout.trim().split(/\s+/)[1] ?? -1)
  teller.witness(
    `QEMU saw ${hex(before, 16)} before and ${hex(after, 16)} after`,
    before < value && value < after,
  )
  teller.say('The same, watched.')
  await teller.run(pc, `watch ${hex(counter)} --interval 100ms --count 3`)
}

/** Arm PrimeCell UART (PL011), DDI 0183. */
async function serialPort(teller: Teller, board: Guest): Promise<void> {
  const { machine } = board
  teller.scene('A serial port (PL011), by its registers')
  teller.say('Bit 7 of its flags: all was sent. Bit 5: no room for more.')
  await teller.run(board, 'read 0x09000018:7 0x09000018:5')
  teller.say('What is stored into its data register goes out: six letters and the end of a line.')
  const text = 'Hello!\r\n'
  const heard = machine.console.length
  const letters = [...Buffer.from(text)].map((byte) => `0x09000000=${hex(byte, 2)}`)
  const accesses = await machine.traced(async () => {
    await teller.run(board, `write ${letters.join(' ')} --width 8`)
    await machine.waitForConsole(text)
  })
  const sent = machine.console.slice(heard)
  teller.witness(`The other end of the line received ${JSON.stringify(sent)}`, sent === text)
  const loads = accesses.filter((line) => line.startsWith('pl011_read')).length
  const stores = accesses.length - loads
  teller.witness(
    `QEMU recorded ${stores} stores and ${loads} loads`,
    stores === letters.length && loads === 0,
  )
}

/** A process with a text that everybody can recognise, at the start of its environment. */
async function startProcess({ machine }: Guest): Promise<{ pid: string; address: string }> {
  const { stdout } = await machine.exec(`env -i ${secret}=1 sleep 600 >/dev/null 2>&1 & echo $!`)
  const pid = stdout.trim()
  // proc(5): the 50th field of stat is env_start.
  const stat = (await machine.readFile(`/proc/${pid}/stat`)).toString().trim()
  return { pid, address: `0x${BigInt(stat.split(' ')[49] ?? 0).toString(16)}` }
}

const secret = 'PHYSMEM_WAS_HERE'

async function processMemory(teller: Teller, pc: Guest): Promise<string> {
  teller.scene('The memory of another process, through RAM')
  const { pid, address } = await startProcess(pc)
  teller.say(`Process ${pid} keeps its environment at ${address}. Where is that in RAM?`)
  const { stdout } = await teller.run(pc, `translate ${pid} ${address}`)
  const physical = /physical +(0x[0-9a-f]+)/.exec(stdout)?.[1] ?? '0x0'
  teller.say('/dev/mem refuses RAM here: physmem takes another way, and says which.')
  await teller.run(pc, `dump ${physical}..+16 --width 8 --verbose`)
  const seen = (await pc.machine.pmemsave(Number(physical), secret.length)).toString()
  teller.witness(`QEMU, from outside, sees ${JSON.stringify(seen)} there`, seen === secret)
  return physical
}

async function refusal(teller: Teller, pc: Guest, physical: string): Promise<void> {
  teller.scene('What the kernel refuses')
  teller.say(
    'To write there is refused. The doctor says why, shows the evidence, and names the cure.',
  )
  await teller.run(pc, `write ${physical}=0 --width 8`, 1)
  await teller.run(pc, `doctor ${physical} --width 8`)
}
