import type { Issue } from '../../describe/model.ts'
import { FORMATS, formatOf, readDescription } from '../../describe/read.ts'
import { writeYaml } from '../../describe/yaml/write/index.ts'
import { sourceAt } from '../../device/files.ts'
import { spare, writeText } from '../../operate/files.ts'
import { changeToJson, type ImportDocument, importIssueToJson } from '../../report/import.ts'
import { counted, were } from '../../text/count.ts'
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
      description: 'a description in any supported format',
      completes: { file: 'description' },
      parse: filePath,
    },
  ],
  options: {
    output: {
      flags: '-o, --output <file>',
      description: 'write the YAML to a file, in place of standard output',
      parse: outputPath,
      fallback: undefined as string | undefined,
      completes: 'file',
    },
  },
  meanings: { quiet: 'with -o, print nothing' },
  examples: [
    ['import csr.json -o soc.yaml', 'what LiteX writes'],
    ['import design.xsa -o fpga.yaml', 'the modules of a design of Vivado'],
    ['import old.regdb -o board.yaml', 'a register database of rwmem'],
  ],
  notes: [
    'CMSIS-SVD, IP-XACT, csr.json and csr.csv of LiteX, .hwh and .xsa of Vivado, regdb of rwmem: a ' +
      'file is recognised by its content. What is wrong in it is left out and reported, and so is each ' +
      'name that differs in YAML. The file itself can be given wherever a description is asked for; ' +
      'YAML is for those who want to edit it.',
  ],
  refuses: ['target', 'width', 'endian', 'verbose', 'actOnPorts', 'actOnI2c'],
  inBatches: makes,
  async run(context, args, options) {
    const output = options.output === '-' ? undefined : options.output
    const path = filePath(one(args, 0))
    const check = spare(output, path)
    check(path)
    await context.turn()
    const source = sourceAt(path, check)
    const description = await readDescription(source)
    const { device } = description
    const { text, changes } = writeYaml(device, path)
    // Complete when all of it was asked for.
    const { issues } = description
    if (output !== undefined) writeText(output, text)
    const format = formatOf(source)
    context.record<ImportDocument>({
      ...{ description: path, format, device: device.name, blocks: device.blocks.length },
      issues: issues.map(importIssueToJson),
      changes: changes.map(changeToJson),
      ...(output === undefined ? { text } : { file: output }),
      bytes: Buffer.byteLength(text),
    })
    const { json, quiet } = context.settings
    if (json) return 0
    for (const line of leftOutLines(issues, path)) context.complain(line)
    if (changes.length > 0) context.complain(changed(changes))
    if (output === undefined) context.io.stdout.write(text)
    else if (!quiet) {
      const blocks = `${counted(device.blocks.length, 'block')} of ${clip(path)}`
      context.print(`wrote ${clip(output)}: ${blocks} (${FORMATS[format]})`)
    }
    return 0
  },
})

function changed(changes: readonly Issue[]): string {
  const [first] = changes
  const what = `${counted(changes.length, 'part')} ${were(changes.length)} written otherwise`
  const all = changes.length === 1 ? '' : ' (--json has them all)'
  return first === undefined ? what : `${what}${all}; ${about(first)}`
}

function about({ path, message }: Issue): string {
  return path === '' ? message : `${clip(path)}: ${message}`
}
