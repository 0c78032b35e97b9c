/** What reads and writes memory. */
import { address, change, difference, element, masked, range, value } from '../pieces.ts'
import type { Examples } from './full.ts'

const { fields: _, ...withoutFields } = element

export const accesses: Examples<
  | 'read'
  | 'devmem'
  | 'write'
  | 'wait'
  | 'watch'
  | 'dump'
  | 'load'
  | 'fill'
  | 'copy'
  | 'compare'
  | 'search'
  | 'cache'
  | 'batch'
  | 'buffer'
> = {
  read: [{ results: [element], skipped: [{ register: 'UART0.DR', rule: 'name', why: 'DR' }] }],
  devmem: [{ results: [{ ...element, width: 32, value: 1 }] }],
  write: [
    {
      results: [
        {
          ...{ ...withoutFields, done: true, old: value, oldField: 1 },
          ...{ readBack: value, verified: true, update: true, mask: 1 },
          changes: [change],
          neighbours: [{ ...masked, why: 'one-to' }],
        },
      ],
      dryRun: true,
    },
  ],
  wait: [
    {
      met: false,
      elapsedUs: 1000,
      conditions: [
        { met: true, condition: '0x1000:7:4=0x0', ...element },
        { met: false, condition: '0x1000=0x1', ...element },
      ],
    },
  ],
  watch: [{ time: '2026-01-02T03:04:05.678Z', ...element, old: 1 }],
  dump: [
    {
      ...range,
      fixed: true,
      file: 'ram.bin',
      bytes: 4,
      pieces: [{ address: 0x1000, bytes: 4, data: '0011aaff' }],
      missing: [{ address: 0x1004, length: 4, reason: 'nothing answered' }],
    },
  ],
  load: [{ ...range, file: 'ram.bin', dryRun: true, bytes: 8, verified: false, ...difference }],
  fill: [{ ...range, value: 1, bytes: 8, dryRun: true }],
  copy: [
    {
      from: { place: '0x1000..+8', address: 0x1000 },
      to: { place: '0x2000', address },
      length: 8,
      width: 32,
      bytes: 8,
      dryRun: true,
    },
  ],
  batch: [{ commands: 0 }],
  compare: [
    {
      left: { place: '0x1000..+8', address: 0x1000, length: 8 },
      right: { place: '0x2000', address: 0x2000, length: 16 },
      length: 8,
      width: 32,
      equal: false,
      ...difference,
    },
    {
      left: { place: '0x1000..+8', address: 0x1000, length: 8 },
      right: { file: 'ram.bin', length: 16 },
      length: 8,
      width: 32,
      equal: false,
      ...difference,
    },
  ],
  search: [
    {
      ...range,
      pattern: 'de ??',
      patternBytes: 'de??',
      matches: [{ place: '0x1000', address: 0x1000, data: 'de01' }],
    },
  ],
  cache: [
    {
      place: '0x1000..+8',
      address: 0x1000,
      length: 8,
      action: 'clean',
      lines: 1,
      lineBytes: 64,
      instruction: 'clwb',
    },
  ],
  buffer: [
    {
      address: 0x1000,
      bytes: 4096,
      caching: 'write-back',
      from: 'kmod',
      pci: '0000:00:04.0',
      dma: {
        verdict: 'safe',
        dmaAddress: 0x1000,
        coherent: true,
        checks: [{ what: 'iommu', result: 'yes', reason: 'there is none' }],
      },
    },
  ],
}
