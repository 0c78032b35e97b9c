/** Every refusal on recorded machines: the same in a folder, in memory and far away, in three trips. */
import { readdirSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Files } from '../linux/files.ts'
import { MemoryFiles } from '../linux/memory-files.ts'
import type { System } from '../linux/system.ts'
import { FakeRoot, type RecordedReader, recordedMachines } from '../linux/testing/fake-root.ts'
import { ReplayFiles } from '../linux/testing/replay-files.ts'
import { capabilityRefusal, privilegeRefusal } from './capability.ts'
import { explainDevMemOpen } from './devmem.ts'
import { explainDevMemMap, explainDevMemRead, refusedRam } from './devmem-map.ts'
import { explainBind, explainConfig, explainUnbind } from './driver.ts'
import { explainFrameFile } from './frame-files.ts'
import { buildKmodLine, kmodCure } from './get-kmod.ts'
import { explainI2cOpen } from './i2c.ts'
import { hiddenAddresses } from './iomem.ts'
import { explainKcoreOpen } from './kcore.ts'
import { headersRefusal, makeRefusal } from './kmod-build.ts'
import { lockdownRefusal } from './lockdown.ts'
import { explainModules, explainNoModules } from './modules.ts'
import { explainCpuGone, explainMsrOpen, explainMsrWrite, explainMsrWrites } from './msr.ts'
import { explainOffsets } from './other-offsets.ts'
import { explainHiddenFrames, explainPagemapOpen, noProcess } from './pagemap.ts'
import { explainBarMap, explainBarOpen } from './pci-bar.ts'
import { noSuchFunction } from './pci-function.ts'
import { permissionRefusal } from './permissions.ts'
import { explainDevPortOpen, explainIoperm } from './port.ts'
import { explainRegmapOpen } from './regmap.ts'

const ERRNOS = [
  ...['EACCES', 'EPERM', 'ENOENT', 'ENXIO', 'ENODEV', 'EINVAL', 'EAGAIN', 'EBUSY', 'EFAULT'],
  ...['ENOSYS', 'EROFS', 'EIO', 'ESRCH', 'ENOTDIR', 'ENOMEM', 'EISDIR', 'EMFILE'],
]

/** RAM, a BAR that a driver claims, one that none does, and what nobody knows. */
const ADDRESSES = [0x1_0000_0000, 0x4000_0000, 0xfe94_0000, 0x1014_0000, 0xfe80_0000, 2 ** 51]
const PCI = '0000:00:06.0'
const vfio = { subsystem: 'vfio', name: '1', parent: undefined }
const uio = { subsystem: 'uio', name: 'uio0', parent: '0000:00:04.0' }

type Question = (system: System) => unknown

const ofErrno: Record<string, (errno: string, system: System) => unknown> = {
  explainDevMemOpen,
  explainDevMemMap: (errno, system) => ADDRESSES.map((at) => explainDevMemMap(errno, at, system)),
  explainDevMemRead: (errno, system) => ADDRESSES.map((at) => explainDevMemRead(errno, at, system)),
  explainUnbind,
  explainConfig,
  explainBind: (errno, system) =>
    ['uio_pci_generic', 'vfio-pci'].map((driver) => explainBind(errno, PCI, driver, system)),
  explainFrameFile: (errno, system) => explainFrameFile(errno, 'kpagecgroup', system),
  explainKcoreOpen,
  explainPagemapOpen: (errno, system) =>
    [1, 2, 4_000_000].map((pid) => explainPagemapOpen(errno, pid, system)),
  explainBarOpen,
  explainBarMap: (errno, system) => explainBarMap(errno, PCI, 0, system),
  explainDevPortOpen,
  explainIoperm,
  explainI2cOpen: (errno, system) => explainI2cOpen(errno, 1, system),
  explainMsrOpen: (errno, system) => explainMsrOpen(errno, 0, system),
  explainRegmapOpen: (errno, system) => explainRegmapOpen(errno, '1-0048', system),
}

const others: Record<string, Question> = {
  refusedRam,
  kmodCure,
  buildKmodLine: (system) => buildKmodLine('6.1.0-1-amd64', system),
  hiddenAddresses,
  headersRefusal: (system) => headersRefusal('6.1.0-1-amd64', '/lib/modules/x/build', system),
  makeRefusal,
  lockdownRefusal: (system) => [
    lockdownRefusal(system),
    lockdownRefusal(system, 'confidentiality'),
  ],
  privilegeRefusal: (system) => privilegeRefusal('CAP_SYS_RAWIO', system),
  capabilityRefusal: (system) => capabilityRefusal('CAP_SYS_MODULE', system),
  permissionRefusal: (system) => permissionRefusal(system),
  explainModules,
  explainNoModules,
  explainOffsets: (system) => [
    explainOffsets('vfio', vfio, system),
    explainOffsets('uio', uio, system),
  ],
  noProcess: (system) => [noProcess(1, system), noProcess(2, system)],
  explainHiddenFrames,
  explainCpuGone: (system) => explainCpuGone(1, system),
  explainMsrWrites,
  explainMsrWrite,
  noSuchFunction: (system) => noSuchFunction('0000:00:09.0', system),
}

const questions: [name: string, Question][] = [
  ...Object.entries(ofErrno).flatMap(([name, explain]) =>
    ERRNOS.map((errno): [string, Question] => [
      `${name} ${errno}`,
      (system) => explain(errno, system),
    ]),
  ),
  ...Object.entries(others),
]

const readers: RecordedReader[] = ['root', 'user', 'namespace']
const cases = recordedMachines.flatMap((name) => readers.map((reader) => ({ name, reader })))

describe.each(cases)('$name as seen by $reader', ({ name, reader }) => {
  let root: FakeRoot
  let memory: Files
  const cpu = name.startsWith('x86') ? 'x64' : 'arm64'
  const over = (files: Files): System => ({ files, cpu, pageSize: 4096 })

  beforeAll(() => {
    root = FakeRoot.recorded(name, reader)
    memory = new MemoryFiles(root.files)
  })
  afterAll(() => root[Symbol.dispose]())

  it.each(questions)('%s', (_name, question) => {
    const here = question(over(root.files))
    expect(question(over(memory))).toEqual(here)
    const far = new ReplayFiles(root.files)
    expect(far.ask((files) => question(over(files)))).toEqual(here)
    expect(far.trips).toBeLessThanOrEqual(3)
  })
})

it('asks all that the room explains by a machine', async () => {
  const names = readdirSync(import.meta.dirname).flatMap(
    (file) => /^([\w-]+)\.ts$/.exec(file)?.[1] ?? [],
  )
  const rooms = await Promise.all(names.map((name) => import(/* @vite-ignore */ `./${name}.ts`)))
  const explain = rooms.flatMap((room) => Object.entries<unknown>(room))
  const ofSystem = explain.filter(
    ([name, value]) => name.startsWith('explain') && /^[^{]*\bsystem\b/.test(String(value)),
  )
  expect(ofSystem.length).toBeGreaterThan(15)
  for (const [name] of ofSystem) expect({ ...ofErrno, ...others }).toHaveProperty(name)
})
