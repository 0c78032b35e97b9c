/**
 * The header of configuration space, types 0 (a function) and 1 (a bridge). PCI Express Base
 * Specification 5.0, 7.5.1; PCI Local Bus Specification 3.0, 6.1 and 6.2.
 */
import type { Register } from '../model.ts'
import { type Bits, type ConfigBytes, flags, register } from './define.ts'

const COMMAND: readonly Bits[] = flags({
  0: 'IO_SPACE',
  1: 'MEMORY_SPACE',
  2: 'BUS_MASTER',
  3: 'SPECIAL_CYCLES',
  4: 'MEMORY_WRITE_INVALIDATE',
  5: 'VGA_SNOOP',
  6: 'PARITY_ERROR_RESPONSE',
  7: 'IDSEL_STEPPING',
  8: 'SERR',
  9: 'FAST_BACK_TO_BACK',
  10: 'INTX_DISABLE',
})

/** What the primary and the secondary status share. */
const ERRORS: readonly Bits[] = [
  ['MHZ66', '5', 'ro'],
  ['FAST_BACK_TO_BACK', '7', 'ro'],
  ['MASTER_DATA_PARITY_ERROR', '8', 'rw1c'],
  ['DEVSEL_TIMING', '10:9', 'ro', ['fast', 'medium', 'slow']],
  ['SIGNALED_TARGET_ABORT', '11', 'rw1c'],
  ['RECEIVED_TARGET_ABORT', '12', 'rw1c'],
  ['RECEIVED_MASTER_ABORT', '13', 'rw1c'],
]

const STATUS: readonly Bits[] = [
  ['IMMEDIATE_READINESS', '0', 'ro'],
  ['INTX_STATUS', '3', 'ro'],
  ['CAPABILITIES_LIST', '4', 'ro'],
  ...ERRORS,
  ['SIGNALED_SYSTEM_ERROR', '14', 'rw1c'],
  ['DETECTED_PARITY_ERROR', '15', 'rw1c'],
]

const SECONDARY_STATUS: readonly Bits[] = [
  ...ERRORS,
  ['RECEIVED_SYSTEM_ERROR', '14', 'rw1c'],
  ['DETECTED_PARITY_ERROR', '15', 'rw1c'],
]

/** What every type begins with. */
function common(): Register[] {
  return [
    register('VENDOR_ID', 0x00, 16, 'ro'),
    register('DEVICE_ID', 0x02, 16, 'ro'),
    register('COMMAND', 0x04, 16, 'rw', COMMAND),
    register('STATUS', 0x06, 16, 'rw', STATUS),
    register('REVISION_ID', 0x08, 8, 'ro'),
    register('PROG_IF', 0x09, 8, 'ro'),
    register('SUBCLASS', 0x0a, 8, 'ro'),
    register('BASE_CLASS', 0x0b, 8, 'ro'),
    register('CACHE_LINE_SIZE', 0x0c, 8, 'rw'),
    register('LATENCY_TIMER', 0x0d, 8, 'rw'),
    register('HEADER_TYPE', 0x0e, 8, 'ro', [
      ['LAYOUT', '6:0', 'ro', ['function', 'bridge', 'cardbus']],
      ['MULTI_FUNCTION', '7'],
    ]),
    register('BIST', 0x0f, 8, 'rw', [
      ['COMPLETION_CODE', '3:0', 'ro'],
      ['START', '6'],
      ['CAPABLE', '7', 'ro'],
    ]),
  ]
}

const INTERRUPT = [
  register('INTERRUPT_LINE', 0x3c, 8, 'rw'),
  register('INTERRUPT_PIN', 0x3d, 8, 'ro', [
    ['PIN', '7:0', 'ro', ['none', 'INTA', 'INTB', 'INTC', 'INTD']],
  ]),
]

const CAPABILITIES_POINTER = register('CAPABILITIES_POINTER', 0x34, 8, 'ro')

const ROM: readonly Bits[] = [
  ['ENABLE', '0'],
  ['ADDRESS', '31:11'],
]

/** Base addresses: what their low bits mean, the function itself says. */
function bars(bytes: ConfigBytes, count: number): Register[] {
  const all: Register[] = []
  for (let number = 0; number < count; number++) {
    const offset = 0x10 + number * 4
    const low = bytes.at32(offset)
    all.push(register(`BAR${number}`, offset, 32, 'rw', barFields(low)))
    if ((low & 7) !== 4 || number + 1 >= count) continue
    number += 1
    all.push(register(`BAR${number}`, offset + 4, 32, 'rw', [['ADDRESS_UPPER', '31:0']]))
  }
  return all
}

function barFields(low: number): Bits[] {
  const space: Bits = ['SPACE', '0', 'ro', ['memory', 'io']]
  if (low & 1) return [space, ['ADDRESS', '31:2']]
  const type: Bits = ['TYPE', '2:1', 'ro', ['32-bit', '', '64-bit']]
  return [space, type, ['PREFETCHABLE', '3', 'ro'], ['ADDRESS', '31:4']]
}

function ofFunction(bytes: ConfigBytes): Register[] {
  return [
    ...common(),
    ...bars(bytes, 6),
    register('CARDBUS_CIS_POINTER', 0x28, 32, 'ro'),
    register('SUBSYSTEM_VENDOR_ID', 0x2c, 16, 'ro'),
    register('SUBSYSTEM_ID', 0x2e, 16, 'ro'),
    register('ROM_BASE', 0x30, 32, 'rw', ROM),
    CAPABILITIES_POINTER,
    ...INTERRUPT,
    register('MIN_GNT', 0x3e, 8, 'ro'),
    register('MAX_LAT', 0x3f, 8, 'ro'),
  ]
}

const IO_WINDOW: readonly Bits[] = [
  ['TYPE', '3:0', 'ro', ['16-bit', '32-bit']],
  ['ADDRESS', '7:4'],
]
const MEMORY_WINDOW: readonly Bits[] = [['ADDRESS', '15:4']]
const PREFETCHABLE_WINDOW: readonly Bits[] = [
  ['TYPE', '3:0', 'ro', ['32-bit', '64-bit']],
  ['ADDRESS', '15:4'],
]

function ofBridge(bytes: ConfigBytes): Register[] {
  return [
    ...common(),
    ...bars(bytes, 2),
    register('PRIMARY_BUS', 0x18, 8, 'rw'),
    register('SECONDARY_BUS', 0x19, 8, 'rw'),
    register('SUBORDINATE_BUS', 0x1a, 8, 'rw'),
    register('SECONDARY_LATENCY_TIMER', 0x1b, 8, 'rw'),
    register('IO_BASE', 0x1c, 8, 'rw', IO_WINDOW),
    register('IO_LIMIT', 0x1d, 8, 'rw', IO_WINDOW),
    register('SECONDARY_STATUS', 0x1e, 16, 'rw', SECONDARY_STATUS),
    register('MEMORY_BASE', 0x20, 16, 'rw', MEMORY_WINDOW),
    register('MEMORY_LIMIT', 0x22, 16, 'rw', MEMORY_WINDOW),
    register('PREFETCHABLE_BASE', 0x24, 16, 'rw', PREFETCHABLE_WINDOW),
    register('PREFETCHABLE_LIMIT', 0x26, 16, 'rw', PREFETCHABLE_WINDOW),
    register('PREFETCHABLE_BASE_UPPER', 0x28, 32, 'rw'),
    register('PREFETCHABLE_LIMIT_UPPER', 0x2c, 32, 'rw'),
    register('IO_BASE_UPPER', 0x30, 16, 'rw'),
    register('IO_LIMIT_UPPER', 0x32, 16, 'rw'),
    CAPABILITIES_POINTER,
    register('ROM_BASE', 0x38, 32, 'rw', ROM),
    ...INTERRUPT,
    register('BRIDGE_CONTROL', 0x3e, 16, 'rw', [
      ...flags({ 0: 'PARITY_ERROR_RESPONSE', 1: 'SERR', 2: 'ISA', 3: 'VGA', 4: 'VGA_16BIT' }),
      ...flags({ 5: 'MASTER_ABORT_MODE', 6: 'SECONDARY_BUS_RESET', 7: 'FAST_BACK_TO_BACK' }),
      ...flags({ 8: 'PRIMARY_DISCARD_TIMER', 9: 'SECONDARY_DISCARD_TIMER' }),
      ['DISCARD_TIMER_STATUS', '10', 'rw1c'],
      ['DISCARD_TIMER_SERR', '11'],
    ]),
  ]
}

/** The registers of the header; of another type, and of what does not answer, those all types have. */
export function headerOf(bytes: ConfigBytes): Register[] {
  const type = bytes.at8(0x0e) & 0x7f
  if (type === 0) return ofFunction(bytes)
  return type === 1 ? ofBridge(bytes) : common()
}
