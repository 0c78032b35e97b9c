import { generate } from '../../describe/codegen/generate.ts'
import { findBlock } from '../../describe/lookup.ts'
import type { Block, Description, Device, Issue } from '../../describe/model.ts'
import { readDescription } from '../../describe/read.ts'
import { sourceAt } from '../../device/files.ts'
import { spare, writeText } from '../../operate/files.ts'
import type { CodegenDocument } from '../../report/codegen.ts'
import { counted } from '../../text/count.ts'
import { clip } from '../../text/refuse.ts'
import { makes } from '../frame/batch/reasons.ts'
import { defineCommand, one } from '../frame/command.ts'
import { filePath, outputPath } from '../frame/paths.ts'
import { leftOutLines } from '../views/format/left-out.ts'

export default defineCommand({
  arguments: [
    {
      name: 'file',
      needed: true,
      description: 'what describes the registers: CMSIS-SVD, YAML, IP-XACT or another format',
      completes: { file: 'description' },
      parse: filePath,
    },
    { name: 'block', several: true, description: 'only these blocks, by their names' },
  ],
  options: {
    output: {
      flags: '-o, --output <file>',
      description: 'write the code to a file, in place of standard output',
      parse: outputPath,
      fallback: undefined as string | undefined,
      completes: 'file',
    },
    overlay: {
      flags: '--overlay <file>',
      description: 'patch the description; several are applied in order, separated by commas',
      parse: (text: string): readonly string[] => text.split(',').map(filePath),
      fallback: [] as readonly string[],
      completes: { file: 'overlay' },
    },
  },
  meanings: { quiet: 'with -o, print nothing' },
  examples: [
    ['codegen chip.svd -o chip.ts', 'classes of all blocks of a chip'],
    ['codegen chip.svd UART0 GPIO -o chip.ts', 'those of two blocks'],
  ],
  notes: [
    'The code imports physmem/registers and nothing else. Names, widths, access rights and values ' +
      'are types: what the description does not have does not compile. UART0.on(window) is synchronous, ' +
      'UART0.in(memory) asynchronous; both have read, write and modify as far as the description ' +
      'allows them.',
  ],
  refuses: ['target', 'width', 'endian', 'verbose', 'actOnPorts', 'actOnI2c'],
  inBatches: makes,
  async run(context, args, { overlay, ...options }) {
    const output = options.output === '-' ? undefined : options.output
    const path = filePath(one(args, 0))
    const names = (args[1] ?? []) as readonly string[]
    const description = await patched(path, overlay, spare(output, path))
    const { device } = description
    const { text, blocks, kinds } = generate(device, blocksOf(device, names), fileName(path))
    // Complete when all of it was asked for.
    const { issues } = description
    if (output !== undefined) writeText(output, text)
    const { json, quiet } = context.settings
    context.record<CodegenDocument>({
      ...{ description: path, device: device.name, blocks, kinds },
      issues: issues.map(issueToJson),
      ...(output === undefined ? { text } : { file: output }),
      bytes: Buffer.byteLength(text),
    })
    if (json) return 0
    for (const line of leftOutLines(issues, path)) context.complain(line)
    if (output === undefined) context.io.stdout.write(text)
    else if (!quiet) {
      const registers = counted(kinds, 'kind')
      context.io.stdout.write(
        `wrote ${clip(output)}: ${counted(blocks.length, 'block')}, ${registers} of registers\n`,
      )
    }
    return 0
  },
})

/** The description with its overlays. Its issues are complete when all of it was asked for. */
async function patched(
  path: string,
  overlays: readonly string[],
  check: (path: string) => void,
): Promise<Description> {
  let description = await readDescription(sourceAt(path, check))
  if (overlays.length === 0) return description
  const { applyOverlay } = await import('../../describe/yaml/index.ts')
  for (const overlay of overlays) description = applyOverlay(description, sourceAt(overlay, check))
  return description
}

/** Those of these names, each once; without names, all. */
function blocksOf(device: Device, names: readonly string[]): readonly Block[] {
  if (names.length === 0) return device.blocks
  const found = new Set(names.map((name) => findBlock(device, name).block))
  return device.blocks.filter((block) => found.has(block))
}

/** The code says the same wherever the description lies. */
const fileName = (path: string) => path.slice(path.lastIndexOf('/') + 1)

const at = ({ file, line, column }: Issue) => `${clip(file)}:${line}:${column}`

function issueToJson(issue: Issue): CodegenDocument['issues'][number] {
  const { severity, path, message } = issue
  return { severity, at: at(issue), ...(path !== '' && { path }), message }
}
