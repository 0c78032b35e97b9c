import { type LintIssue, sizeOf } from '../../describe/lint.ts'
import { lintFile } from '../../device/lint-board.ts'
import { type LintDocument, lintIssueToJson } from '../../report/lint.ts'
import { counted } from '../../text/count.ts'
import { clip } from '../../text/refuse.ts'
import { defineCommand, one } from '../frame/command.ts'
import { parseCount } from '../frame/parsers.ts'
import { filePath } from '../frame/paths.ts'
import { simulatedBy } from './named/session.ts'

export default defineCommand({
  arguments: [
    {
      name: 'file',
      needed: true,
      description: 'a description of registers in any supported format, or a board file',
      completes: { file: 'description' },
      parse: filePath,
    },
  ],
  options: {
    max: {
      flags: '--max <number>',
      description: 'issues to list',
      parse: parseCount,
      fallback: 100,
      fallbackText: '100',
    },
  },
  meanings: { quiet: 'print nothing: the exit code is the answer' },
  examples: [
    ['lint chip.svd', 'what is wrong or doubtful in it; exit 3 when anything is'],
    ['lint chip.svd --quiet', 'only the exit code'],
    ['lint physmem.yaml', 'a board file: all that it names, and its overlays on the chip'],
  ],
  notes: [
    'An error is a part that is left out when the file is read; a warning says how a part was read. ' +
      'Nothing is accessed.',
  ],
  refuses: ['target', 'width', 'endian', 'verbose', 'actOnPorts', 'actOnI2c'],
  inBatches: 'it reads a file, and accesses no memory',
  async run(context, args, { max }) {
    const path = filePath(one(args, 0))
    await context.turn()
    const { device, devices, issues, note } = await lintFile(path, simulatedBy)
    const errors = issues.filter(({ severity }) => severity === 'error').length
    const sizes = devices.map((one) => sizeOf(one))
    const blocks = sizes.reduce((sum, one) => sum + one.blocks, 0)
    const registers = sizes.reduce((sum, one) => sum + one.registers, 0)
    context.record<LintDocument>({
      ...{ description: path, device, blocks, registers },
      ...{ errors, warnings: issues.length - errors },
      issues: issues.slice(0, max).map(lintIssueToJson),
    })
    const { json, quiet } = context.settings
    if (!json && !quiet) {
      for (const issue of issues.slice(0, max)) context.print(issueLine(issue))
      if (issues.length > max) context.print(`… and ${issues.length - max} more (--max)`)
      const kinds = [counted(errors, 'error'), counted(issues.length - errors, 'warning')]
      const found = issues.length === 0 ? 'no issues' : kinds.join(', ')
      const size = `${counted(blocks, 'block')}, ${counted(registers, 'register')}`
      context.print(`${found}: ${size}`)
      if (note !== undefined) context.note(note)
    }
    return issues.length === 0 ? 0 : 3
  },
})

/** As compilers write it, so that editors find the place. */
function issueLine({ file, line, column, severity, path, message, code }: LintIssue): string {
  const at = line === undefined ? clip(file) : `${clip(file)}:${line}:${column}`
  const about = path === '' ? '' : `${clip(path)}: `
  return `${at}: ${severity}: ${about}${message} (${code})`
}
