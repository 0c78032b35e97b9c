/** What the kernel says. */

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { systemAt } from '../../engine/system-at.ts'
import * as linux from '../../linux/published.ts'
import { may, need, type Table, text } from './table.ts'

export async function kernel({ add, each, method }: Table, folder: string): Promise<void> {
  const system = systemAt(folder)
  const files = may(linux.filesAt(folder))
  add('filesAt', linux.filesAt, may(folder))
  each(
    linux,
    'hasIommu listDmaBuffers listPci listProcesses listUio openDeviceTree readCommandLine',
    files,
  )
  each(
    linux,
    'readCredentials readFirmwareMap readHugePages readIomem readIoports readKcoreHeaders',
    files,
  )
  each(
    linux,
    'readKernelLog readKsmTrust readLockdown readNumaBlocks readRelease readSpecialTypes',
    files,
  )
  each(linux, 'readSymbols symbolsHidden', files)
  each(linux, 'parseBars parseIomem parseMaps parseSmaps parseSymbols', text)
  each(linux, 'hasPorts physicalAddressBits', files, may('x64'))
  each(
    linux,
    'findSymbol pciDriver readBars readDmaMaskBits readIommuGroup readPciFunction',
    text,
    files,
  )
  each(linux, 'readMaps readProcess readSmaps numaNodeOf', need(1), files)
  each(linux, 'readPageCgroup readPageCount readPageFlags', need([1]), may(system))
  each(linux, 'parsePciHeader parseKcoreHeaders', need(new Uint8Array(64)))
  each(linux, 'namesOfCapabilities pageFlagNames', need(1n))
  const resources = need(linux.parseIomem('00000000-00000fff : x'))
  each(linux, 'addressesHidden resourceTree', resources)
  add('resourcesAt', linux.resourcesAt, resources, need(0))
  add('isSystemRam', linux.isSystemRam, need('x'))
  add('memoryWordsOf', linux.memoryWordsOf, need(new linux.CommandLine('')))
  add('parseKernelConfig', linux.parseKernelConfig, text, need('x'))
  add('readKernelConfig', linux.readKernelConfig, files, may('6.1'))
  add('credibleFlagNames', linux.credibleFlagNames, need(1n), need('none'))
  add('hasPageFlag', linux.hasPageFlag, need(1n), need('LRU'))
  add('nodeAt', linux.nodeAt, may(undefined, 'object'), need(0))
  add('decodePage', linux.decodePage, need(0), need(0), may(undefined, 'object'))
  add('new CommandLine', (one: never) => new linux.CommandLine(one), text)
  method('CommandLine', new linux.CommandLine('a=1'), 'has value all', need('a'))
  add(
    'new KernelConfig',
    (...args: [never, never]) => new linux.KernelConfig(...args),
    text,
    need('x'),
  )
  method('KernelConfig', new linux.KernelConfig('', 'x'), 'get line', need('CONFIG_X'))
  add(
    'new FrameFile',
    (...args: [never]) => new linux.FrameFile(...args).close(),
    need('kpageflags'),
    may(system),
  )
  mkdirSync(join(folder, 'proc'))
  writeFileSync(join(folder, 'proc/kpageflags'), new Uint8Array(64))
  const flags = new linux.FrameFile('kpageflags', system)
  method('FrameFile', flags, 'read', need(0))
  method('FrameFile', flags, 'readRun', need(0), need(1))

  const blob = readFileSync(join(import.meta.dirname, '../../linux/device-tree/testing/virt.dtb'))
  const tree = linux.parseFlattened(blob, 'virt.dtb')
  const node = need(tree.root)
  each(linux, 'consoleOf ioWindows isOverlay listRegions', need(tree))
  each(linux, 'busMeanings', need(tree), need(0))
  add('findNode', linux.findNode, need(tree), need('/'))
  add('nodesAt', linux.nodesAt, need(tree), need(0), may([]))
  each(linux, 'interruptParentOf interruptsOf', need(tree), node)
  each(linux, 'compatibleOf nodesBelow statusOf', node)
  add('isEnabled', linux.isEnabled, node, may(new Map()))
  add('regionOf', linux.regionOf, node, need(0, 'string'))
  add('regionsOf', linux.regionsOf, node, may(undefined, 'object'))
  each(linux, 'cellsOf stringList textOf', node, need('x'))
  add('parseFlattened', linux.parseFlattened, need(blob), need('x'))
  add('liveTree', linux.liveTree, need('/none'), files)
  add('readDeviceTree', linux.readDeviceTree, need(join(folder, 'none')))
}
