/** The CPUs that the package has an engine for, as Node names them. */
export const CPUS = ['x64', 'arm64', 'arm', 'riscv64']
