/** What knows registers by their names. */
import { address, value } from '../pieces.ts'
import type { Examples } from './full.ts'

/** Where a register is that has no place before its device is asked. */
const behind = { start: '0x9000018', behind: { place: '0x9000000', width: 8 } } as const

const changedRegister = {
  ...{ register: 'A.B', width: 32 as const, before: 1, after: 2 },
  fields: [
    {
      ...{ name: 'EN', bits: '0', before: 1, after: 0 },
      ...{ beforeMeaning: 'on', afterMeaning: 'off' },
    },
  ],
}

export const registers: Examples<
  'record' | 'snapshot' | 'diff' | 'restore' | 'import' | 'codegen' | 'describe' | 'chips' | 'lint'
> = {
  record: [
    { atNs: 1000, values: { '0x1000': value } },
    { atNs: 2000, lost: 3 },
    { taken: 9, kept: 5, lost: 3, missed: 0, lastNs: 8000, files: ['out.vcd'] },
  ],
  snapshot: [
    {
      ...{ chip: 'demo', target: 'sim:', time: '2026-01-02T03:04:05.678Z', file: 'a.json' },
      registers: [{ register: 'A.B', place: '0x1000', address, width: 64, value }],
      skipped: [{ register: 'A.C', why: 'reading clears it' }],
    },
  ],
  diff: [
    {
      ...{ before: 'a.json', after: 'b.json', compared: 2, equal: false },
      differences: [changedRegister],
      skipped: [{ register: 'A.C', why: 'reading clears it' }],
    },
  ],
  restore: [
    {
      ...{ file: 'a.json', dryRun: true, same: 3, restored: [changedRegister] },
      left: [{ register: 'A.C', why: 'it is read-only' }],
    },
  ],
  import: [
    {
      ...{ description: 'csr.json', format: 'litex', device: 'csr', blocks: 4 },
      issues: [
        {
          ...{
            severity: 'error',
            code: 'no-base',
            path: 'x',
            message: 'no base',
            file: 'csr.json',
          },
          ...{ line: 3, column: 5 },
        },
      ],
      changes: [
        {
          severity: 'warning',
          code: 'renamed',
          path: 'A.B',
          message: 'it is B_2',
          file: 'csr.json',
        },
      ],
      ...{ file: 'soc.yaml', bytes: 4000, text: 'blocks: {}' },
    },
  ],
  codegen: [
    {
      description: 'chip.svd',
      device: 'toy',
      blocks: ['UART0'],
      kinds: 3,
      issues: [{ severity: 'error', at: 'chip.svd:3:5', path: 'UART0.CR', message: 'it is none' }],
      file: 'chip.ts',
      bytes: 4000,
      text: 'export class UART0 {}',
    },
  ],
  describe: [
    {
      registers: [
        {
          ...{
            name: 'UART0.CR',
            place: '0x9000030',
            address: 0x9000030,
            width: 32,
            access: 'read-write',
            reset: value,
          },
          ...{ readEffect: 'none', writeEffect: 'modify', skipped: 'it is write-only' },
          ...{ text: 'Control', description: 'chip.svd', ...behind },
          fields: [
            {
              ...{ name: 'TXE', bits: '8', access: 'read-write', readEffect: 'clear', text: 'a' },
              ...{ writeEffect: 'one-to-clear', values: [{ name: 'on', value: 1 }] },
            },
          ],
        },
      ],
    },
  ],
  chips: [
    {
      descriptions: [
        {
          ...{ from: 'chip.svd', chip: 'bcm2711', blocks: ['UART0'] },
          unusable: [{ name: 'GPIO', why: 'fixes.yaml:1:2: GPIO: no register is "X"' }],
        },
      ],
      devices: [{ name: 'hpet0', blocks: ['hpet'], from: 'physmem', asleep: 'it is suspended' }],
    },
  ],
  lint: [
    {
      ...{ description: 'chip.svd', device: 'chip', blocks: 1, registers: 2 },
      ...{ errors: 1, warnings: 0 },
      issues: [
        {
          ...{ severity: 'error', code: 'bad-size', path: 'UART0.DR', message: 'its size is 0' },
          ...{ file: 'chip.svd', line: 1, column: 2 },
        },
      ],
    },
  ],
}
