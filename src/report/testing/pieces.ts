/** What several examples of documents have in them. */

export const address = '0xffff888000001000'
export const value = '0x0000000000000001'
export const range = { place: '0x1000..+8', address: 0x1000, length: 8, width: 32 } as const
export const element = {
  place: 'pid:1:0xffff888000001000:7:4',
  address,
  width: 64,
  value,
  bits: '7:4',
  field: 0,
  unaligned: true,
  register: 'UART0.FR',
  description: 'chip.svd',
  fields: [{ name: 'TXFE', bits: '7', value: 1, meaning: 'empty' }],
} as const
export const masked = { name: 'UART0.CR:TXE', mask: 0x100, value: 0x100 } as const
export const change = { ...masked, bits: '8', field: 1, oldField: 0 } as const
export const evidence = [{ file: '/proc/cmdline', line: 'iomem=strict' }]
export const mapping = {
  start: 0x1000,
  end: 0x2000,
  readable: true,
  writable: false,
  executable: false,
  shared: true,
  path: '/tmp/x',
  offset: 0,
  device: '08:01',
  inode: 12,
}
export const difference = {
  differing: 1,
  differingBytes: 3,
  differences: [{ offset: 4, left: 1, right: value }],
}

export const region = {
  start: 0xfebc0000,
  end: 0xfebdffff,
  length: 0x20000,
  name: '0000:00:04.0',
  kind: 'device',
  source: 'iomem',
  driver: 'e1000',
  places: ['pci:0000:00:04.0/bar0'],
  facts: [
    {
      kind: 'bar',
      device: '0000:00:04.0',
      bar: 0,
      prefetchable: false,
      io: true,
      driver: 'e1000',
    },
    {
      kind: 'uio',
      device: 0,
      deviceName: 'a',
      map: 0,
      mapName: 'b',
      unique: { device: 'a', map: 0 },
    },
    {
      kind: 'node',
      path: '/soc/serial',
      region: 0,
      regionName: 'regs',
      aliases: ['serial0'],
      compatible: ['arm,pl011'],
      enabled: true,
      use: 'device',
    },
    { kind: 'buffer', name: 'udmabuf0' },
    { kind: 'device', device: 'serial8250', bus: 'platform', driver: 'serial8250' },
    { kind: 'board', what: 'ram', description: 'of the board' },
  ],
} as const
export const inventory = {
  file: 'board.dtb',
  overlay: true,
  target: 'sim:',
  problems: ['a node has no name'],
  hidden: { reason: 'CAP_SYS_ADMIN is missing', cure: 'run it as root', ramFrom: '/proc/kcore' },
} as const

export const finding = {
  id: 'devmem.open',
  title: '/dev/mem',
  verdict: 'refused',
  reason: 'it is locked down',
  code: 'EREFUSED_LOCKDOWN',
  errno: 'EPERM',
  evidence,
  cures: ['boot without it'],
  instead: '/dev/physmem',
  because: 'lockdown',
} as const
