/**
 * What Linux says of its memory, devices and processes: `physmem/linux`. Nothing here touches
 * memory; every `read…` and `list…` takes the files of the machine to be read, those of this one when
 * they are left out: `filesAt(folder)` are those of a copy, in which another machine can be read.
 *
 * What is missing, unreadable or damaged is left out, and an address that cannot be determined
 * exactly is never given. Only what belongs to one process, and the files of frames, throw: a
 * RefusedError that says why. Physical addresses are numbers, virtual ones bigints. An address that
 * the kernel hides from this reader is zero in these files: ask `addressesHidden` or
 * `symbolsHidden`, and a page whose frame is hidden is of the kind `hidden`.
 *
 * @module
 */

export type { Evidence } from '../base/evidence.ts'
export {
  CommandLine,
  type CommandLineToken,
  type MemoryWord,
  memoryWordsOf,
  readCommandLine,
} from './cmdline.ts'
export { hasPorts, physicalAddressBits } from './cpu.ts'
export {
  type Capability,
  type Credentials,
  namesOfCapabilities,
  readCredentials,
} from './credentials.ts'
export * from './device-tree/index.ts'
export type { FileKind, FileStatus, Files, FolderEntry } from './files.ts'
export { filesAt } from './files-at.ts'
export { readFirmwareMap } from './firmware-map.ts'
export { type HugePagePool, readHugePages } from './hugepages.ts'
export {
  addressesHidden,
  isSystemRam,
  parseIomem,
  type Resource,
  type ResourceNode,
  readIomem,
  readIoports,
  resourcesAt,
  resourceTree,
} from './iomem.ts'
export { hasIommu, type IommuGroup, readDmaMaskBits, readIommuGroup } from './iommu.ts'
export {
  findSymbol,
  type KernelSymbol,
  parseSymbols,
  readSymbols,
  symbolsHidden,
} from './kallsyms.ts'
export { type KcoreSegment, parseKcoreHeaders, readKcoreHeaders } from './kcore.ts'
export { KernelConfig, parseKernelConfig, readKernelConfig, readRelease } from './kernel-config.ts'
export { readKernelLog } from './kernel-log.ts'
export { credibleFlagNames, type KsmTrust, readKsmTrust } from './ksm.ts'
export { type Lockdown, readLockdown } from './lockdown.ts'
export { type Mapping, parseMaps, readMaps } from './maps.ts'
export { type NumaBlocks, nodeAt, numaNodeOf, readNumaBlocks } from './numa.ts'
export { hasPageFlag, pageFlagNames } from './page-flag-bits.ts'
export { PAGE_FLAGS, type PageFlag } from './page-flags.ts'
export {
  FrameFile,
  type FrameFileName,
  readPageCgroup,
  readPageCount,
  readPageFlags,
} from './page-frames.ts'
export { decodePage, type PageEntry, type PageMarks, type SpecialTypes } from './pagemap.ts'
export {
  type Bar,
  listPci,
  type PciFunction,
  parseBars,
  pciDriver,
  readBars,
  readPciFunction,
} from './pci.ts'
export { type PciHeader, parsePciHeader } from './pci-config.ts'
export { listProcesses, type Process, readProcess } from './processes.ts'
export { type MappingDetails, parseSmaps, readSmaps } from './smaps.ts'
export { readSpecialTypes } from './special-types.ts'
export type { System } from './system.ts'
export { type DmaBuffer, listDmaBuffers } from './udmabuf.ts'
export { listUio, type UioEntry, type UioMap } from './uio.ts'
