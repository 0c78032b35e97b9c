/** The refusal matrix of x86-64; lab/tests/refusal/matrix.ts says how it is tested. */
import { type Answers, ids, refusalMatrix, whenRelaxed, withoutDevMem } from './matrix.ts'

/** Root on a kernel as Debian builds it. */
const usual: Answers = {
  'devmem.open': 'ok',
  'devmem.device': 'ok',
  'devmem.claimed': 'EPERM',
  'devmem.ram.read': 'EPERM',
  'devmem.ram.map': 'EPERM',
  'devmem.low': 'zeros, discarded',
  kcore: 'same',
  [ids.free]: 'ok',
  [ids.ports]: 'ENODEV',
  [ids.bound]: 'EINVAL',
  iomem: 'ok',
  ioports: 'ok',
  pagemap: 'ok',
  kpageflags: 'ok',
  kpagecount: 'ok',
  kpagecgroup: 'ok',
  devport: 'ok',
  ioperm: 'ok',
  modules: 'ok',
}

/** The ROM of the PC, its HPET, its flash, and the LAPIC, which 6.1 claims and 6.12 does not. */
const maps = {
  '0xf0000': 'ok',
  '0xfed00000': 'ok',
  '0xfffc0000': 'ok',
  '0xfee00000': { '6.1': 'EPERM', '6.12': 'ok' },
}
const relaxedMaps = { ...maps, '0xfee00000': 'ok' }

const relaxed = whenRelaxed(usual)

const integrity: Answers = {
  ...usual,
  ...withoutDevMem(usual, 'EPERM'),
  [ids.free]: 'EPERM',
  [ids.bound]: 'EPERM',
  devport: 'EPERM',
  ioperm: 'EPERM',
  modules: 'EPERM',
}

refusalMatrix('x86_64', [
  {
    title: 'as it is',
    rows: [
      {
        title: 'root',
        expected: usual,
        maps,
        // RAM, which /proc/kcore has; the LAPIC; the IOAPIC.
        places: ['0x1000000', '0xfee00000', '0xfec00000', 'pci:0000:00:06.0/bar0'],
      },
      {
        title: 'without CAP_SYS_ADMIN, and only signed modules',
        before: 'echo 1 > /sys/module/module/parameters/sig_enforce',
        by: '/lab/refusals without 21 --',
        expected: {
          ...usual,
          kcore: 'unproven',
          iomem: 'hidden',
          ioports: 'hidden',
          pagemap: 'hidden',
          modules: 'EKEYREJECTED',
        },
        unknown: ['devmem.ram.read', 'devmem.ram.map', 'devmem.low'],
      },
      {
        title: 'without CAP_SYS_RAWIO, and without modules from now on',
        before: 'echo 1 > /proc/sys/kernel/modules_disabled',
        by: '/lab/refusals without 17 --',
        expected: {
          ...usual,
          ...withoutDevMem(usual, 'EPERM'),
          kcore: 'EPERM',
          devport: 'EPERM',
          ioperm: 'EPERM',
          modules: 'EPERM',
        },
      },
      {
        title: 'root of a user namespace',
        by: '/lab/refusals userns --',
        expected: {
          ...usual,
          ...withoutDevMem(usual, 'EPERM'),
          kcore: 'EPERM',
          iomem: 'hidden',
          ioports: 'hidden',
          pagemap: 'hidden',
          devport: 'EPERM',
          ioperm: 'EPERM',
          modules: 'EPERM',
        },
      },
      {
        title: 'behind masks as containers have them',
        before: 'mount --bind /dev/null /proc/kcore && rm /dev/mem /dev/port',
        expected: {
          ...usual,
          ...withoutDevMem(usual, 'ENOENT'),
          kcore: 'masked',
          devport: 'ENOENT',
          modules: 'EPERM',
        },
      },
    ],
  },
  {
    title: 'iomem=relaxed',
    append: 'iomem=relaxed',
    rows: [{ title: 'root', expected: relaxed, maps: relaxedMaps }],
  },
  {
    title: 'iomem=relaxed nopat',
    series: '6.12',
    append: 'iomem=relaxed nopat',
    rows: [{ title: 'root', expected: relaxed, maps: relaxedMaps }],
  },
  {
    title: 'lockdown=integrity',
    append: 'lockdown=integrity',
    rows: [{ title: 'root', expected: integrity }],
  },
  {
    title: 'lockdown=confidentiality',
    append: 'lockdown=confidentiality',
    rows: [{ title: 'root', expected: { ...integrity, kcore: 'EPERM' } }],
  },
])
