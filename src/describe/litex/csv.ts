/** `csr.csv`, as litex/soc/integration/export.py writes it (get_csr_csv): five columns a line. */
import { quote } from '../../text/refuse.ts'
import { type Notes, notDescribing } from '../notes.ts'
import type { ListedRegister, Said, Soc } from './soc.ts'

const KINDS = ['csr_base', 'csr_register', 'constant', 'memory_region']

/**
 * Lines of another kind are left out, and reported. Throws ESYNTAX where none describes a register.
 */
export function readCsv(text: string, notes: Notes): Soc {
  const bases = new Map<string, Said>()
  const constants = new Map<string, Said>()
  const registers: ListedRegister[] = []
  for (const [index, line] of text.split('\n').entries()) {
    if (line.startsWith('#') || line.trim() === '') continue
    const [kind, name, ...rest] = cellsOf(line, index + 1)
    if (kind === undefined || name === undefined || !KINDS.includes(kind.text)) {
      const at = { line: index + 1, column: 1 }
      const came = quote(kind?.text ?? '')
      notes.error('unknown-line', '', at, `expected ${KINDS.join(', ')}, got ${came}`)
      continue
    }
    const [first = { text: '', at: name.at }, words, type] = rest
    if (kind.text === 'csr_base') bases.set(name.text, first)
    if (kind.text === 'constant') constants.set(name.text, first)
    if (kind.text !== 'csr_register') continue
    registers.push({ name: name.text, at: name.at, address: first, words, type })
  }
  if (registers.length > 0 || bases.size > 0) return { bases, registers, constants }
  throw notDescribing(notes.file, 'expected lines of "csr_base" and "csr_register"')
}

/** No cell that LiteX writes has a comma or quotes in it. */
function cellsOf(line: string, number: number): Said[] {
  let column = 1
  return line.split(',').map((cell) => {
    const at = { line: number, column }
    column += cell.length + 1
    return { text: cell.trim(), at }
  })
}
