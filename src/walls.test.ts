/** The walls between the rooms (docs/architecture.md): imports point down only, and never in a circle. */
import { readdirSync, readFileSync } from 'node:fs'
import { join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { inCircles } from './testing/circles.ts'

const src = fileURLToPath(new URL('.', import.meta.url))

const grammar = ['base', 'text']
const kernel = [...grammar, 'wording', 'linux']
const mapped = [...kernel, 'refusal', 'memory', 'engine']
const reached = [...mapped, 'kmod', 'ways']
const machine = [...reached, 'memory/sim', 'place', 'translate', 'remote', 'remote/debug']
const open = [...machine, 'machine']
const named = [...open, 'inventory', 'describe', 'device']
const command = [...named, 'operate', 'report']

/** A room, or a file beside them, and what it may import besides itself. A new room is one row. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  base: [],
  wording: ['base'],
  text: ['base', 'wording'],
  place: reached, // See AT_ONCE.
  linux: grammar,
  refusal: kernel,
  memory: grammar,
  'memory/contract': [...grammar, 'memory'],
  'memory/sim': [...grammar, 'memory', 'describe'],
  describe: [...grammar, 'wording'],
  engine: [...kernel, 'refusal', 'memory'],
  registers: mapped,
  kmod: mapped,
  ways: [...mapped, 'kmod'],
  remote: [...mapped, 'place'],
  'remote/debug': [...mapped, 'place', 'remote'],
  inventory: [...mapped, 'memory/sim', 'place'],
  translate: mapped,
  machine,
  driver: [...reached, 'place'],
  buffer: [...reached, 'place', 'translate'],
  doctor: [...open, 'inventory'],
  device: [...open, 'inventory', 'describe'],
  operate: named,
  report: [...named, 'operate', 'doctor', 'buffer'],
  face: [...named, 'driver', 'buffer', 'doctor'],
  script: ['base', 'face'],
  'open.ts': [...open, 'face'],
  'index.ts': [...reached, 'buffer', 'driver', 'face', 'open.ts', 'report', 'script'],
  'cli/frame': command,
  'cli/views': [...command, 'doctor', 'cli/frame'],
  'cli/complete': [...command, 'cli/frame'],
  'cli/commands': [
    ...[...command, 'driver', 'buffer', 'doctor', 'script'],
    ...['cli/frame', 'cli/views', 'cli/complete'],
  ],
  'cli/registry.ts': ['cli/frame', 'cli/commands'],
  'cli/start': ['base', 'engine', 'cli/frame', 'cli/registry.ts'],
}

/**
 * Rooms of which most is loaded without the rest that they may import: what they import at once, values
 * and not types. The rest they load by import(), when it is needed.
 */
const AT_ONCE: Readonly<Record<string, readonly string[]>> = {
  place: [...grammar, 'wording'], // The grammar is pure, and loads on any system.
}

/** Rooms that load on any system, and the modules of Node that they may import. */
const OF_NODE: Readonly<Record<string, readonly string[]>> = {
  base: ['node:os', 'node:util'], // the names of errno
  text: [],
  place: [],
  memory: ['node:timers/promises'],
  'memory/contract': ['node:assert/strict'],
}

/** What asks the machine of this process, and by what it shows. */
interface Reach {
  shows: (file: string) => boolean
  /** Rooms and files that may, and why. */
  may: Readonly<Record<string, string>>
}

const says = (word: RegExp) => (file: string) =>
  word.test(readFileSync(src + file, 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/ .*$/gm, ''))

/** A member of `process`, however it is taken from there. */
const ofProcess = (name: string) =>
  new RegExp(
    `\\bprocess\\s*\\??\\.\\s*${name}\\b|\\bprocess\\[['"]${name}|\\{[^{}]*\\b${name}\\b[^{}]*\\} = process(?![\\w.])`,
  )

const REACHES: Readonly<Record<string, Reach>> = {
  'node:fs': {
    shows: (file) =>
      (imports.get(file) ?? []).some((name) => /^node:fs\b/.test(name)) ||
      says(/getBuiltinModule\('node:fs/)(file),
    may: {
      'linux/folder-files.ts': 'Files of this machine',
      'linux/device-tree/read-file.ts': 'a tree in a file of the user',
      'linux/fd-words.ts': 'files that stay open, at a page or frame: an act',
      engine: 'opens nodes, and finds its own file',
      ways: 'opens nodes and files',
      kmod: 'builds, loads and opens the module',
      driver: 'writes to sysfs, and opens what it drives',
      'buffer/kmod.ts': 'closes what the module gave',
      device: 'descriptions and board files of the user, and locks',
      'doctor/attempts.ts': 'tries to open',
      'doctor/report.ts': 'writes the report',
      'doctor/self-test.ts': 'makes a file to try',
      'memory/sim/open.ts': 'the description of a board, a file of the user',
      'describe/shipped.ts': 'the library of blocks, a part of the package',
      'script/translating.ts': 'what is installed where a script is',
      'script/syntax.ts': 'a script of the user',
      'remote/reach/keep.ts': 'the folder of the connections that ssh keeps',
      'remote/reach/socket-channel.ts': 'whether a file is a socket',
      'remote/reach/family.ts': 'the processes that a program on the way has started',
      'machine/local/resolve/mapped-address.ts': 'a file of the user, which may be a node',
      'face/opened-place.ts': 'a file of the user',
      'operate/files.ts': 'files of the user',
      'operate/dump/file-sink.ts': 'a file of the user',
      'operate/text-file.ts': 'a file of the user',
      'operate/fit.ts': 'a file of the user',
      'operate/inventory-of.ts': 'a file of the user',
      'operate/other-side.ts': 'a file of the user',
      'cli/complete/places.ts': 'paths of the user',
      'cli/frame': 'the terminal, and scripts of the user',
      'cli/start': 'the code cache',
    },
  },
  'the target `local`': {
    shows: says(/(?:[!=]==\s*|case )'local'/),
    may: {
      place: 'the grammar of targets',
      'machine/facilities.ts': 'what it has',
      'cli/frame/said-target.ts': 'whether it is named at all',
      'cli/frame/check-line.ts': 'who may use --sudo',
      'cli/frame/several/board-target.ts': 'whether a board file names another machine',
      'cli/start/everyday.ts': 'which bundle has all that it needs',
      'machine/connect.ts': 'makes it',
    },
  },
  'process.arch': {
    shows: says(ofProcess('arch')),
    may: {
      engine: 'the CPU that makes the accesses',
      'linux/cpu.ts': 'the CPU of this machine, where a program names no other',
      'cli/start/bundle.ts': 'the code cache is of one CPU',
    },
  },
  'process.pid': {
    shows: says(ofProcess('pid')),
    may: {
      'driver/at-end.ts': 'a signal that it passes on to itself',
      'cli/frame/raw-terminal.ts': 'a signal that it passes on to itself',
      'cli/frame/prompt':
        'a signal that it passes on to itself, and the name of a file being written',
      'cli/start': 'the name of a file being written, and a signal that ends the command',
      'cli/complete/places.ts': 'this process is not proposed',
      'doctor/own-page.ts': 'the frame of a page of its own',
      'buffer/hugetlb.ts': 'the frames of pages of its own',
    },
  },
  systemAt: {
    shows: says(/\bsystemAt\b/),
    may: {
      engine: 'is where it is',
      'inventory/inventory.ts': 'what a program asks of this machine',
      translate: 'what a program asks of this machine',
      doctor: 'what a program asks of this machine, and a page of its own',
      'buffer/allocate.ts': 'what a program has this machine do',
      driver: 'what a program has this machine do',
      'ways/file.ts': 'a file of the user, of this machine',
      'face/local.ts': 'the target `local`',
      'face/elsewhere.ts': 'files, which are of this machine, whatever the target',
      'machine/local/machine.ts': 'the target `local`',
      'cli/frame/context.ts': 'the machine that the command runs on',
      'cli/commands/devmem.ts': 'a letter that is a width of this CPU',
      'cli/commands/agent.ts': 'the CPU for which the agent is, unless another is named',
    },
  },
  loadAddon: {
    shows: says(/\bloadAddon\b/),
    may: {
      engine: 'is where it is',
      ways: 'mapped sources, ports and their pages',
      kmod: 'ioctl and the loading of modules',
      'driver/interrupts.ts': 'waits for interrupts',
      'buffer/hugetlb.ts': 'maps huge pages',
      'device/lock.ts': 'flock()',
      'doctor/attempts.ts': 'tries to map',
      'doctor/own-page.ts': 'has a page of its own',
      'doctor/self-test.ts': 'tries accesses',
      'operate/cache.ts': 'what the CPU of this process does to caches',
      'cli/start/ending.ts': 'ends the process',
    },
  },
}

const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter(
  (name) => name.endsWith('.ts') && !/\.test\.ts$|(^|\/)testing\//.test(name),
)

/** What each file imports, exports from, or loads with import(), types too. */
const imports = new Map(
  files.map((file) => {
    const { importedFiles } = ts.preProcessFile(readFileSync(src + file, 'utf8'), true, true)
    return [file, importedFiles.map(({ fileName }) => fileName)]
  }),
)

/** Those of them that are files of physmem. */
function targetsOf(file: string): string[] {
  const own = (imports.get(file) ?? []).filter((name) => name.startsWith('.'))
  return own.map((name) => normalize(join(file, '..', name)))
}

/** What a file imports or exports from as it is loaded: no types, and nothing by import(). */
function loadedWith(file: string): string[] {
  const { statements } = ts.createSourceFile(
    file,
    readFileSync(src + file, 'utf8'),
    ts.ScriptTarget.Latest,
  )
  const names = statements.flatMap((one) => {
    if (!ts.isImportDeclaration(one) && !ts.isExportDeclaration(one)) return []
    const { moduleSpecifier } = one
    if (moduleSpecifier === undefined || !ts.isStringLiteral(moduleSpecifier)) return []
    return isTypesOnly(one) ? [] : moduleSpecifier.text
  })
  return names
    .filter((name) => name.startsWith('.'))
    .map((name) => normalize(join(file, '..', name)))
}

function isTypesOnly(statement: ts.ImportDeclaration | ts.ExportDeclaration): boolean {
  const clause = ts.isImportDeclaration(statement) ? statement.importClause : statement
  if (clause === undefined) return false
  if (clause.isTypeOnly) return true
  const named = ts.isExportDeclaration(clause) ? clause.exportClause : clause.namedBindings
  const isBare = ts.isExportDeclaration(clause) || clause.name === undefined
  if (named === undefined || (!ts.isNamedImports(named) && !ts.isNamedExports(named))) return false
  return isBare && named.elements.every(({ isTypeOnly }) => isTypeOnly)
}

function roomOf(file: string): string {
  const [first = '', second = ''] = file.split('/')
  const inner = `${first}/${second}`
  return inner in MAY_IMPORT ? inner : first
}

describe('the rooms', () => {
  it('are all in the table', () => {
    expect(files.filter((file) => !(roomOf(file) in MAY_IMPORT))).toEqual([])
  })

  it('import what is below them only', () => {
    const up = files.flatMap((file) => {
      const from = roomOf(file)
      const wrong = targetsOf(file).filter((target) => {
        const to = roomOf(target)
        return to !== from && !MAY_IMPORT[from]?.includes(to)
      })
      return wrong.map((target) => `${file} imports ${target}`)
    })
    expect(up).toEqual([])
  })

  it('load at once only what is named for that', () => {
    const wrong = files.flatMap((file) => {
      const from = roomOf(file)
      const allowed = AT_ONCE[from]
      if (allowed === undefined) return []
      const others = loadedWith(file).filter((target) => {
        const to = roomOf(target)
        return to !== from && !allowed.includes(to)
      })
      return others.map((target) => `${file} loads ${target} at once`)
    })
    expect(wrong).toEqual([])
  })

  it('have an order', () => {
    expect(inCircles(new Map(Object.entries(MAY_IMPORT)))).toEqual([])
  })

  it('import little of Node where they load on any system', () => {
    const wrong = files.flatMap((file) => {
      const allowed = OF_NODE[roomOf(file)]
      const others = (imports.get(file) ?? []).filter((name) => name.startsWith('node:'))
      return allowed === undefined ? [] : others.filter((name) => !allowed.includes(name))
    })
    expect(wrong).toEqual([])
  })
})

describe.each(Object.entries(REACHES))('%s', (_name, { shows, may }) => {
  const rooms = Object.keys(may)
  const isIn = (file: string, room: string) => file === room || file.startsWith(`${room}/`)
  const found = files.filter(shows)

  it('is only in the rooms and files that are named for it', () => {
    const others = found.filter((file) => !rooms.some((room) => isIn(file, room)))
    expect(others).toEqual([])
  })

  it('is in each of them', () => {
    expect(rooms.filter((room) => !found.some((file) => isIn(file, room)))).toEqual([])
  })
})

/**
 * Files where a folder stands for the `/` of a machine. All else takes `Files`, a `System`, or a
 * `LocalSystem`, which say what of a machine is needed.
 */
const FOLDERS = ['engine/system-at.ts', 'linux/files-at.ts', 'linux/folder-files.ts']

/** Parameters and members of a text that are such a folder: called `root`, or `/` unless given. */
function foldersIn(text: string): string[] {
  const found: string[] = []
  const visit = (node: ts.Node): void => {
    const declares =
      ts.isParameter(node) ||
      ts.isBindingElement(node) ||
      ts.isPropertySignature(node) ||
      ts.isPropertyDeclaration(node)
    if (declares) {
      const value = ts.isPropertySignature(node) ? undefined : node.initializer
      const type = ts.isBindingElement(node) ? undefined : node.type?.getText()
      const isText = /^string\b/.test(type ?? '') || (value && ts.isStringLiteral(value))
      const isSlash = value && ts.isStringLiteral(value) && value.text === '/'
      if ((isText && /^#?root$/.test(node.name.getText())) || isSlash) found.push(node.getText())
    }
    ts.forEachChild(node, visit)
  }
  visit(ts.createSourceFile('a.ts', text, ts.ScriptTarget.Latest, true))
  return found
}

describe('a folder that stands for the root of a machine', () => {
  it('is taken only where a machine is made of it', () => {
    const found = files.filter((file) => foldersIn(readFileSync(src + file, 'utf8')).length > 0)
    expect(found).toEqual(FOLDERS)
  })

  it.each([
    ['function a(root: string) {}', 'root: string'],
    ['function a(mode: Mode, root?: string) {}', 'root?: string'],
    ["function a(root = '/') {}", "root = '/'"],
    ["function a(folder = '/') {}", "folder = '/'"],
    ["const { width, root = '/' } = options", "root = '/'"],
    ['interface A { readonly root: string }', 'readonly root: string'],
    ['class A { readonly #root: string }', 'readonly #root: string'],
  ])('would be found: %s', (text, found) => {
    expect(foldersIn(text)).toEqual([found])
  })

  it('is no other root', () => {
    expect(foldersIn('class A { readonly root: Node }; const root = 1')).toEqual([])
  })
})

describe('circles of files', () => {
  it('are none', () => {
    expect(inCircles(new Map(files.map((file) => [file, targetsOf(file)])))).toEqual([])
  })

  it('would be found', () => {
    const some = { a: ['b'], b: ['c'], c: ['b', 'd'], d: [] }
    expect(inCircles(new Map(Object.entries(some)))).toEqual(['a', 'b', 'c'])
  })
})
