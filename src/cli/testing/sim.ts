import {
  type BoardAccess,
  openSim,
  type SimMemory,
  type SimOptions,
} from '../../memory/sim/index.ts'

/** The built-in board, which keeps every access. */
export function recordedSim(options: SimOptions = {}): Promise<SimMemory> {
  return openSim('', { record: true, ...options })
}

/** Accesses as short texts: `r32 0x10000000`, `w8 0x9000000=0x41`. */
export function accessesOf(memory: SimMemory): string[] {
  return memory.board.accesses.map(describeAccess)
}

function describeAccess({ direction, width, address, value }: BoardAccess): string {
  const where = `${width} 0x${address.toString(16)}`
  return direction === 'read' ? `r${where}` : `w${where}=0x${value?.toString(16)}`
}
