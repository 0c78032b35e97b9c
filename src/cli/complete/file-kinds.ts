/** Which files fit where a file of some kind is given. */
import type { FileKind } from '../frame/option-spec.ts'
import { SCRIPT_ENDINGS } from '../frame/script-file.ts'

const YAML = ['.yaml', '.yml']

/** How the names of files of each kind end; without an entry, any name fits. Folders always do. */
const ENDINGS: Readonly<Record<FileKind, readonly string[] | undefined>> = {
  any: undefined,
  folder: [],
  board: [...YAML, '.json'],
  description: ['.svd', '.xml', ...YAML, '.json', '.csv', '.hwh', '.xsa', '.regdb'],
  overlay: YAML,
  snapshot: ['.json'],
  script: SCRIPT_ENDINGS,
  tree: ['.dtb'],
  module: ['.ko'],
}

/** Whether to go on with this path: a folder ends in a slash. */
export function fitsKind(path: string, kind: FileKind): boolean {
  const endings = ENDINGS[kind]
  const name = path.toLowerCase()
  return endings === undefined || name.endsWith('/') || endings.some((one) => name.endsWith(one))
}

/** The line by which a shell is asked for names of files itself. */
export function askShellFor(kind: FileKind): string {
  if (kind === 'folder') return ':folder'
  return [':file', ...(ENDINGS[kind] ?? [])].join(' ')
}
