/**
 * Where virtio's structures are: vendor-specific capabilities of its own. Virtual I/O Device (VIRTIO)
 * 1.2, 4.1.4.
 */
import type { Cluster, Register } from '../model.ts'
import { type ConfigBytes, capability, register } from './define.ts'

/** 4.1.2: its vendor is 0x1af4, and its device ids are 0x1000 to 0x107f. */
export function isVirtio(bytes: ConfigBytes): boolean {
  const device = bytes.at16(2)
  return bytes.at16(0) === 0x1af4 && device >= 0x1000 && device <= 0x107f
}

const NAMES: Readonly<Record<number, string>> = {
  1: 'COMMON',
  2: 'NOTIFY',
  3: 'ISR',
  4: 'DEVICE',
  5: 'PCI',
  8: 'SHARED_MEMORY',
  9: 'VENDOR',
}
const [NOTIFY, PCI, SHARED_MEMORY, VENDOR] = [2, 5, 8, 9]

export function virtioCapability(
  bytes: ConfigBytes,
  start: number,
  pointers: readonly Register[],
): Cluster {
  const type = bytes.at8(start + 3)
  const what = NAMES[type] ?? `${type}`
  return capability(`VIRTIO_${what}`, start, 'Where a structure of virtio is', [
    ...pointers,
    register('LENGTH', 2, 8, 'ro'),
    register('CFG_TYPE', 3, 8, 'ro'),
    ...(type === VENDOR ? [] : location(type === PCI ? 'rw' : 'ro')),
    ...behind(type),
  ])
}

/** Of `PCI`, the driver writes where it wants to access. */
function location(rights: 'ro' | 'rw'): Register[] {
  return [
    register('BAR', 4, 8, rights),
    register('STRUCTURE_ID', 5, 8, 'ro'),
    register('STRUCTURE_OFFSET', 8, 32, rights),
    register('STRUCTURE_LENGTH', 12, 32, rights),
  ]
}

function behind(type: number): Register[] {
  if (type === NOTIFY) return [register('NOTIFY_OFF_MULTIPLIER', 16, 32, 'ro')]
  // A read is one of the BAR that stands there (4.1.4.9).
  if (type === PCI) return [register('PCI_CFG_DATA', 16, 32, 'rw', [], 'external')]
  if (type !== SHARED_MEMORY) return []
  return [
    register('STRUCTURE_OFFSET_UPPER', 16, 32, 'ro'),
    register('STRUCTURE_LENGTH_UPPER', 20, 32, 'ro'),
  ]
}
