/**
 * The capabilities from 0x100 on, by their ids. PCI Express Base Specification 5.0: 7.8 and 7.9, the
 * section of each beside it; SR-IOV: 9.3.3.
 */
import type { Cluster, Register } from '../model.ts'
import { type Bits, type ConfigBytes, capability, flags, register, several } from './define.ts'
import { errorRegisters } from './errors.ts'

interface Kind {
  name: string
  description: string
  registers(bytes: ConfigBytes, start: number, isRoot: boolean): readonly Register[]
}

const HEADER = register('HEADER', 0, 32, 'ro', [
  ['ID', '15:0'],
  ['VERSION', '19:16'],
  ['NEXT', '31:20'],
])

/** `isRoot`: of a root port or an event collector. */
export function extendedCapability(bytes: ConfigBytes, start: number, isRoot: boolean): Cluster {
  const id = bytes.at16(start)
  const { name, description, registers } = KINDS[id] ?? unknown(id)
  return capability(name, start, description, [HEADER, ...registers(bytes, start, isRoot)])
}

function unknown(id: number): Kind {
  const shown = id.toString(16).padStart(4, '0')
  return {
    name: `EXTCAP_${shown.toUpperCase()}`,
    description: `Extended capability 0x${shown}`,
    registers: () => [],
  }
}

const kind = (name: string, description: string, registers: readonly Register[]): Kind => ({
  name,
  description,
  registers: () => registers,
})

const SERVICES = {
  0: 'SOURCE_VALIDATION',
  1: 'TRANSLATION_BLOCKING',
  2: 'REQUEST_REDIRECT',
  3: 'COMPLETION_REDIRECT',
  4: 'UPSTREAM_FORWARDING',
  5: 'EGRESS_CONTROL',
  6: 'DIRECT_TRANSLATED',
}

const LATENCY: readonly Bits[] = [
  ['VALUE', '9:0'],
  ['SCALE', '12:10', 'rw', ['1 ns', '32 ns', '1024 ns', '32768 ns', '1048576 ns', '33554432 ns']],
]

const SUBSTATES = { 0: 'PCIPM_L1_2', 1: 'PCIPM_L1_1', 2: 'ASPM_L1_2', 3: 'ASPM_L1_1' }

const VENDOR_HEADER: readonly Bits[] = [
  ['ID', '15:0'],
  ['REVISION', '19:16'],
  ['LENGTH', '31:20'],
]

const KINDS: Readonly<Record<number, Kind>> = {
  // 7.8.4
  1: {
    name: 'AER',
    description: 'Advanced error reporting',
    registers: (_bytes, _start, isRoot) => errorRegisters(isRoot),
  },
  // 7.9.1
  2: kind('VC', 'Virtual channels', [
    register('PORT_CAPABILITY_1', 4, 32, 'ro'),
    register('PORT_CAPABILITY_2', 8, 32, 'ro'),
    register('PORT_CONTROL', 12, 16, 'rw'),
    register('PORT_STATUS', 14, 16, 'ro'),
  ]),
  // 7.9.3
  3: kind('DSN', 'Serial number of the device', [
    register('SERIAL_LOWER', 4, 32, 'ro'),
    register('SERIAL_UPPER', 8, 32, 'ro'),
  ]),
  // 7.9.5
  11: kind('VSEC', 'Vendor-specific', [register('VENDOR_HEADER', 4, 32, 'ro', VENDOR_HEADER)]),
  // 7.7.8
  13: kind('ACS', 'Access control services', [
    register('CAPABILITIES', 4, 16, 'ro', [...flags(SERVICES), ['EGRESS_VECTOR_SIZE', '15:8']]),
    register('CONTROL', 6, 16, 'rw', flags(SERVICES)),
  ]),
  // 7.8.7
  14: kind('ARI', 'Alternative routing ids', [
    register('CAPABILITIES', 4, 16, 'ro', [
      ...flags({ 0: 'MFVC_FUNCTION_GROUPS', 1: 'ACS_FUNCTION_GROUPS' }),
      ['NEXT_FUNCTION', '15:8'],
    ]),
    register('CONTROL', 6, 16, 'rw', [
      ...flags({ 0: 'MFVC_FUNCTION_GROUPS', 1: 'ACS_FUNCTION_GROUPS' }),
      ['FUNCTION_GROUP', '6:4'],
    ]),
  ]),
  // 10.5.1
  15: kind('ATS', 'Address translation services', [
    register('CAPABILITIES', 4, 16, 'ro', [
      ['INVALIDATE_QUEUE_DEPTH', '4:0'],
      ...flags({ 5: 'PAGE_ALIGNED_REQUEST', 6: 'GLOBAL_INVALIDATE' }),
    ]),
    register('CONTROL', 6, 16, 'rw', [
      ['SMALLEST_TRANSLATION_UNIT', '4:0'],
      ['ENABLE', '15'],
    ]),
  ]),
  // 9.3.3
  16: kind('SRIOV', 'Single root I/O virtualization', [
    register('CAPABILITIES', 0x04, 32, 'ro', [
      ...flags({ 0: 'VF_MIGRATION', 1: 'ARI_HIERARCHY_PRESERVED', 2: 'VF_TAG_10BIT' }),
      ['VF_MIGRATION_MESSAGE_NUMBER', '31:21'],
    ]),
    register('CONTROL', 0x08, 16, 'rw', [
      ...flags({ 0: 'VF_ENABLE', 1: 'VF_MIGRATION_ENABLE', 2: 'VF_MIGRATION_INTERRUPT' }),
      ...flags({ 3: 'VF_MEMORY_SPACE', 4: 'ARI_HIERARCHY' }),
    ]),
    register('STATUS', 0x0a, 16, 'rw', [['VF_MIGRATION_STATUS', '0', 'rw1c']]),
    register('INITIAL_VFS', 0x0c, 16, 'ro'),
    register('TOTAL_VFS', 0x0e, 16, 'ro'),
    register('NUM_VFS', 0x10, 16, 'rw'),
    register('FUNCTION_DEPENDENCY_LINK', 0x12, 8, 'ro'),
    register('FIRST_VF_OFFSET', 0x14, 16, 'ro'),
    register('VF_STRIDE', 0x16, 16, 'ro'),
    register('VF_DEVICE_ID', 0x1a, 16, 'ro'),
    register('SUPPORTED_PAGE_SIZES', 0x1c, 32, 'ro'),
    register('SYSTEM_PAGE_SIZE', 0x20, 32, 'rw'),
    several(register('VF_BAR', 0x24, 32, 'rw'), 6),
    register('VF_MIGRATION_STATE', 0x3c, 32, 'ro'),
  ]),
  // 10.5.2
  19: kind('PRI', 'Page requests', [
    register('CONTROL', 4, 16, 'rw', flags({ 0: 'ENABLE', 1: 'RESET' })),
    register('STATUS', 6, 16, 'rw', [
      ['RESPONSE_FAILURE', '0', 'rw1c'],
      ['UNEXPECTED_GROUP_INDEX', '1', 'rw1c'],
      ['STOPPED', '8', 'ro'],
      ['RESPONSE_PASID_REQUIRED', '15', 'ro'],
    ]),
    register('OUTSTANDING_CAPACITY', 8, 32, 'ro'),
    register('OUTSTANDING_ALLOCATION', 12, 32, 'rw'),
  ]),
  // 7.8.6
  21: { name: 'REBAR', description: 'Resizable BARs', registers: resizable },
  // 7.8.2
  24: kind('LTR', 'Latency tolerance reporting', [
    register('MAX_SNOOP_LATENCY', 4, 16, 'rw', LATENCY),
    register('MAX_NO_SNOOP_LATENCY', 6, 16, 'rw', LATENCY),
  ]),
  // 7.7.3
  25: kind('SECONDARY_PCIE', 'Secondary PCI Express', [
    register('LINK_CONTROL_3', 4, 32, 'rw', flags({ 0: 'EQUALIZE', 1: 'EQUALIZATION_INTERRUPT' })),
    register('LANE_ERROR_STATUS', 8, 32, 'rw1c'),
  ]),
  // 7.8.8
  27: kind('PASID', 'Process address space ids', [
    register('CAPABILITIES', 4, 16, 'ro', [
      ...flags({ 1: 'EXECUTE', 2: 'PRIVILEGED' }),
      ['MAX_WIDTH', '12:8'],
    ]),
    register('CONTROL', 6, 16, 'rw', flags({ 0: 'ENABLE', 1: 'EXECUTE', 2: 'PRIVILEGED' })),
  ]),
  // 7.9.15
  29: kind('DPC', 'Downstream port containment', [
    register('CAPABILITIES', 4, 16, 'ro', [
      ['INTERRUPT_MESSAGE_NUMBER', '4:0'],
      ...flags({ 5: 'ROOT_PORT_EXTENSIONS', 6: 'POISONED_TLP_BLOCKING', 7: 'SOFTWARE_TRIGGER' }),
      ['ROOT_PORT_LOG_SIZE', '11:8'],
      ['LINK_ACTIVE_ERROR', '12'],
    ]),
    register('CONTROL', 6, 16, 'rw', [
      ['TRIGGER', '1:0', 'rw', ['off', 'fatal', 'non-fatal and fatal']],
      ...flags({ 2: 'COMPLETION_CONTROL', 3: 'INTERRUPT', 4: 'CORRECTABLE_ERROR' }),
      ...flags({ 5: 'POISONED_TLP_BLOCKING', 6: 'SOFTWARE_TRIGGER', 7: 'LINK_ACTIVE_ERROR' }),
    ]),
    register('STATUS', 8, 16, 'rw', [
      ['TRIGGER', '0', 'rw1c'],
      ['REASON', '2:1', 'ro'],
      ['INTERRUPT', '3', 'rw1c'],
      ['ROOT_PORT_BUSY', '4', 'ro'],
      ['REASON_EXTENSION', '6:5', 'ro'],
      ['ROOT_PORT_FIRST_ERROR', '12:8', 'ro'],
    ]),
    register('ERROR_SOURCE', 10, 16, 'ro'),
  ]),
  // 7.8.3
  30: kind('L1SS', 'L1 substates', [
    register('CAPABILITIES', 4, 32, 'ro', [
      ...flags({ ...SUBSTATES, 4: 'SUPPORTED' }),
      ['COMMON_MODE_RESTORE_TIME', '15:8'],
      ['POWER_ON_SCALE', '17:16'],
      ['POWER_ON_VALUE', '23:19'],
    ]),
    register('CONTROL_1', 8, 32, 'rw', [
      ...flags(SUBSTATES),
      ['COMMON_MODE_RESTORE_TIME', '15:8'],
      ['LTR_THRESHOLD_VALUE', '25:16'],
      ['LTR_THRESHOLD_SCALE', '31:29'],
    ]),
    register('CONTROL_2', 12, 32, 'rw', [
      ['POWER_ON_SCALE', '1:0'],
      ['POWER_ON_VALUE', '7:3'],
    ]),
  ]),
  // 7.9.16
  31: kind('PTM', 'Precision time measurement', [
    register('CAPABILITIES', 4, 32, 'ro', [
      ...flags({ 0: 'REQUESTER', 1: 'RESPONDER', 2: 'ROOT' }),
      ['GRANULARITY', '15:8'],
    ]),
    register('CONTROL', 8, 32, 'rw', [
      ...flags({ 0: 'ENABLE', 1: 'ROOT_SELECT' }),
      ['GRANULARITY', '15:8'],
    ]),
  ]),
  // 7.9.6
  35: kind('DVSEC', 'Designated vendor-specific', [
    register('VENDOR_HEADER', 4, 32, 'ro', [['VENDOR', '15:0'], ...VENDOR_HEADER.slice(1)]),
    register('DVSEC_ID', 8, 16, 'ro'),
  ]),
}

/** How many there are stands in the first control register (bits 7:5). */
function resizable(bytes: ConfigBytes, start: number): Register[] {
  const count = Math.min(Math.max((bytes.at8(start + 8) >> 5) & 7, 1), 6)
  return Array.from({ length: count }, (_, index) => [
    register(`CAPABILITY_${index}`, 4 + index * 8, 32, 'ro', [['SIZES', '31:4']]),
    register(`CONTROL_${index}`, 8 + index * 8, 32, 'rw', [
      ['BAR', '2:0', 'ro'],
      ['COUNT', '7:5', 'ro'],
      ['SIZE', '13:8'],
    ]),
  ]).flat()
}
