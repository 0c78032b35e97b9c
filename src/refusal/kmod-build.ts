import { type Act, type Cure, type ShellLine, sentence, shell } from '../base/cure.ts'
import { readText } from '../linux/read.ts'
import type { System } from '../linux/system.ts'
import type { Refusal } from './refusal.ts'

/** Why the module cannot be built: the headers of a kernel are not there. */
export function headersRefusal(release: string, folder: string, system: System): Refusal {
  return {
    code: 'EBUILD',
    reason: `the headers of kernel ${release} are not installed`,
    cure: sentence`${installHeaders(release, system)}, or give the kernel's build tree with ${{ option: 'headers' }}`,
    evidence: [{ file: folder, line: 'does not exist' }],
  }
}

/** Why a folder that was given is not the headers of a kernel: `reason` begins with the folder. */
export function noHeadersRefusal(folder: string, fault: string, release: string): Refusal {
  return {
    code: 'ENOPLACE',
    reason: `${folder} ${fault}`,
    cure: `give the headers or the build tree of kernel ${release}, such as /lib/modules/${release}/build`,
  }
}

/** Why it cannot be built: the headers are those of another kernel, as `file` says. */
export function otherKernelRefusal(
  release: string,
  { headers, found, file }: { headers: string; found: string; file: string },
): Refusal {
  return {
    code: 'EBUILD',
    reason: `${headers} is the build tree of kernel ${found}, but the module was to be built for ${release}`,
    cure: sentence`give the headers of kernel ${release}, or build for the other: ${{ act: 'build the module', kernel: found, headers }}`,
    evidence: [{ file, line: found }],
  }
}

/** Into a folder that the reader chooses. */
export const BUILD_ELSEWHERE: Act = { act: 'build the module', output: 'FOLDER' }

/** Why it cannot be built: the folder that was to take it cannot be made or written. */
export function folderRefusal(folder: string, errno: string): Refusal {
  return {
    code: 'EBUILD',
    reason: `${folder} cannot be created or written (${errno})`,
    cure: sentence`give another folder: ${BUILD_ELSEWHERE}`,
  }
}

/** Why it cannot be built: there is no make. */
export function makeRefusal(system: System): Refusal {
  const { packages } = distribution(system) ?? {}
  return {
    code: 'EBUILD',
    reason: 'make is not installed',
    cure: packages === undefined ? 'install make and a C compiler' : [packages.compiler],
  }
}

function installHeaders(release: string, system: System): Cure | ShellLine {
  return headersCommand(release, system) ?? `install the headers of kernel ${release}`
}

/** Why it cannot be built: what make said. */
export function makeFailure(said: string): Refusal {
  return {
    code: 'EBUILD',
    reason: `make failed: ${said}`,
    cure: sentence`see what it printed: ${{ act: 'build the module', verbose: true }}`,
  }
}

/** The command line that installs a kernel's headers; `undefined` for an unknown distribution. */
export function headersCommand(release: string, system: System): ShellLine | undefined {
  return distribution(system)?.packages.headers(release)
}

interface Packages {
  headers: (release: string) => ShellLine
  compiler: ShellLine
}

/** How distributions name them, by ID or ID_LIKE of /etc/os-release. */
const DISTRIBUTIONS: Readonly<Record<string, Packages>> = {
  debian: {
    headers: (release) => shell(`apt install linux-headers-${release}`),
    compiler: shell('apt install build-essential'),
  },
  fedora: {
    headers: (release) => shell(`dnf install kernel-devel-${release}`),
    compiler: shell('dnf install make gcc'),
  },
  suse: {
    headers: (release) =>
      shell(`zypper install kernel-${/[a-z]+$/.exec(release)?.[0] ?? 'default'}-devel`),
    compiler: shell('zypper install make gcc'),
  },
  arch: {
    headers: (release) =>
      shell(`pacman -S linux${/-(lts|zen|hardened)$/.exec(release)?.[0] ?? ''}-headers`),
    compiler: shell('pacman -S base-devel'),
  },
  alpine: {
    headers: (release) => shell(`apk add linux-${/[a-z]+$/.exec(release)?.[0] ?? 'lts'}-dev`),
    compiler: shell('apk add build-base'),
  },
}

function distribution(system: System): { packages: Packages } | undefined {
  const text = readText(system.files, '/etc/os-release') ?? ''
  const value = (key: string) => new RegExp(`^${key}="?([^"\n]*)`, 'm').exec(text)?.[1] ?? ''
  const names = `${value('ID')} ${value('ID_LIKE')}`.split(' ')
  const packages = names.map((name) => DISTRIBUTIONS[name]).find((one) => one !== undefined)
  return packages && { packages }
}
