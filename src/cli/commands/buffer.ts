import { RequestError } from '../../base/errors.ts'
import { allocateBuffer } from '../../buffer/allocate.ts'
import type { Caching, Origin } from '../../buffer/backing.ts'
import type { PhysicalBuffer } from '../../buffer/buffer.ts'
import type { DmaSafety } from '../../buffer/dma-safety.ts'
import { parsePciAddress } from '../../place/schemes/pci.ts'
import type { BufferDocument } from '../../report/buffer.ts'
import { formatAddress, parseAddress, parseSize } from '../../text/number.ts'
import { defineCommand, one, several } from '../frame/command.ts'
import type { Context } from '../frame/context.ts'
import { hold } from '../frame/hold.ts'
import { choice } from '../frame/parsers.ts'
import { showSize } from '../views/format/size.ts'

const parseAction = choice('an action', ['alloc'])

export default defineCommand({
  arguments: [
    {
      name: 'action',
      needed: true,
      description: 'alloc: allocate one, and keep it',
      completes: ['alloc'],
      parse: parseAction,
    },
    {
      name: 'size',
      description: 'bytes, such as 4k or 1M; rounded up to whole pages',
      parse: parseSize,
    },
    {
      name: 'command',
      several: true,
      description: 'after --: a program to run meanwhile',
      behindDashes: true,
    },
  ],
  options: {
    caching: {
      flags: '--caching <caching>',
      description: 'write-back, write-combine or uncached',
      parse: choice<Caching>('a caching', ['write-back', 'write-combine', 'uncached']),
      fallback: 'write-back' as Caching,
      fallbackText: 'write-back',
      completes: ['write-back', 'write-combine', 'uncached'],
    },
    below: {
      flags: '--below <address>',
      description: 'all of it below this physical address: 4G for 32-bit devices',
      parse: parseAddress as (text: string) => number | undefined,
      fallback: undefined as number | undefined,
    },
    align: {
      flags: '--align <bytes>',
      description: 'align its address to this power of two',
      parse: parseSize as (text: string) => number | undefined,
      fallback: undefined as number | undefined,
    },
    from: {
      flags: '--from <origin>',
      description: 'kmod: the kernel module; hugetlb: huge pages, without a module',
      parse: choice<Origin>('an origin', ['kmod', 'hugetlb']),
      fallback: 'kmod' as Origin,
      fallbackText: 'kmod',
      completes: ['kmod', 'hugetlb'],
    },
    pci: {
      flags: '--pci <address>',
      description: 'for this PCI function: its address for the buffer, and whether that is safe',
      parse: parsePciAddress as (text: string) => string | undefined,
      fallback: undefined as string | undefined,
      completes: 'pci-function',
    },
  },
  refuses: ['width', 'endian', 'verbose', 'actOnPorts', 'actOnI2c'],
  needs: ['RAM to allocate'],
  meanings: { quiet: 'print the physical address only' },
  examples: [
    ['buffer alloc 1M --below 4G', 'until Ctrl-C'],
    ['buffer alloc 64k --pci 0000:00:04.0', 'and the address that the function must use'],
    ['buffer alloc 1M -- ./driver', 'while a program runs, which finds PHYSMEM_BUFFER'],
    ['buffer alloc 2M --from hugetlb', 'without the kernel module'],
  ],
  notes: [
    'RAM in one piece, full of zeros, for a device and programs to share: its physical address is ' +
      'printed, and is a place for read, write, load and dump. It is freed when the program ends, at ' +
      'Ctrl-C, SIGTERM or SIGHUP, or when standard input ends, where that is a pipe; and however ' +
      'this process ends.',
    'The program finds PHYSMEM_BUFFER (the address), PHYSMEM_BUFFER_BYTES and, with --pci, ' +
      'PHYSMEM_DMA (the address for the function) in its environment. Only the address is printed ' +
      'with --quiet.',
  ],
  inBatches: 'it holds RAM for a program, or until Ctrl-C',
  atPrompt: 'it holds RAM for a program, or until Ctrl-C: run it beside',
  async run(context, args, { caching, below, align, from, pci }) {
    parseAction(one(args, 0))
    const [, size] = args
    if (typeof size !== 'string') {
      throw new RequestError(
        'EUSAGE',
        'the size is missing: physmem buffer alloc SIZE, such as 4k or 1M',
      )
    }
    const bytes = parseSize(size)
    context.jsonStyle = 'lines'
    const { system } = context
    const wanted = {
      ...{ length: bytes, caching, from },
      ...(below === undefined ? {} : { belowAddress: below }),
      ...(align === undefined ? {} : { alignment: align }),
    }
    using buffer = await allocateBuffer(wanted, system)
    const safety = pci !== undefined || from === 'hugetlb' ? buffer.dmaSafety(pci) : undefined
    report(context, buffer, pci, safety)
    const { physicalAddress, length } = buffer
    const dma = safety?.dmaAddress
    return await hold(context, several(args, 2), {
      PHYSMEM_BUFFER: formatAddress(physicalAddress),
      PHYSMEM_BUFFER_BYTES: String(length),
      ...(dma === undefined ? {} : { PHYSMEM_DMA: formatAddress(dma) }),
    })
  },
})

function report(
  context: Context,
  { physicalAddress: address, length, caching, from }: PhysicalBuffer,
  pci: string | undefined,
  safety: DmaSafety | undefined,
): void {
  const { json, quiet } = context.settings
  if (json) {
    const about = pci === undefined ? {} : { pci }
    const dma = safety === undefined ? {} : { dma: safety }
    context.printJson<BufferDocument>({ address, bytes: length, caching, from, ...about, ...dma })
    return
  }
  if (quiet) {
    context.print(formatAddress(address))
    return
  }
  context.print(`${formatAddress(address)}  ${showSize(length)}, ${caching}, ${ORIGIN[from]}`)
  if (safety !== undefined) context.print(dmaLines(safety, pci))
}

const ORIGIN = { kmod: 'of the kernel module', hugetlb: 'of huge pages' } as const

const VERDICT = {
  safe: 'safe for DMA',
  unsafe: 'not safe for DMA',
  unknown: 'not known to be safe for DMA',
} as const

function dmaLines({ verdict, checks, dmaAddress, coherent }: DmaSafety, pci?: string): string[] {
  const at = dmaAddress === undefined ? '' : ` at ${formatAddress(dmaAddress)}`
  const by = pci === undefined ? '' : ` by ${pci}${at}`
  const lines = checks.map(
    ({ what, result, reason }) => `  ${what.padEnd(10)}  ${result.padEnd(7)}  ${reason}`,
  )
  if (coherent === false)
    lines.push('  the function does not snoop the caches: clean and invalidate')
  return [`${VERDICT[verdict]}${by}`, ...lines]
}
