/** The CPUs of the machines in which physmem itself runs, by the name that QEMU and Linux give them. */
export type Arch = 'x86_64' | 'aarch64'

/** Those of machines that have no Node, in which only the agent runs. */
export type BoardArch = 'arm' | 'riscv64'

export type GuestArch = Arch | BoardArch

/** The kernel series that are tested, as the first part of the Debian package's version. */
export type Series = '6.1' | '6.12'

export const arches: readonly Arch[] = ['x86_64', 'aarch64']
export const boardArches: readonly BoardArch[] = ['arm', 'riscv64']
export const seriesList: readonly Series[] = ['6.1', '6.12']

interface ArchFacts {
  readonly debian: string
  /** Of Debian's kernel: linux-image-FLAVOUR. */
  readonly flavour: string
  /** Node's own name of the CPU: `process.arch`. */
  readonly node: string
  /** GNU triplet: the prefix of the cross compiler and the name of the library folders. */
  readonly triplet: string
  readonly qemu: string
  /** What the kernel's own Makefile calls the CPU. */
  readonly kernel: string
}

export const archFacts: Readonly<Record<GuestArch, ArchFacts>> = {
  x86_64: {
    debian: 'amd64',
    flavour: 'amd64',
    node: 'x64',
    triplet: 'x86_64-linux-gnu',
    qemu: 'qemu-system-x86_64',
    kernel: 'x86',
  },
  aarch64: {
    debian: 'arm64',
    flavour: 'arm64',
    node: 'arm64',
    triplet: 'aarch64-linux-gnu',
    qemu: 'qemu-system-aarch64',
    kernel: 'arm64',
  },
  arm: {
    debian: 'armhf',
    flavour: 'armmp',
    node: 'arm',
    triplet: 'arm-linux-gnueabihf',
    qemu: 'qemu-system-arm',
    kernel: 'arm',
  },
  riscv64: {
    debian: 'riscv64',
    flavour: 'riscv64',
    node: 'riscv64',
    triplet: 'riscv64-linux-gnu',
    qemu: 'qemu-system-riscv64',
    kernel: 'riscv',
  },
}

/** The CPU of the machine that runs the lab, when it is one of ours. */
export const hostArch: Arch | undefined = arches.find(
  (arch) => archFacts[arch].node === process.arch,
)

/** The C compiler that makes programs for `arch` on this machine. */
export function compilerFor(arch: GuestArch): string {
  return arch === hostArch ? 'cc' : `${archFacts[arch].triplet}-gcc`
}
