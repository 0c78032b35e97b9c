/** The capabilities below 0x100, by their ids. Each says its source. */
import type { Cluster, Register } from '../model.ts'
import { type Bits, type ConfigBytes, capability, flags, register } from './define.ts'
import { expressRegisters } from './express.ts'
import { isVirtio, virtioCapability } from './virtio.ts'

/** What every one begins with (PCI Local Bus Specification 3.0, 6.7). */
const POINTERS: readonly Register[] = [register('ID', 0, 8, 'ro'), register('NEXT', 1, 8, 'ro')]

interface Kind {
  name: string
  description: string
  /** `start`: where it is. */
  registers(bytes: ConfigBytes, start: number): readonly Register[]
}

/** The capability at `start`; of an unknown kind, what all have. */
export function standardCapability(bytes: ConfigBytes, start: number): Cluster {
  const id = bytes.at8(start)
  if (id === VENDOR && isVirtio(bytes)) return virtioCapability(bytes, start, POINTERS)
  const { name, description, registers } = KINDS[id] ?? unknown(id)
  return capability(name, start, description, [...POINTERS, ...registers(bytes, start)])
}

const VENDOR = 0x09

function unknown(id: number): Kind {
  const shown = id.toString(16).padStart(2, '0')
  return {
    name: `CAP_${shown.toUpperCase()}`,
    description: `Capability 0x${shown}`,
    registers: () => [],
  }
}

const TABLE: readonly Bits[] = [
  ['BAR', '2:0'],
  ['OFFSET', '31:3'],
]

const KINDS: Readonly<Record<number, Kind>> = {
  // PCI Bus Power Management Interface Specification 1.2, 3.2; PCI Express 5.0, 7.5.2.
  1: {
    name: 'PM',
    description: 'Power management',
    registers: () => [
      register('CAPABILITIES', 2, 16, 'ro', [
        ['VERSION', '2:0'],
        ...flags({ 3: 'PME_CLOCK', 4: 'IMMEDIATE_READINESS_D0', 5: 'SPECIFIC_INITIALIZATION' }),
        ['AUX_CURRENT', '8:6'],
        ...flags({ 9: 'D1', 10: 'D2' }),
        ['PME_SUPPORT', '15:11'],
      ]),
      register('CONTROL_STATUS', 4, 16, 'rw', [
        ['POWER_STATE', '1:0', 'rw', ['D0', 'D1', 'D2', 'D3hot']],
        ['NO_SOFT_RESET', '3', 'ro'],
        ['PME_ENABLE', '8'],
        ['DATA_SELECT', '12:9'],
        ['DATA_SCALE', '14:13', 'ro'],
        ['PME_STATUS', '15', 'rw1c'],
      ]),
      register('BRIDGE_SUPPORT', 6, 8, 'ro'),
      register('DATA', 7, 8, 'ro'),
    ],
  },
  // PCI Local Bus Specification 3.0, appendix I.
  3: {
    name: 'VPD',
    description: 'Vital product data',
    registers: () => [
      register('ADDRESS', 2, 16, 'rw', [
        ['ADDRESS', '14:0'],
        ['FLAG', '15'],
      ]),
      register('DATA', 4, 32, 'rw'),
    ],
  },
  // PCI Local Bus Specification 3.0, 6.8.1; extended data: PCI Express 5.0, 7.7.1.
  5: { name: 'MSI', description: 'Message signalled interrupts', registers: msi },
  9: {
    name: 'VENDOR',
    description: 'Vendor-specific',
    registers: () => [register('LENGTH', 2, 8, 'ro')],
  },
  // PCI-to-PCI Bridge Architecture Specification 1.2.
  13: {
    name: 'SUBSYSTEM',
    description: 'Subsystem of a bridge',
    registers: () => [
      register('SUBSYSTEM_VENDOR_ID', 4, 16, 'ro'),
      register('SUBSYSTEM_ID', 6, 16, 'ro'),
    ],
  },
  16: {
    name: 'PCIE',
    description: 'PCI Express',
    registers: (bytes, start) => expressRegisters(bytes.at8(start + 2) & 0xf),
  },
  // PCI Local Bus Specification 3.0, 6.8.2.
  17: {
    name: 'MSIX',
    description: 'Message signalled interrupts by tables in BARs (MSI-X)',
    registers: () => [
      register('CONTROL', 2, 16, 'rw', [
        ['TABLE_SIZE', '10:0', 'ro'],
        ['FUNCTION_MASK', '14'],
        ['ENABLE', '15'],
      ]),
      register('TABLE', 4, 32, 'ro', TABLE),
      register('PBA', 8, 32, 'ro', TABLE),
    ],
  },
  // Serial ATA AHCI 1.3.1, 2.4.
  18: {
    name: 'SATA',
    description: 'SATA index and data registers',
    registers: () => [
      register('REVISION', 2, 16, 'ro', [
        ['MINOR', '3:0'],
        ['MAJOR', '7:4'],
      ]),
      register('LOCATION', 4, 32, 'ro', [
        ['BAR', '3:0'],
        ['OFFSET', '23:4'],
      ]),
    ],
  },
  // PCI-SIG, Engineering Change Notice: Advanced Capabilities for Conventional PCI (2006).
  19: {
    name: 'AF',
    description: 'Advanced features',
    registers: () => [
      register('LENGTH', 2, 8, 'ro'),
      register('CAPABILITIES', 3, 8, 'ro', flags({ 0: 'TRANSACTIONS_PENDING', 1: 'RESET' })),
      register('CONTROL', 4, 8, 'rw', [['INITIATE_RESET', '0']]),
      register('STATUS', 5, 8, 'ro', [['TRANSACTIONS_PENDING', '0']]),
    ],
  },
}

/** Where its registers are, its control register says. */
function msi(bytes: ConfigBytes, start: number): Register[] {
  const control = bytes.at16(start + 2)
  const [is64, masks] = [(control & 0x80) !== 0, (control & 0x100) !== 0]
  const data = is64 ? 0xc : 0x8
  const mask = data + 4
  return [
    register('CONTROL', 2, 16, 'rw', [
      ['ENABLE', '0'],
      ['MULTIPLE_MESSAGE_CAPABLE', '3:1', 'ro', ['1', '2', '4', '8', '16', '32']],
      ['MULTIPLE_MESSAGE_ENABLE', '6:4', 'rw', ['1', '2', '4', '8', '16', '32']],
      ['ADDRESS_64', '7', 'ro'],
      ['PER_VECTOR_MASKING', '8', 'ro'],
      ['EXTENDED_DATA_CAPABLE', '9', 'ro'],
      ['EXTENDED_DATA_ENABLE', '10'],
    ]),
    register('ADDRESS', 4, 32, 'rw'),
    ...(is64 ? [register('ADDRESS_UPPER', 8, 32, 'rw')] : []),
    register('DATA', data, 16, 'rw'),
    ...(control & 0x200 ? [register('EXTENDED_DATA', data + 2, 16, 'rw')] : []),
    ...(masks ? [register('MASK', mask, 32, 'rw'), register('PENDING', mask + 4, 32, 'ro')] : []),
  ]
}
