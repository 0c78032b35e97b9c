/** `csr.json`, as litex/soc/integration/export.py writes it (get_csr_json). */
import { notDescribing } from '../notes.ts'
import { parseTree } from '../yaml/parse.ts'
import type { MapTree, Tree } from '../yaml/tree.ts'
import type { ListedRegister, Said, Soc } from './soc.ts'

/** JSON is read as the YAML that it is, for the places. Throws ESYNTAX for what is neither. */
export function readJson(text: string, file: string): Soc {
  const { tree } = parseTree(text, file)
  const registers = tree.kind === 'map' ? mapAt(tree, 'csr_registers') : undefined
  const bases = tree.kind === 'map' ? mapAt(tree, 'csr_bases') : undefined
  if (tree.kind !== 'map' || registers === undefined || bases === undefined) {
    const expected = 'expected "csr_bases" and "csr_registers", as LiteX writes them'
    throw notDescribing(file, expected, tree.at)
  }
  return {
    bases: textsOf(bases),
    registers: [...registers.entries.values()].map(({ key, at, value }): ListedRegister => {
      const part = (name: string) => (value.kind === 'map' ? textAt(value, name) : undefined)
      return { name: key, at, address: part('addr'), words: part('size'), type: part('type') }
    }),
    constants: textsOf(mapAt(tree, 'constants')),
  }
}

function mapAt(tree: MapTree, key: string): MapTree | undefined {
  const value = tree.entries.get(key)?.value
  return value?.kind === 'map' ? value : undefined
}

function textAt(tree: MapTree, key: string): Said | undefined {
  return said(tree.entries.get(key)?.value)
}

function said(value: Tree | undefined): Said | undefined {
  return value?.kind === 'text' ? { text: value.text, at: value.at } : undefined
}

function textsOf(tree: MapTree | undefined): Map<string, Said> {
  const texts = new Map<string, Said>()
  for (const { key, at, value } of tree?.entries.values() ?? []) {
    texts.set(key, said(value) ?? { text: '', at })
  }
  return texts
}
