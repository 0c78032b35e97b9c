import type { RecordedMachine } from './fake-root.ts'

const pc = {
  addressBits: 40,
  resources: [
    [0xfebf_ffff, ['PCI Bus 0000:00']],
    [0xfe94_0000, ['PCI Bus 0000:00', '0000:00:06.0', 'e1000']],
    [0xfed0_03ff, ['HPET 0', 'PNP0103:00']],
    [0x1_0000_0000, ['System RAM']],
    [0x8000_0000, ['PCI Bus 0000:00']],
    [0x9_4000_0000, []],
  ],
  ports: [
    [0x70, ['PCI Bus 0000:00', 'rtc0']],
    [0xcf8, ['PCI conf1']],
    [0xc000, ['PCI Bus 0000:00', '0000:00:06.0', 'e1000']],
  ],
  functions: [
    '00:00.0',
    '00:04.0',
    '00:05.0',
    '00:06.0',
    '00:1e.0',
    '00:1f.0',
    '00:1f.2',
    '00:1f.3',
  ],
  edu: 0xfe80_0000,
  network: [0xfe94_0000, 0xc000],
  shared: 0xfea0_0000,
  hostBridge: { vendor: 0x8086, device: 0x29c0, commandMemory: true },
  device: 0xfed0_0000n,
  ram: [
    [0x1000n, 0x9_e000n],
    [0x10_0000n, 0x7fee_0000n],
    [0x1_0000_0000n, 0x4000_0000n],
  ],
  nodes: [
    [0, 0],
    [0x7fff_ffff, 0],
    [0x8000_0000, undefined],
    [0x1_0000_0000, 1],
    [0x1_3fff_ffff, 1],
    [0x1_4000_0000, undefined],
  ],
}

const board = {
  addressBits: 52,
  resources: [
    [0x0900_0000, ['pl011@9000000', '9000000.pl011 pl011@9000000']],
    [0x1014_0000, ['pcie@10000000', '0000:00:06.0', 'e1000']],
    [0x80_0000_0000, ['pcie@10000000', '0000:00:05.0']],
    [0x4000_0000, ['System RAM']],
    [0x0a00_0000, []],
  ],
  ports: [[0x1000, ['pcie@10000000', '0000:00:06.0', 'e1000']]],
  functions: ['00:00.0', '00:04.0', '00:05.0', '00:06.0', '00:1e.0'],
  edu: 0x1000_0000,
  network: [0x1014_0000, 0x1000],
  shared: 0x80_0000_0000,
  hostBridge: { vendor: 0x1b36, device: 0x0008, commandMemory: false },
  device: 0x0a00_0000n,
  ram: [
    [0x4000_0000n, 0x8000_0000n],
    [0xc000_0000n, 0x4000_0000n],
  ],
  nodes: [
    [0x3fff_ffff, undefined],
    [0x4000_0000, 0],
    [0xbfff_ffff, 0],
    [0xc000_0000, 1],
    [0x1_0000_0000, undefined],
  ],
}

const ofDebian = { hwpoison: true, migration: 3, device: 0 }
/** What the readers find on each recorded machine. */
export const machines = {
  'x86_64-6.1': {
    ...pc,
    release: /^6\.1\.0-\d+-amd64$/,
    types: { ...ofDebian, marker: true, swapError: true },
    segments: 9,
    text: 0x100_0000n,
    jiffies: 1,
  },
  'x86_64-6.12': {
    ...pc,
    release: /^6\.12\.\d+.*-amd64$/,
    types: { ...ofDebian, marker: true, swapError: false },
    segments: 9,
    text: 0x100_0000n,
    jiffies: 1,
  },
  'aarch64-6.1': {
    ...board,
    release: /^6\.1\.0-\d+-arm64$/,
    types: { ...ofDebian, marker: false, swapError: true },
    segments: 7,
    text: 0x4020_0000n,
    jiffies: 0, // this kernel has no CONFIG_KALLSYMS_ALL: symbols of functions only
  },
  'aarch64-6.12': {
    ...board,
    release: /^6\.12\.\d+.*-arm64$/,
    types: { ...ofDebian, marker: true, swapError: false },
    segments: 7,
    text: 0x4020_0000n,
    jiffies: 1,
  },
} satisfies Record<RecordedMachine, object>

export const names = Object.keys(machines) as RecordedMachine[]
