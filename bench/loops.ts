import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import type { Memory } from '../src/memory/memory.ts'
import { builtAddon, builtDeviceMemory, builtPackage } from './built.ts'

/** Runs its operation so many times. */
type Loop = (times: number) => void | Promise<void>

const ROUND_NS = 40e6
const OFFSET = 0x10

async function windowOver(path: string, access: 'typed' | 'native') {
  const { mapWindow } = await builtPackage()
  return mapWindow({ place: `file:${path}`, length: 4096, access })
}

async function readLoop(path: string, access: 'typed' | 'native'): Promise<Loop> {
  const window = await windowOver(path, access)
  return (times) => {
    let sum = 0
    for (let i = 0; i < times; i++) sum = (sum + window.read32(OFFSET)) | 0
    keep(sum)
  }
}

async function writeLoop(path: string, access: 'typed' | 'native'): Promise<Loop> {
  const window = await windowOver(path, access)
  return (times) => {
    for (let i = 0; i < times; i++) window.write32(OFFSET, i)
  }
}

/** Made when asked for: each runs in a process of its own, so that none spoils another's types. */
const makers: Record<string, (path: string, more: string) => Promise<Loop>> = {
  'typed-read': (path) => readLoop(path, 'typed'),
  'typed-write': (path) => writeLoop(path, 'typed'),
  'native-read': (path) => readLoop(path, 'native'),
  'native-write': (path) => writeLoop(path, 'native'),

  bare: async () => {
    const addon = await builtAddon()
    return (times) => {
      let sum = 0
      for (let i = 0; i < times; i++) sum = (sum + addon.bare()) | 0
      keep(sum)
    }
  },

  gpio: async (path) => {
    const window = await windowOver(path, 'typed')
    return (times) => {
      for (let i = 0; i < times; i++) window.write32(OFFSET, window.read32(OFFSET) ^ (1 << 5))
    }
  },

  update: async (path) => {
    const window = await windowOver(path, 'typed')
    return (times) => {
      for (let i = 0; i < times; i++) window.update32(0x30, 0x9, 0x9)
    }
  },

  generated: async (path, module) => {
    const { UART0 } = await import(module)
    const uart = UART0.on(await windowOver(path, 'typed'))
    return (times) => {
      for (let i = 0; i < times; i++) uart.CR.modify({ UARTEN: true, STOP: 'Two' })
    }
  },

  program: async (path, addressFile) => {
    const { open } = await builtPackage()
    return programLoop(await open(`file:${path}`), addressFile)
  },

  'program-device': async (path, addressFile) =>
    programLoop(await builtDeviceMemory(path), addressFile),
}

/** Samples of a round: they find room where nobody takes them meanwhile. */
const SAMPLES = 400_000

/** What tells by itself how long an operation took, in ns: a thread of its own does it. */
const clocked: Record<string, (path: string) => Promise<() => Promise<number>>> = {
  record: async (path) => {
    const { Program } = await builtPackage()
    const memory = await builtDeviceMemory(path)
    const program = new Program([{ op: 'read', address: OFFSET, width: 32 }])
    return async () => {
      let kept = 0
      const { lastNs, taken, lost } = await memory.sample(program, { count: SAMPLES }, (some) => {
        kept += some.length
      })
      if (lost > 0 || kept !== SAMPLES) throw new Error(`${lost} of ${taken} samples were lost`)
      return lastNs / (taken - 1)
    }
  },
}

/** Times are counted in accesses. */
async function programLoop(memory: Memory, addressFile: string): Promise<Loop> {
  const { Program } = await builtPackage()
  const addresses = new BigUint64Array(new Uint8Array(readFileSync(addressFile)).buffer)
  const program = new Program(
    Array.from(addresses, (address) => ({ op: 'read', address: Number(address), width: 32 })),
  )
  return async (times) => {
    for (let done = 0; done < times; done += addresses.length) await memory.run(program)
  }
}

let kept = 0

/** Uses a result, so that no compiler finds it useless. */
function keep(value: number): void {
  kept ^= value
  if (kept === 0x7fff_fff1) process.stderr.write('\n')
}

async function measure(loop: Loop, times: number): Promise<number> {
  const start = process.hrtime.bigint()
  await loop(times)
  return Number(process.hrtime.bigint() - start)
}

/** A process that measures one round, in ns an operation, for every line that it is sent. */
export async function runLoop([name = '', path = '', more = '']: string[]): Promise<void> {
  const ownClock = await clocked[name]?.(path)
  if (ownClock) return answerBy(ownClock)
  const loop = await makers[name]?.(path, more)
  if (!loop) throw new Error(`no loop ${name}`)
  let times = 1000
  while ((await measure(loop, times)) < ROUND_NS) times *= 2
  await measure(loop, times) // Once more, now that all is compiled.
  for await (const _ of createInterface({ input: process.stdin })) {
    process.stdout.write(`${(await measure(loop, times)) / times}\n`)
  }
  process.exit()
}

async function answerBy(round: () => Promise<number>): Promise<void> {
  await round()
  for await (const _ of createInterface({ input: process.stdin })) {
    process.stdout.write(`${await round()}\n`)
  }
  process.exit()
}
