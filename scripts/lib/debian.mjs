// Debian packages that tests and builds need, installed when they are missing and it is possible.
import { spawnSync } from 'node:child_process'
import { command, step } from './step.mjs'

/** Compilers and checks for the native part. */
export const BUILD_PACKAGES = ['make']
export const CROSS_PACKAGES = [
  'qemu-user-static',
  'gcc-aarch64-linux-gnu',
  'libc6-dev-arm64-cross',
  'gcc-arm-linux-gnueabihf',
  'libc6-dev-armhf-cross',
  'gcc-riscv64-linux-gnu',
  'libc6-dev-riscv64-cross',
  // The agent for 32-bit Arm before ARMv7: this one's own helpers run there.
  'gcc-arm-linux-gnueabi',
  'libc6-dev-armel-cross',
]
/** What the virtual machines of the demo need. */
export const DEMO_PACKAGES = [
  'qemu-system-x86',
  'qemu-system-arm',
  'gcc-aarch64-linux-gnu',
  'libc6-dev-arm64-cross',
  'xz-utils',
]
/** What all virtual machines and the tests on them need. */
export const LAB_PACKAGES = [
  ...DEMO_PACKAGES,
  'qemu-efi-aarch64',
  'qemu-system-misc',
  'gcc-arm-linux-gnueabihf',
  'libc6-dev-armhf-cross',
  'gcc-riscv64-linux-gnu',
  'libc6-dev-riscv64-cross',
  'sparse',
  'musl-tools',
  'zstd',
  'libelf1',
  'device-tree-compiler',
]
/** What building a kernel needs: for `npm run test:all`. */
export const BUILT_KERNEL_PACKAGES = ['gcc', 'flex', 'bison', 'bc', 'libelf-dev', 'libssl-dev']
/** What the checks of the C code need, and tests that compare, or play a board in a folder. */
export const CHECK_PACKAGES = ['clang-format', 'busybox', 'gdbserver']

function missing(packages) {
  const answer = spawnSync(
    'dpkg-query',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query's own placeholders
    ['-W', '-f', '${Package} ${db:Status-Status}\n', ...packages],
    { encoding: 'utf8' },
  )
  if (answer.error) return undefined
  const installed = new Set(
    answer.stdout
      .split('\n')
      .filter((line) => line.endsWith(' installed'))
      .map((line) => line.split(' ')[0]),
  )
  return packages.filter((name) => !installed.has(name))
}

function installer() {
  if (process.env.PHYSMEM_NO_INSTALL) return undefined
  if (process.getuid?.() === 0) return ['apt-get']
  const sudo = spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' })
  return sudo.status === 0 ? ['sudo', '-n', 'apt-get'] : undefined
}

/** Installs what is missing. Says so, and goes on, when that cannot be: the tests then skip. */
export async function needPackages(packages) {
  const wanted = missing(packages)
  if (wanted === undefined) {
    process.stderr.write(
      'set-up: this is not a Debian system; what needs its packages is skipped\n',
    )
    return
  }
  if (wanted.length === 0) return
  const [program, ...first] = installer() ?? []
  if (program === undefined) {
    process.stderr.write(
      `set-up: missing, and not installed without root: apt-get install ${wanted.join(' ')}\n`,
    )
    return
  }
  const apt = (...args) => command(program, ...first, '-qq', ...args)
  process.env.DEBIAN_FRONTEND = 'noninteractive'
  try {
    await step(`installing ${wanted.join(', ')}`, async () => {
      await apt('update')
      await apt('install', '--yes', '--no-install-recommends', ...wanted)
    })
  } catch (error) {
    process.stderr.write(`set-up: ${error.message}\n`)
  }
}
