/** Advanced error reporting. PCI Express Base Specification 5.0, 7.8.4. */
import type { Register } from '../model.ts'
import { type Bits, flags, register, several } from './define.ts'

const UNCORRECTABLE: readonly Bits[] = flags({
  4: 'DATA_LINK_PROTOCOL',
  5: 'SURPRISE_DOWN',
  12: 'POISONED_TLP',
  13: 'FLOW_CONTROL_PROTOCOL',
  14: 'COMPLETION_TIMEOUT',
  15: 'COMPLETER_ABORT',
  16: 'UNEXPECTED_COMPLETION',
  17: 'RECEIVER_OVERFLOW',
  18: 'MALFORMED_TLP',
  19: 'ECRC',
  20: 'UNSUPPORTED_REQUEST',
  21: 'ACS_VIOLATION',
  22: 'INTERNAL',
  23: 'MC_BLOCKED_TLP',
  24: 'ATOMIC_EGRESS_BLOCKED',
  25: 'TLP_PREFIX_BLOCKED',
  26: 'POISONED_TLP_EGRESS_BLOCKED',
})

const CORRECTABLE: readonly Bits[] = flags({
  0: 'RECEIVER',
  6: 'BAD_TLP',
  7: 'BAD_DLLP',
  8: 'REPLAY_NUM_ROLLOVER',
  12: 'REPLAY_TIMER_TIMEOUT',
  13: 'ADVISORY_NON_FATAL',
  14: 'CORRECTED_INTERNAL',
  15: 'HEADER_LOG_OVERFLOW',
})

/** `isRoot`: of root ports and event collectors, which have more. */
export function errorRegisters(isRoot: boolean): Register[] {
  return [
    register('UNCORRECTABLE_STATUS', 0x04, 32, 'rw1c', UNCORRECTABLE),
    register('UNCORRECTABLE_MASK', 0x08, 32, 'rw', UNCORRECTABLE),
    register('UNCORRECTABLE_SEVERITY', 0x0c, 32, 'rw', UNCORRECTABLE),
    register('CORRECTABLE_STATUS', 0x10, 32, 'rw1c', CORRECTABLE),
    register('CORRECTABLE_MASK', 0x14, 32, 'rw', CORRECTABLE),
    register('CONTROL', 0x18, 32, 'rw', [
      ['FIRST_ERROR', '4:0', 'ro'],
      ['ECRC_GENERATION_CAPABLE', '5', 'ro'],
      ['ECRC_GENERATION', '6'],
      ['ECRC_CHECK_CAPABLE', '7', 'ro'],
      ['ECRC_CHECK', '8'],
      ['MULTIPLE_HEADERS_CAPABLE', '9', 'ro'],
      ['MULTIPLE_HEADERS', '10'],
      ['TLP_PREFIX_LOG_PRESENT', '11', 'ro'],
    ]),
    several(register('HEADER_LOG', 0x1c, 32, 'ro'), 4),
    ...(isRoot ? ofRoot : []),
    several(register('TLP_PREFIX_LOG', 0x38, 32, 'ro'), 4),
  ]
}

const ofRoot = [
  register('ROOT_COMMAND', 0x2c, 32, 'rw', [
    ...flags({ 0: 'CORRECTABLE', 1: 'NON_FATAL', 2: 'FATAL' }),
  ]),
  register('ROOT_STATUS', 0x30, 32, 'rw1c', [
    ...flags({ 0: 'CORRECTABLE', 1: 'MULTIPLE_CORRECTABLE', 2: 'UNCORRECTABLE' }),
    ...flags({ 3: 'MULTIPLE_UNCORRECTABLE', 4: 'FIRST_FATAL', 5: 'NON_FATAL', 6: 'FATAL' }),
    ['INTERRUPT_MESSAGE_NUMBER', '31:27', 'ro'],
  ]),
  register('ERROR_SOURCE', 0x34, 32, 'ro', [
    ['CORRECTABLE', '15:0'],
    ['UNCORRECTABLE', '31:16'],
  ]),
]
