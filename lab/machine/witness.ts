import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Qmp } from './qmp.ts'

/** The widths of an examination, with the letter that QEMU's monitor has for each. */
const sizes = { 8: 'b', 16: 'h', 32: 'w', 64: 'g' } as const

export type Width = keyof typeof sizes

/**
 * Physical memory as QEMU itself sees it: the independent witness of what physmem does inside.
 * On a device this is a real access, with its effects.
 */
export async function examine(
  qmp: Qmp,
  address: number,
  width: Width,
  count: number,
): Promise<bigint[]> {
  const reply = await qmp.monitor(`xp /${count}x${sizes[width]} 0x${address.toString(16)}`)
  const values = reply
    .split(/\r?\n/)
    .flatMap((line) => line.split(':')[1]?.trim().split(/\s+/) ?? [])
  const isRead = values.length === count && values.every((value) => value.startsWith('0x'))
  if (!isRead) throw new Error(`QEMU cannot examine 0x${address.toString(16)}: ${reply.trim()}`)
  return values.map(BigInt)
}

/** A range of the guest's physical memory, as QEMU has it. RAM only. */
export async function saveMemory(qmp: Qmp, address: number, length: number): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'physmem-memory-'))
  try {
    const filename = join(folder, 'memory.bin')
    await qmp.run('pmemsave', { val: address, size: length, filename })
    return await readFile(filename)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
