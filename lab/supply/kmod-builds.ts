/** The module built against the headers of every kernel that it is meant for. */
import { createHash } from 'node:crypto'
import { copyFile, cp, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Arch, archFacts, hostArch, type Series } from './arch.ts'
import { cached } from './cache.ts'
import { command, findProgram } from './command.ts'
import { ensureHeaders } from './headers.ts'
import { cachedKernel, ensureKernel, type Kernel } from './kernels.ts'
import { ensureOtherHeaders, hasOtherHeaders, type OtherKernel } from './kmod-headers.ts'
import { labFolder, repositoryRoot } from './repository.ts'

export interface BuildTarget {
  readonly title: string
  /** What the kernel's Makefile calls the CPU, and the prefix of the compiler's name. */
  readonly arch: string
  readonly triplet: string
  /** A kernel that machines of the lab run, or another one. */
  readonly kernel: { readonly arch: Arch; readonly series: Series } | OtherKernel
  /** Whether sparse reads it, too. */
  readonly sparse?: boolean
  /** Whether the kernel has names of newer ones. */
  readonly backports?: boolean
}

const x86 = { arch: 'x86', triplet: 'x86_64-linux-gnu' }
const arm64 = { arch: 'arm64', triplet: 'aarch64-linux-gnu' }
const arm = { arch: 'arm', triplet: 'arm-linux-gnueabihf' }
const riscv = { arch: 'riscv', triplet: 'riscv64-linux-gnu' }

/** Debian's kernel of a release; most flavours are called as their architecture. */
const debian = (release: 'bullseye' | 'sid', architecture: string, flavour = architecture) => ({
  ...{ release, debian: architecture, flavour },
})

export const buildTargets: readonly BuildTarget[] = [
  {
    ...x86,
    title: '5.10 for amd64',
    kernel: debian('bullseye', 'amd64'),
  },
  {
    ...arm64,
    title: '5.10 for arm64',
    kernel: debian('bullseye', 'arm64'),
  },
  {
    ...x86,
    title: '5.10 with names of newer kernels',
    kernel: debian('bullseye', 'amd64'),
    backports: true,
  },
  { ...x86, title: '6.1 for amd64', kernel: { arch: 'x86_64', series: '6.1' } },
  { ...arm64, title: '6.1 for arm64', kernel: { arch: 'aarch64', series: '6.1' } },
  { ...x86, title: '6.12 for amd64', kernel: { arch: 'x86_64', series: '6.12' }, sparse: true },
  { ...arm64, title: '6.12 for arm64', kernel: { arch: 'aarch64', series: '6.12' }, sparse: true },
  {
    ...x86,
    title: 'the newest for amd64',
    kernel: debian('sid', 'amd64'),
  },
  {
    ...arm64,
    title: 'the newest for arm64',
    kernel: debian('sid', 'arm64'),
  },
  {
    ...arm,
    title: 'the newest for armhf',
    kernel: debian('sid', 'armhf', 'armmp'),
  },
  {
    ...riscv,
    title: 'the newest for riscv64',
    kernel: debian('sid', 'riscv64'),
  },
]

const isOwn = (triplet: string): boolean =>
  hostArch !== undefined && archFacts[hostArch].triplet === triplet

const compilerOf = ({ triplet }: BuildTarget): string => (isOwn(triplet) ? 'gcc' : `${triplet}-gcc`)

/** The program that is missing for a target, if one is. */
export function missingProgram(target: BuildTarget): string | undefined {
  const programs = [compilerOf(target), 'make', ...(target.sparse ? ['sparse'] : [])]
  return programs.find((program) => !findProgram(program))
}

/** Why a target cannot be built, if so. Looks only at what is there: quick. */
export function buildUnavailable(target: BuildTarget): string | undefined {
  const missing = missingProgram(target)
  if (missing !== undefined) return `${missing} is not installed`
  const { kernel } = target
  const isThere =
    'release' in kernel
      ? hasOtherHeaders(kernel)
      : cachedKernel(kernel.arch, kernel.series) !== undefined
  return isThere ? undefined : 'its headers are not in the lab’s cache'
}

/** Where the target's headers are; fetched when they are not in the cache. */
export const ensureTargetHeaders = async ({ kernel }: BuildTarget): Promise<string> =>
  'release' in kernel
    ? ensureOtherHeaders(kernel)
    : ensureHeaders(await ensureKernel(kernel.arch, kernel.series))

/** Without what a compiler older than the kernel's own does not know, of what the headers ask for. */
export const olderCompiler = (): string[] => [
  'CONFIG_CC_HAS_MIN_FUNCTION_ALIGNMENT=',
  'CONFIG_TOOLCHAIN_HAS_ZABHA=',
  'CONFIG_TOOLCHAIN_HAS_ZACAS=',
  `KCFLAGS=-Wno-attributes -include ${join(labFolder(), 'supply/kernel-config/older-compiler.h')}`,
]

function makeArguments(target: BuildTarget, headers: string, folder: string): string[] {
  const { arch, triplet, kernel, sparse, backports } = target
  return [
    ...['-C', headers, `M=${folder}`, `ARCH=${arch}`],
    ...[`CROSS_COMPILE=${isOwn(triplet) ? '' : `${triplet}-`}`, `CC=${compilerOf(target)}`],
    'CONFIG_DEBUG_INFO_BTF_MODULES=',
    ...('release' in kernel && kernel.release === 'sid' ? olderCompiler() : []),
    ...(backports
      ? [`KCFLAGS=-include ${join(labFolder(), 'supply/kernel-config/backports.h')}`]
      : []),
    ...(sparse ? ['C=2', 'CHECK=sparse'] : []),
    'modules',
  ]
}

const source = (): string => join(repositoryRoot(), 'kmod')

async function sourceHash(headers: string, target: BuildTarget): Promise<string> {
  const hash = createHash('sha256').update(makeArguments(target, headers, '').join(' '))
  for (const file of (await readdir(source())).sort()) {
    hash.update(file).update(await readFile(join(source(), file)))
  }
  return hash.digest('hex').slice(0, 12)
}

/** Built anew when it, or the headers, have changed: a folder with physmem.ko and make's output. */
async function build(target: BuildTarget): Promise<string> {
  const headers = await ensureTargetHeaders(target)
  const name = target.title.replaceAll(' ', '-')
  const key = `module-builds/${name}-${await sourceHash(headers, target)}`
  return cached(key, async (temporary) => {
    const folder = await mkdtemp(join(tmpdir(), 'physmem-build-'))
    try {
      await cp(source(), folder, { recursive: true })
      const words = makeArguments(target, headers, folder)
      const both = 'make "$@" > log 2>&1 || { cat log; exit 1; }'
      await command('sh', ['-c', both, 'sh', ...words], { cwd: folder })
      await mkdir(temporary, { recursive: true })
      for (const file of ['physmem.ko', 'log']) {
        await copyFile(join(folder, file), join(temporary, file))
      }
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })
}

/** All that `make` printed while it built the module. */
export const moduleBuildLog = async (target: BuildTarget): Promise<string> =>
  readFile(join(await build(target), 'log'), 'utf8')

/** The file of the module that was built for a target: machines load the very same. */
export const moduleBuilt = async (target: BuildTarget): Promise<string> =>
  join(await build(target), 'physmem.ko')

/** The target that stands for this kernel, if one does and can be built here. */
export function targetOf(kernel: Kernel): BuildTarget | undefined {
  const { debian } = archFacts[kernel.arch]
  const target = buildTargets.find(({ kernel: of, backports }) => {
    if (backports) return false
    if ('release' in of) return of.release === kernel.otherRelease && of.debian === debian
    // One with headers of its own is not that of Debian's package.
    return kernel.headers === undefined && of.arch === kernel.arch && of.series === kernel.series
  })
  return target && missingProgram(target) === undefined ? target : undefined
}

/** Kbuild's own remarks on the compiler, which is that of this machine and not of the kernel. */
const ofTheCompiler =
  /^warning: (the compiler|pahole version) differs from the one used to build the kernel$/

/** The lines of such a log in which something is objected to. */
export const objections = (log: string): string[] =>
  log
    .split('\n')
    .filter((line) => /warning|error|undefined/i.test(line) && !ofTheCompiler.test(line))
