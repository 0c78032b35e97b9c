import type { Documents } from '../documents.ts'
import type { ErrorReport } from '../error.ts'
import type { Printed } from '../printed.ts'
import {
  address,
  change,
  difference,
  element,
  evidence,
  finding,
  inventory,
  mapping,
  range,
  region,
  value,
} from './pieces.ts'

/** With all members that there may be. What counts failures by their code has those that there were. */
type Full<T> = T extends readonly (infer One)[]
  ? readonly Full<One>[]
  : T extends object
    ? { [K in keyof T]-?: K extends 'failures' ? T[K] : Full<T[K]> }
    : T

type Examples = { [Command in keyof Documents]: readonly Full<Printed<Documents[Command]>>[] }

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

const { fields: _, ...withoutFields } = element

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

/** Documents of each command, in which all members stand that there may be. */
export const examples: Examples = {
  read: [{ results: [element], skipped: [{ register: 'UART0.DR', rule: 'name', why: 'DR' }] }],
  devmem: [{ results: [{ ...element, width: 32, value: 1 }] }],
  write: [
    {
      results: [
        {
          ...{ ...withoutFields, done: true, old: value, oldField: 1 },
          ...{ readBack: value, verified: true, update: true, mask: 1 },
          changes: [change],
          neighbours: [{ ...change, why: 'one-to' }],
        },
      ],
      dryRun: true,
    },
  ],
  wait: [
    { met: true, elapsedUs: 1.5, condition: '0x1000:7:4=0x0', ...element },
    {
      met: false,
      elapsedUs: 1000,
      conditions: [
        { met: true, condition: '0x1000:7:4=0x0', ...element },
        { met: false, condition: '0x1000=0x1', ...element },
      ],
    },
  ],
  record: [
    { atNs: 1000, values: { '0x1000': value } },
    { atNs: 2000, lost: 3 },
    { taken: 9, kept: 5, lost: 3, missed: 0, lastNs: 8000, files: ['out.vcd'] },
  ],
  snapshot: [
    {
      ...{ chip: 'demo', target: 'sim:', time: '2026-01-02T03:04:05.678Z', file: 'a.json' },
      registers: [{ register: 'A.B', place: '0x1000', width: 32, value: '0x00000001' }],
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
  map: [
    {
      ...inventory,
      memory: [{ ...region, children: [] }],
      ports: [{ ...region, children: [] }],
    },
    {
      ...inventory,
      space: 'memory',
      address: 0xfebc0010,
      regions: [{ ...region, offset: 16 }],
      device: {
        address: '0000:00:04.0',
        vendor: 0x8086,
        device: 0x100e,
        class: 0x20000,
        enabled: true,
        power: 'D0',
        commandMemory: true,
        commandIo: false,
      },
      numaNode: 0,
      places: ['pci:0000:00:04.0/bar0+0x10'],
      busAddresses: [{ bus: '/soc', address: 0x7e000000 }],
      below: region,
      above: region,
    },
  ],
  list: [
    {
      ...inventory,
      places: [
        {
          kind: 'pci',
          place: 'pci:0000:00:04.0/bar0',
          address: 0xfebc0000,
          size: 0x20000,
          driver: 'e1000',
          about: '8086:100e',
        },
      ],
      registers: [
        {
          ...{ name: 'UART0.FR', place: '0x9000018', width: 32, access: 'read-only' },
          ...{ text: 'Flags', description: 'chip.svd', ...behind },
        },
      ],
    },
  ],
  translate: [
    {
      results: [
        {
          virtual: address,
          pid: 1,
          process: 'init',
          address: 0x1000,
          frame: 1,
          pageSize: 4096,
          pageKind: 'base',
          by: 'pagemap',
          source: 'BAR 0 of 0000:00:04.0',
          softDirty: true,
          exclusive: true,
          uffdWp: false,
          filePage: false,
          compound: { head: 1, size: 8192 },
          flags: ['lru'],
          mapCount: 1,
          node: 0,
          zeroPage: false,
          secret: true,
          mapping,
          fileOffset: 0,
          moved: 1,
          movedFrom: 0x2000,
        },
        {
          virtual: address,
          address: 0x1000,
          length: 8,
          symbol: 'jiffies',
          type: 'D',
          module: 'uio',
        },
      ],
    },
    {
      pid: 1,
      process: 'init',
      mappings: [
        {
          ...mapping,
          runs: [
            {
              virtual: 0x1000,
              length: 4096,
              kind: 'present',
              address: 0x2000,
              source: 'BAR 0 of 0000:00:04.0',
              same: true,
              zeroPage: false,
            },
          ],
        },
      ],
      totals: {
        mappings: 1,
        mapped: 4096,
        present: 4096,
        huge: 0,
        zeroPage: 0,
        swapped: 0,
        device: 0,
        guard: 0,
        runs: 1,
        failures: { EHWPOISON: 1 },
      },
    },
  ],
  describe: [
    {
      registers: [
        {
          ...{
            name: 'UART0.CR',
            place: '0x9000030',
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
  owners: [
    {
      pageSize: 4096,
      results: [
        {
          address: 0x1000,
          frame: 1,
          state: 'anonymous',
          flags: ['anon'],
          mapCount: 1,
          node: 0,
          cgroup: '/user.slice',
          resources: ['System RAM'],
          zeroPage: true,
          owners: [
            {
              pid: 1,
              process: 'init',
              virtual: address,
              mapping,
              fileOffset: 0,
              by: 'pagemap',
            },
          ],
        },
      ],
      skipped: [{ process: 'init', pid: 1, code: 'EPERMISSION', reason: 'it protects itself' }],
    },
  ],
  bind: [{ device: '0000:00:04.0', driver: 'uio_pci_generic', previous: 'e1000', uio: 'uio0' }],
  kmod: [
    {
      release: '6.12.0',
      loaded: true,
      signed: false,
      source: '/usr/lib/physmem/kmod',
      users: 1,
      deviceError: 'a',
      built: 'physmem.ko',
      headers: '/usr/src',
      next: 'b',
      refusal: 'it is locked down',
    },
    { release: '6.12.0', file: 'physmem.ko' },
    { loaded: true, file: 'physmem.ko' },
  ],
  doctor: [
    {
      host: {
        release: '6.12.0',
        cpu: 'x64',
        uid: 0,
        userNamespace: 'initial',
        capabilities: { CAP_SYS_RAWIO: true },
        lockdown: { level: 'none', evidence },
        config: evidence,
        words: [{ text: 'iomem=strict', known: true, effect: 'a' }],
      },
      findings: [finding],
      report: 'report.txt',
    },
    { target: 'sim:', board: 'demo', findings: [finding] },
    {
      place: 'pci:0000:00:04.0/bar0',
      address: 0xfebc0000,
      here: [{ start: 0xfebc0000, end: 0xfebdffff, name: 'a', kind: 'device', offset: 0 }],
      read: { verdict: 'works', way: '/dev/mem', width: 32, error: errors[0] as never },
      write: { verdict: 'refused', way: '/dev/mem', width: 32, error: errors[0] as never },
      remarks: [{ text: 'it is switched off', cure: 'enable it', evidence: evidence[0] as never }],
    },
  ],
}
