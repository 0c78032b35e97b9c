import { counted } from '../../text/count.ts'
import { formatHex } from '../../text/number.ts'
import { malformed, refusal } from '../../text/refuse.ts'
import type { MemoryScheme } from '../scheme.ts'
import { parseSum } from './address.ts'

/** A model-specific register of an x86 CPU: `msr:0x1b`, of another than CPU 0 `msr:cpu1:0x1b`. */
export interface MsrPlace {
  scheme: 'msr'
  /** As the kernel counts CPUs, 0 to 8191. */
  cpu: number
  /** 8 times the number of the register, 0 to 0x7fffffff8: in the memory each has 8 bytes. */
  offset: number
}

/** Bytes of a register, in which its number counts. */
const BYTES = 8
const lastRegister = 0xffff_ffff
/** arch/x86/Kconfig, NR_CPUS_RANGE_END: 8192 CPUs at most. */
const lastCpu = 8191

export const msr: MemoryScheme<MsrPlace> = {
  name: 'msr',
  example: 'msr:0x1b',
  otherExample: 'msr:cpu1:0x1b',
  registers: { plural: 'model-specific registers', width: 64 },
  // The colon behind the CPU is none of bits.
  suffixesFrom: (body) => (body.startsWith('cpu') ? body.indexOf(':') + 1 : 0),
  parse: (subject, offset) => {
    const [, digits, number = ''] = /^(?:cpu([^:]*):)?(.*)$/s.exec(subject) ?? []
    const cpu = digits === undefined ? 0 : parseCpu(digits, subject)
    if (number === '' || /^cpu/.test(number)) {
      const why = 'it names no register, such as msr:0x1b or msr:cpu1:0x1b'
      throw malformed(`msr:${subject}`, 'a model-specific register', why)
    }
    const register = parseSum(`${number}+${offset}`, 'a model-specific register', lastRegister)
    return { scheme: 'msr', cpu, offset: register * BYTES }
  },
  format: ({ cpu, offset }) => {
    const register = formatHex(Math.floor(offset / BYTES))
    return cpu === 0 ? register : `cpu${cpu}:${register}`
  },
  guess: (text) => {
    const [, cpu, register] = /^\/dev\/cpu\/([0-9]+)\/msr\+(.+)$/.exec(text) ?? []
    return cpu === undefined ? undefined : `msr:cpu${cpu}:${register}`
  },
  memory: ({ cpu, offset }) => ({
    key: `msr:cpu${cpu}`,
    address: offset,
    open: async ({ mode, files }) => (await import('../../ways/msr.ts')).openMsrs(cpu, mode, files),
  }),
}

function parseCpu(digits: string, subject: string): number {
  const cpu = /^(?:0|[1-9][0-9]{0,8})$/.test(digits) ? Number(digits) : undefined
  if (cpu === undefined) {
    const why = 'expected cpu and a decimal number, such as msr:cpu1:0x1b'
    throw malformed(`msr:${subject}`, 'a model-specific register', why)
  }
  if (cpu <= lastCpu) return cpu
  const most = `no kernel counts more than ${counted(lastCpu + 1, 'CPU')}`
  throw refusal('ERANGE', `CPU ${cpu} does not exist: ${most}`, `msr:${subject}`)
}
