/** What looks at a machine, or changes it. */
import { address, evidence, finding, inventory, mapping, region } from '../pieces.ts'
import { errors } from './errors.ts'
import type { Examples } from './full.ts'

/** Where a register is that has no place before its device is asked. */
const behind = { start: '0x9000018', behind: { place: '0x9000000', width: 8 } } as const

export const machine: Examples<
  'map' | 'list' | 'translate' | 'owners' | 'bind' | 'kmod' | 'doctor'
> = {
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
          length: 0x20000,
          driver: 'e1000',
          ...{ name: 'UART', what: 'device', description: 'Serial port' },
          ...{ device: '0000:00:04.0', bar: 0, prefetchable: true, map: 'uio0/map0' },
          ...{ regionName: 'regs', compatible: ['arm,pl011'], disabled: true },
        },
      ],
      registers: [
        {
          ...{ name: 'UART0.FR', place: '0x9000018', address: 0x9000018 },
          ...{ width: 32, access: 'read-only' },
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
    { target: 'gdb://board:3333', server: 'QEMU 7.2.22', findings: [finding] },
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
