import type { Files } from './files.ts'
import { readLine } from './read.ts'

/** CPUs that follow one another, as the kernel counts them. */
export interface CpuRange {
  first: number
  last: number
}

/** Where the kernel lists CPUs: those that the machine has, and those of them that are on. */
export const cpuListFile = (which: 'present' | 'online') => `/sys/devices/system/cpu/${which}`

/** `undefined` where the file is not there or has no list. */
export function readCpus(which: 'present' | 'online', files: Files): CpuRange[] | undefined {
  return parseCpuList(readLine(files, cpuListFile(which)))
}

/** A list as bitmap_print_to_pagebuf() prints it: `0-3,8`. `undefined` for what is none, or empty. */
export function parseCpuList(text: string): CpuRange[] | undefined {
  const parts = text.split(',').map((part) => /^(\d{1,6})(?:-(\d{1,6}))?$/.exec(part))
  const ranges: CpuRange[] = []
  for (const part of parts) {
    if (part === null) return undefined
    const first = Number(part[1])
    const last = Number(part[2] ?? part[1])
    if (last < first) return undefined
    ranges.push({ first, last })
  }
  return ranges
}

/** Whether a list has a CPU. */
export function hasCpu(list: readonly CpuRange[], cpu: number): boolean {
  return list.some(({ first, last }) => first <= cpu && cpu <= last)
}
