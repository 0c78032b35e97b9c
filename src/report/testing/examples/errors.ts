import type { ErrorReport } from '../../error.ts'
import type { Printed } from '../../printed.ts'
import { address, evidence, value } from '../pieces.ts'
import type { Full } from './full.ts'

/** All members that an error may have; a cure and a hint are never together. */
export const errors: readonly Full<Printed<ErrorReport>>[] = [
  {
    code: 'EALIGN',
    message: '0x1001 is not aligned to 32 bits',
    input: '0x1001',
    place: '0x1001',
    address: 0x1001,
    virtual: address,
    pid: 1,
    symbol: 'jiffies',
    offset: 1,
    length: 4,
    width: 32,
    direction: 'read',
    elementsDone: 0,
    value,
    mask: 1,
    equals: 1,
    negate: true,
    timeoutMs: 5,
    reason: 'nothing answered',
    way: '/dev/mem',
    tried: ['/dev/physmem'],
    errno: 'EPERM',
    file: 'x',
    line: 1,
    column: 2,
    platform: 'linux',
    cpu: 'x64',
    swapType: 0,
    swapOffset: 1,
    cure: 'a',
    hint: 'b',
    steps: ['modprobe uio'],
    evidence,
    progress: 'wrote 0 of 4 bytes',
    output: 'make: no',
  },
]
