/** The refusal matrix of arm64; lab/tests/refusal/matrix.ts says how it is tested. */
import { type Answers, ids, refusalMatrix, whenRelaxed, withoutDevMem } from './matrix.ts'

/** Root on a kernel as Debian builds it. */
const usual: Answers = {
  'devmem.open': 'ok',
  'devmem.device': 'ok',
  'devmem.claimed': 'EPERM',
  'devmem.ram.read': 'EPERM',
  'devmem.ram.map': 'EPERM',
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
  modules: 'ok',
}

const relaxed = whenRelaxed(usual)

const integrity: Answers = {
  ...usual,
  ...withoutDevMem(usual, 'EPERM'),
  [ids.free]: 'EPERM',
  [ids.bound]: 'EPERM',
  modules: 'EPERM',
}

refusalMatrix('aarch64', [
  {
    title: 'as it is',
    rows: [
      { title: 'root', expected: usual },
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
        unknown: ['devmem.ram.read', 'devmem.ram.map'],
      },
      {
        title: 'without CAP_SYS_RAWIO, and without modules from now on',
        before: 'echo 1 > /proc/sys/kernel/modules_disabled',
        by: '/lab/refusals without 17 --',
        expected: { ...usual, ...withoutDevMem(usual, 'EPERM'), kcore: 'EPERM', modules: 'EPERM' },
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
          modules: 'EPERM',
        },
      },
      {
        title: 'behind masks as containers have them',
        before: 'mount --bind /dev/null /proc/kcore && rm /dev/mem',
        expected: {
          ...usual,
          ...withoutDevMem(usual, 'ENOENT'),
          kcore: 'masked',
          modules: 'EPERM',
        },
      },
    ],
  },
  { title: 'iomem=relaxed', append: 'iomem=relaxed', rows: [{ title: 'root', expected: relaxed }] },
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
