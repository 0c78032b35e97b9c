/**
 * What `index.ts` exports, as programs get it: with the kinds of its arguments checked.
 *
 * @module
 */
import { checked } from '../text/checked.ts'
import { shape } from '../text/options.ts'
import * as cmdline from './cmdline.ts'
import * as cpu from './cpu.ts'
import * as credentials from './credentials.ts'
import * as filesAtFile from './files-at.ts'
import * as firmwareMap from './firmware-map.ts'
import * as hugepages from './hugepages.ts'
import * as iomem from './iomem.ts'
import * as iommu from './iommu.ts'
import * as kallsyms from './kallsyms.ts'
import * as kcore from './kcore.ts'
import * as kernelConfig from './kernel-config.ts'
import * as kernelLog from './kernel-log.ts'
import { BLOCKS, FLAG_NAMES, FRAMES, RESOURCES, TYPES } from './kinds.ts'
import * as ksm from './ksm.ts'
import * as lockdown from './lockdown.ts'
import * as maps from './maps.ts'
import * as numa from './numa.ts'
import * as pageFlags from './page-flag-bits.ts'
import * as pageFrames from './page-frames.ts'
import * as pagemap from './pagemap.ts'
import * as pci from './pci.ts'
import * as pciConfig from './pci-config.ts'
import * as processes from './processes.ts'
import * as smaps from './smaps.ts'
import * as specialTypes from './special-types.ts'
import { FILES, SYSTEM } from './system-kinds.ts'
import * as udmabuf from './udmabuf.ts'
import * as uio from './uio.ts'

export {
  busMeanings,
  cellsOf,
  compatibleOf,
  consoleOf,
  findNode,
  interruptParentOf,
  interruptsOf,
  ioWindows,
  isEnabled,
  isOverlay,
  listRegions,
  liveTree,
  nodesAt,
  nodesBelow,
  openDeviceTree,
  parseFlattened,
  readDeviceTree,
  regionOf,
  regionsOf,
  statusOf,
  stringList,
  textOf,
} from './device-tree/published.ts'
export * from './index.ts'

export const memoryWordsOf = checked(cmdline.memoryWordsOf, {
  commandLine: shape<cmdline.CommandLine>('a CommandLine', { tokens: 'array' }),
})

export const readCommandLine = checked(cmdline.readCommandLine, { 'files?': FILES })

export const hasPorts = checked(cpu.hasPorts, { 'files?': FILES, 'cpu?': 'string' })

export const physicalAddressBits = checked(cpu.physicalAddressBits, {
  'files?': FILES,
  'cpu?': 'string',
})

export const namesOfCapabilities = checked(credentials.namesOfCapabilities, { set: 'bigint' })

export const readCredentials = checked(credentials.readCredentials, { 'files?': FILES })

export const filesAt = checked(filesAtFile.filesAt, { 'folder?': 'string' })

export const readFirmwareMap = checked(firmwareMap.readFirmwareMap, { 'files?': FILES })

export const readHugePages = checked(hugepages.readHugePages, { 'files?': FILES })

export const addressesHidden = checked(iomem.addressesHidden, { resources: RESOURCES })

export const isSystemRam = checked(iomem.isSystemRam, { name: 'string' })

export const parseIomem = checked(iomem.parseIomem, { text: 'string' })

export const readIomem = checked(iomem.readIomem, { 'files?': FILES })

export const readIoports = checked(iomem.readIoports, { 'files?': FILES })

export const resourcesAt = checked(iomem.resourcesAt, { resources: RESOURCES, address: 'number' })

export const resourceTree = checked(iomem.resourceTree, { resources: RESOURCES })

export const hasIommu = checked(iommu.hasIommu, { 'files?': FILES })

export const readDmaMaskBits = checked(iommu.readDmaMaskBits, {
  device: 'string',
  'files?': FILES,
})

export const readIommuGroup = checked(iommu.readIommuGroup, { device: 'string', 'files?': FILES })

export const findSymbol = checked(kallsyms.findSymbol, { name: 'string', 'files?': FILES })

export const parseSymbols = checked(kallsyms.parseSymbols, { text: 'string' })

export const readSymbols = checked(kallsyms.readSymbols, { 'files?': FILES })

export const symbolsHidden = checked(kallsyms.symbolsHidden, { 'files?': FILES })

export const parseKcoreHeaders = checked(kcore.parseKcoreHeaders, { bytes: 'Uint8Array' })

export const readKcoreHeaders = checked(kcore.readKcoreHeaders, { 'files?': FILES })

export const parseKernelConfig = checked(kernelConfig.parseKernelConfig, {
  text: 'string',
  source: 'string',
})

export const readKernelConfig = checked(kernelConfig.readKernelConfig, {
  'files?': FILES,
  'release?': 'string',
})

export const readRelease = checked(kernelConfig.readRelease, { 'files?': FILES })

export const readKernelLog = checked(kernelLog.readKernelLog, { 'files?': FILES })

export const credibleFlagNames = checked(ksm.credibleFlagNames, {
  flags: 'bigint',
  trust: ['certain', 'perhaps', 'none'],
})

export const readKsmTrust = checked(ksm.readKsmTrust, { 'files?': FILES })

export const readLockdown = checked(lockdown.readLockdown, { 'files?': FILES })

export const parseMaps = checked(maps.parseMaps, { text: 'string' })

export const readMaps = checked(maps.readMaps, { pid: 'number', 'files?': FILES })

export const nodeAt = checked(numa.nodeAt, { 'blocks?': BLOCKS, address: 'number' })

export const numaNodeOf = checked(numa.numaNodeOf, { address: 'number', 'files?': FILES })

export const readNumaBlocks = checked(numa.readNumaBlocks, { 'files?': FILES })

export const hasPageFlag = checked(pageFlags.hasPageFlag, { flags: 'bigint', name: FLAG_NAMES })

export const pageFlagNames = checked(pageFlags.pageFlagNames, { flags: 'bigint' })

export const readPageCgroup = checked(pageFrames.readPageCgroup, {
  frames: FRAMES,
  'system?': SYSTEM,
})

export const readPageCount = checked(pageFrames.readPageCount, {
  frames: FRAMES,
  'system?': SYSTEM,
})

export const readPageFlags = checked(pageFrames.readPageFlags, {
  frames: FRAMES,
  'system?': SYSTEM,
})

export const decodePage = checked(pagemap.decodePage, {
  low: 'number',
  high: 'number',
  'types?': TYPES,
})

export const listPci = checked(pci.listPci, { 'files?': FILES })

export const parseBars = checked(pci.parseBars, { text: 'string' })

export const pciDriver = checked(pci.pciDriver, { device: 'string', 'files?': FILES })

export const readBars = checked(pci.readBars, { device: 'string', 'files?': FILES })

export const readPciFunction = checked(pci.readPciFunction, {
  address: 'string',
  'files?': FILES,
})

export const parsePciHeader = checked(pciConfig.parsePciHeader, { bytes: 'Uint8Array' })

export const listProcesses = checked(processes.listProcesses, { 'files?': FILES })

export const readProcess = checked(processes.readProcess, { pid: 'number', 'files?': FILES })

export const parseSmaps = checked(smaps.parseSmaps, { text: 'string' })

export const readSmaps = checked(smaps.readSmaps, { pid: 'number', 'files?': FILES })

export const readSpecialTypes = checked(specialTypes.readSpecialTypes, { 'files?': FILES })

export const listDmaBuffers = checked(udmabuf.listDmaBuffers, { 'files?': FILES })

export const listUio = checked(uio.listUio, { 'files?': FILES })
