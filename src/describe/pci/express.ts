/** The capability of PCI Express. PCI Express Base Specification 5.0, 7.5.3. */
import type { Register } from '../model.ts'
import { type Bits, flags, register } from './define.ts'

/** Bits 7:4 of its first register: what the function is (7.5.3.2). */
const TYPES = [
  ...['endpoint', 'legacy endpoint', '', '', 'root port', 'upstream port', 'downstream port'],
  ...['bridge to PCI', 'bridge from PCI', 'integrated endpoint', 'event collector'],
] as const
const SPEEDS = ['', '2.5 GT/s', '5 GT/s', '8 GT/s', '16 GT/s', '32 GT/s', '64 GT/s']
const PAYLOADS = ['128', '256', '512', '1024', '2048', '4096']
const ASPM = ['off', 'L0s', 'L1', 'L0s and L1']

const ERRORS = { 0: 'CORRECTABLE', 1: 'NON_FATAL', 2: 'FATAL', 3: 'UNSUPPORTED_REQUEST' }
const cleared = (names: Readonly<Record<number, string>>): Bits[] =>
  flags(names).map(([name, bits]) => [name, bits, 'rw1c'])

/** The registers of version 1, and of 2 and later, which has all of them twice. */
export function expressRegisters(version: number): Register[] {
  return [...capabilities, ...link, ...slot, ...root, ...(version >= 2 ? second : [])]
}

const capabilities = [
  register('CAPABILITIES', 0x02, 16, 'ro', [
    ['VERSION', '3:0'],
    ['TYPE', '7:4', 'ro', TYPES],
    ['SLOT_IMPLEMENTED', '8'],
    ['INTERRUPT_MESSAGE_NUMBER', '13:9'],
  ]),
  register('DEVICE_CAPABILITIES', 0x04, 32, 'ro', [
    ['MAX_PAYLOAD', '2:0', 'ro', PAYLOADS],
    ['PHANTOM_FUNCTIONS', '4:3'],
    ['EXTENDED_TAG', '5'],
    ['L0S_LATENCY', '8:6'],
    ['L1_LATENCY', '11:9'],
    ['ROLE_BASED_ERROR', '15'],
    ['SLOT_POWER_VALUE', '25:18'],
    ['SLOT_POWER_SCALE', '27:26'],
    ['FUNCTION_LEVEL_RESET', '28'],
  ]),
  register('DEVICE_CONTROL', 0x08, 16, 'rw', [
    ...flags(ERRORS),
    ['RELAXED_ORDERING', '4'],
    ['MAX_PAYLOAD', '7:5', 'rw', PAYLOADS],
    ...flags({ 8: 'EXTENDED_TAG', 9: 'PHANTOM_FUNCTIONS', 10: 'AUX_POWER', 11: 'NO_SNOOP' }),
    ['MAX_READ_REQUEST', '14:12', 'rw', PAYLOADS],
    ['INITIATE_FUNCTION_LEVEL_RESET', '15'],
  ]),
  register('DEVICE_STATUS', 0x0a, 16, 'rw', [
    ...cleared(ERRORS),
    ['AUX_POWER', '4', 'ro'],
    ['TRANSACTIONS_PENDING', '5', 'ro'],
    ['EMERGENCY_POWER_REDUCTION', '6', 'rw1c'],
  ]),
]

const link = [
  register('LINK_CAPABILITIES', 0x0c, 32, 'ro', [
    ['MAX_SPEED', '3:0', 'ro', SPEEDS],
    ['MAX_WIDTH', '9:4'],
    ['ASPM', '11:10', 'ro', ASPM],
    ['L0S_EXIT_LATENCY', '14:12'],
    ['L1_EXIT_LATENCY', '17:15'],
    ...flags({ 18: 'CLOCK_POWER_MANAGEMENT', 19: 'SURPRISE_DOWN', 20: 'LINK_ACTIVE_REPORTING' }),
    ...flags({ 21: 'BANDWIDTH_NOTIFICATION', 22: 'ASPM_OPTIONALITY' }),
    ['PORT_NUMBER', '31:24'],
  ]),
  register('LINK_CONTROL', 0x10, 16, 'rw', [
    ['ASPM', '1:0', 'rw', ASPM],
    ...flags({ 3: 'READ_COMPLETION_BOUNDARY', 4: 'LINK_DISABLE', 5: 'RETRAIN_LINK' }),
    ...flags({ 6: 'COMMON_CLOCK', 7: 'EXTENDED_SYNCH', 8: 'CLOCK_POWER_MANAGEMENT' }),
    ...flags({ 9: 'AUTONOMOUS_WIDTH_DISABLE', 10: 'BANDWIDTH_INTERRUPT' }),
    ['AUTONOMOUS_BANDWIDTH_INTERRUPT', '11'],
  ]),
  register('LINK_STATUS', 0x12, 16, 'rw', [
    ['SPEED', '3:0', 'ro', SPEEDS],
    ['WIDTH', '9:4', 'ro'],
    ['TRAINING', '11', 'ro'],
    ['SLOT_CLOCK', '12', 'ro'],
    ['LINK_ACTIVE', '13', 'ro'],
    ['BANDWIDTH_STATUS', '14', 'rw1c'],
    ['AUTONOMOUS_BANDWIDTH_STATUS', '15', 'rw1c'],
  ]),
]

const INDICATOR = ['', 'on', 'blink', 'off']

const slot = [
  register('SLOT_CAPABILITIES', 0x14, 32, 'ro', [
    ...flags({ 0: 'ATTENTION_BUTTON', 1: 'POWER_CONTROLLER', 2: 'MRL_SENSOR' }),
    ...flags({ 3: 'ATTENTION_INDICATOR', 4: 'POWER_INDICATOR', 5: 'HOT_PLUG_SURPRISE' }),
    ['HOT_PLUG_CAPABLE', '6'],
    ['POWER_LIMIT_VALUE', '14:7'],
    ['POWER_LIMIT_SCALE', '16:15'],
    ['INTERLOCK', '17'],
    ['NO_COMMAND_COMPLETED', '18'],
    ['PHYSICAL_SLOT_NUMBER', '31:19'],
  ]),
  register('SLOT_CONTROL', 0x18, 16, 'rw', [
    ...flags({ 0: 'ATTENTION_BUTTON', 1: 'POWER_FAULT', 2: 'MRL_SENSOR', 3: 'PRESENCE' }),
    ...flags({ 4: 'COMMAND_COMPLETED', 5: 'HOT_PLUG_INTERRUPT' }),
    ['ATTENTION_INDICATOR', '7:6', 'rw', INDICATOR],
    ['POWER_INDICATOR', '9:8', 'rw', INDICATOR],
    ['POWER_OFF', '10'],
    ['INTERLOCK', '11'],
    ['LINK_STATE_CHANGED', '12'],
  ]),
  register('SLOT_STATUS', 0x1a, 16, 'rw', [
    ...cleared({ 0: 'ATTENTION_BUTTON', 1: 'POWER_FAULT', 2: 'MRL_SENSOR', 3: 'PRESENCE' }),
    ['COMMAND_COMPLETED', '4', 'rw1c'],
    ['MRL_STATE', '5', 'ro'],
    ['PRESENCE_STATE', '6', 'ro'],
    ['INTERLOCK_STATE', '7', 'ro'],
    ['LINK_STATE_CHANGED', '8', 'rw1c'],
  ]),
]

const root = [
  register('ROOT_CONTROL', 0x1c, 16, 'rw', [
    ...flags({ 0: 'SERR_ON_CORRECTABLE', 1: 'SERR_ON_NON_FATAL', 2: 'SERR_ON_FATAL' }),
    ...flags({ 3: 'PME_INTERRUPT', 4: 'RETRY_STATUS_VISIBLE' }),
  ]),
  register('ROOT_CAPABILITIES', 0x1e, 16, 'ro', [['RETRY_STATUS_VISIBLE', '0']]),
  register('ROOT_STATUS', 0x20, 32, 'rw', [
    ['PME_REQUESTER', '15:0', 'ro'],
    ['PME_STATUS', '16', 'rw1c'],
    ['PME_PENDING', '17', 'ro'],
  ]),
]

const second = [
  register('DEVICE_CAPABILITIES_2', 0x24, 32, 'ro', [
    ['COMPLETION_TIMEOUT_RANGES', '3:0'],
    ...flags({ 4: 'COMPLETION_TIMEOUT_DISABLE', 5: 'ARI_FORWARDING', 6: 'ATOMIC_ROUTING' }),
    ...flags({ 7: 'ATOMIC_32', 8: 'ATOMIC_64', 9: 'ATOMIC_CAS_128', 11: 'LTR' }),
    ['TPH_COMPLETER', '13:12'],
    ['OBFF', '19:18'],
  ]),
  register('DEVICE_CONTROL_2', 0x28, 16, 'rw', [
    ['COMPLETION_TIMEOUT', '3:0'],
    ...flags({ 4: 'COMPLETION_TIMEOUT_DISABLE', 5: 'ARI_FORWARDING', 6: 'ATOMIC_REQUESTER' }),
    ...flags({ 7: 'ATOMIC_EGRESS_BLOCKING', 8: 'IDO_REQUEST', 9: 'IDO_COMPLETION', 10: 'LTR' }),
    ['OBFF', '14:13'],
  ]),
  register('LINK_CAPABILITIES_2', 0x2c, 32, 'ro', [
    ['SPEEDS', '7:1'],
    ['CROSSLINK', '8'],
  ]),
  register('LINK_CONTROL_2', 0x30, 16, 'rw', [
    ['TARGET_SPEED', '3:0', 'rw', SPEEDS],
    ...flags({ 4: 'ENTER_COMPLIANCE', 5: 'AUTONOMOUS_SPEED_DISABLE', 6: 'DEEMPHASIS' }),
    ['TRANSMIT_MARGIN', '9:7'],
    ['ENTER_MODIFIED_COMPLIANCE', '10'],
    ['COMPLIANCE_SOS', '11'],
    ['COMPLIANCE_DEEMPHASIS', '15:12'],
  ]),
  register('LINK_STATUS_2', 0x32, 16, 'rw', [
    ['DEEMPHASIS', '0', 'ro'],
    ['EQUALIZATION_COMPLETE', '1', 'ro'],
    ['EQUALIZATION_PHASE_1', '2', 'ro'],
    ['EQUALIZATION_PHASE_2', '3', 'ro'],
    ['EQUALIZATION_PHASE_3', '4', 'ro'],
    ['EQUALIZATION_REQUEST', '5', 'rw1c'],
  ]),
]
