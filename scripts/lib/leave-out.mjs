// What the bundles of the command leave out, and how.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { root } from './root.mjs'

/** Kept in step with src/cli/start/everyday.ts; tests run these commands from their files alone. */
const everyday = ['read', 'write', 'wait', 'devmem']
const looking = ['map', 'list']
const named = ['read', 'write', 'wait']
const translating = ['translate']
const remote = ['read', 'write', 'wait']

const REGISTRY = 'src/cli/registry.ts'
const SCHEMES = 'src/place/schemes'

/** As src/machine/connect.ts imports them. */
const otherMachines = [
  './sim/machine.ts',
  '../remote/reach/index.ts',
  './remote/machine.ts',
  './debug/machine.ts',
]

/** No bundle but the whole one is for several targets, for a simulated board, or for what is not a command. */
const usual = {
  'src/cli/frame/run.ts': ['./several/run.ts', './several/targets.ts'],
  'src/cli/frame/process-io.ts': ['./keys.ts'],
  'src/cli/frame/program.ts': ['./help.ts', './help-layout.ts'],
  'src/cli/frame/refuse-unknown.ts': ['./unknown-command.ts'],
  'src/cli/frame/context.ts': ['../../memory/sim/index.ts'],
}

/** Words after which another command, or a simulated board, would be meant. */
const explained = {
  'src/cli/frame/usage.ts': ['./unknown-command.ts', './hints/ranged.ts'],
  'src/cli/frame/hints/advise.ts': ['./board-name.ts', './elsewhere.ts'],
}

/** What was meant by words that are refused: such a line is run again by the whole bundle. */
const unexplained = {
  'src/cli/frame/run.ts': [...usual['src/cli/frame/run.ts'], './usage.ts'],
  'src/cli/frame/run-command.ts': ['./hints/advise.ts'],
}

/** No command of them takes samples. */
const unsampled = {
  'src/memory/memory.ts': ['./sampling.ts'],
  'src/engine/mapped.ts': ['../memory/sampling.ts', './sample-on-thread.ts'],
}

/** Names of registers. */
const unnamed = {
  'src/cli/commands/read.ts': ['./named/read.ts'],
  'src/cli/commands/wait.ts': ['./named/wait.ts'],
  'src/cli/commands/write.ts': ['./named/write.ts'],
}

/** What neither an everyday command on this machine needs nor a batch of such. */
const plain = {
  ...unnamed,
  ...usual,
  ...unsampled,
  'src/machine/connect.ts': otherMachines,
  'src/machine/local/address.ts': [
    '../../translate/process-address.ts',
    '../../translate/kernel.ts',
  ],
  'src/machine/local/find.ts': [
    './resolve/process.ts',
    './resolve/kernel.ts',
    './resolve/in-memory.ts',
    './resolve/i2c.ts',
    './resolve/pci-config.ts',
  ],
  'src/machine/local/start.ts': ['../../ways/named/device-tree.ts', '../../ways/named/iomem.ts'],
  ...openedBySchemes(),
}

/**
 * For each bundle, the tables through which alone it could reach what it never uses: a file that
 * looks one of several modules up, by the command or by the kind of place, and those of them that
 * are left out.
 */
export const leftOut = {
  everyday: { [REGISTRY]: commandsBut(everyday), ...plain, ...unexplained },
  batch: {
    [REGISTRY]: commandsBut([...everyday, 'batch']),
    ...plain,
    ...explained,
    'src/cli/frame/hints/advise.ts': [...explained['src/cli/frame/hints/advise.ts'], './fields.ts'],
    'src/cli/frame/batch/parser.ts': ['./board.ts'],
  },
  looking: {
    [REGISTRY]: commandsBut(looking),
    'src/cli/commands/list.ts': ['./named/list.ts'],
    ...usual,
    ...explained,
    'src/cli/frame/opened-machines.ts': ['../../machine/connect.ts'],
    ...openedBySchemes(/^(?!.*\/named\/)/),
    'src/machine/local/address.ts': [
      '../../translate/process-address.ts',
      '../../translate/kernel.ts',
    ],
  },
  named: {
    [REGISTRY]: commandsBut(named),
    ...usual,
    ...explained,
    ...unsampled,
    'src/machine/connect.ts': otherMachines,
  },
  translating: {
    [REGISTRY]: commandsBut(translating),
    ...usual,
    ...explained,
    'src/cli/frame/opened-machines.ts': ['../../machine/connect.ts'],
  },
  remote: {
    [REGISTRY]: commandsBut(remote),
    ...unnamed,
    ...usual,
    ...explained,
    'src/cli/frame/hints/advise.ts': ['./board-name.ts'],
    ...unsampled,
    'src/machine/connect.ts': ['./sim/machine.ts', './debug/machine.ts'],
  },
  whole: {},
}

/** What schemes load of the ways to memory, when one of their places is accessed: none of the usual ones has any. */
export function openedBySchemes(which = /./) {
  const names = readdirSync(`${root}${SCHEMES}`).map((name) => `${SCHEMES}/${name}`)
  const tables = names.map((name) => {
    const loaded = readFileSync(`${root}${name}`, 'utf8').matchAll(/\bimport\('(.+?)'\)/g)
    return [
      name,
      [...new Set([...loaded].map(([, path]) => path))].filter((path) => which.test(path)),
    ]
  })
  return Object.fromEntries(tables.filter(([, paths]) => paths.length > 0))
}

function commandsBut(names) {
  const rows = readFileSync(`${root}${REGISTRY}`, 'utf8').matchAll(/'(\.\/commands\/(\w+)\.ts)'/g)
  return [...rows].filter(([, , name]) => !names.includes(name)).map(([, path]) => path)
}

/**
 * Leaves modules out of a bundle; using a name of one throws. `tables` has the files that may import
 * them. The build fails where any other file of the bundle does, and where a table does not: so no
 * bundle lacks what something in it uses, except for what its command lines never look up.
 */
export function leaveOut(bundle, tables) {
  const absent = new Map()
  for (const [table, paths] of Object.entries(tables)) {
    for (const path of paths) {
      const file = join(dirname(table), path)
      if (!existsSync(`${root}${file}`))
        throw new Error(`${bundle} leaves out ${file}: no such file`)
      absent.set(file, [...(absent.get(file) ?? []), table])
    }
  }
  return {
    name: 'leave-out',
    setup(build) {
      const seen = new Set()
      build.onResolve({ filter: /^\.\.?\// }, ({ path, importer, resolveDir }) => {
        const file = relative(root, join(resolveDir, path))
        const allowed = absent.get(file)
        if (allowed === undefined) return undefined
        const from = relative(root, importer)
        seen.add(`${from} ${file}`)
        if (allowed.includes(from)) return { path: file, namespace: 'left-out' }
        const text = `${from} imports ${file}, which ${bundle}.js leaves out: only ${allowed.join(' and ')} may`
        return { errors: [{ text }] }
      })
      build.onEnd(() => {
        const idle = [...absent].flatMap(([file, froms]) =>
          froms.filter((from) => !seen.has(`${from} ${file}`)).map((from) => `${from} ${file}`),
        )
        const text = (pair) =>
          `${pair.replace(' ', ' does not import ')}, which ${bundle}.js leaves out`
        return { errors: idle.map((pair) => ({ text: text(pair) })) }
      })
      absentModules(build, 'left-out', `${bundle}.js`)
    },
  }
}

/** commander asks for it for commands that are programs of their own; it takes 3 ms to load. */
export const noSubprograms = {
  name: 'no-subprograms',
  setup(build) {
    build.onResolve({ filter: /^node:child_process$/ }, ({ path, importer }) =>
      /[/\\]commander[/\\]/.test(importer) ? { path, namespace: 'no-subprograms' } : undefined,
    )
    absentModules(build, 'no-subprograms', 'the command')
  },
}

/** What commander has for its own suggestions, which are switched off (src/cli/frame/program.ts). */
export const noSuggestions = {
  name: 'no-suggestions',
  setup(build) {
    build.onLoad({ filter: /[/\\]commander[/\\]lib[/\\]suggestSimilar\.js$/ }, () => ({
      contents: `exports.suggestSimilar = () => ''`,
    }))
  },
}

/** Help, which people read: its lines are for the whole bundle. */
export const noHelp = {
  name: 'no-help',
  setup(build) {
    build.onLoad({ filter: /[/\\]commander[/\\]lib[/\\]help\.js$/ }, () => ({
      contents: `exports.Help = class { constructor() { throw new Error('help was left out') } }`,
    }))
  },
}

/** What stands for modules that are not there; the code of it is in the bundle once. */
function absentModules(build, namespace, where) {
  const maker = `${namespace}-maker`
  build.onResolve({ filter: /^maker$/, namespace }, ({ path }) => ({ path, namespace: maker }))
  build.onLoad({ filter: /./, namespace: maker }, () => ({
    // esbuild copies what a module has into an object with the module's prototype: this one.
    contents: `module.exports = (path) => {
      const absent = new Proxy({}, {
        getPrototypeOf: () => absent,
        get(_, name) {
          if (typeof name === 'string' && name !== '__esModule') {
            throw new Error(path + ${JSON.stringify(` was left out of ${where}: `)} + name)
          }
        },
      })
      return absent
    }`,
  }))
  build.onLoad({ filter: /./, namespace }, ({ path }) => ({
    contents: `module.exports = require('maker')(${JSON.stringify(path)})`,
  }))
}
