// What the bundles of the command leave out, and how.
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { root } from './root.mjs'

/** Kept in step with src/cli/start/everyday.ts; tests run these commands from their files alone. */
const everyday = ['read', 'write', 'wait', 'devmem']
const looking = ['map', 'list']
const named = ['read', 'write', 'wait']

const REGISTRY = 'src/cli/registry.ts'

/** As src/machine/connect.ts imports them. */
const otherMachines = [
  './sim/machine.ts',
  '../remote/reach/index.ts',
  './remote/machine.ts',
  './debug/machine.ts',
]

/**
 * For each bundle, the tables through which alone it could reach what it never uses: a file that
 * looks one of several modules up, by the command or by the kind of place, and those of them that
 * are left out.
 */
const tables = {
  everyday: {
    [REGISTRY]: commandsBut(everyday),
    'src/cli/commands/read.ts': ['./named/read.ts'],
    'src/cli/commands/wait.ts': ['./named/wait.ts'],
    'src/cli/commands/write.ts': ['./named/write.ts'],
    'src/cli/frame/run.ts': ['./several/run.ts', './several/groups.ts'],
    'src/cli/frame/context.ts': ['../../memory/sim/index.ts'],
    'src/machine/connect.ts': otherMachines,
    'src/machine/local/address.ts': [
      '../../translate/process-address.ts',
      '../../translate/kernel.ts',
    ],
    'src/machine/local/find.ts': [
      './resolve/process.ts',
      './resolve/kernel.ts',
      './resolve/port.ts',
      './resolve/msr.ts',
      './resolve/regmap.ts',
      './resolve/i2c.ts',
      './resolve/pci-config.ts',
    ],
    'src/machine/local/resolve/stretch.ts': ['./iomem.ts', './device-tree.ts'],
    'src/machine/local/start.ts': ['./resolve/iomem.ts', './resolve/device-tree.ts'],
  },
  looking: {
    [REGISTRY]: commandsBut(looking),
    'src/cli/commands/list.ts': ['./named/list.ts'],
    'src/cli/frame/run.ts': ['./several/run.ts', './several/groups.ts'],
    'src/cli/frame/context.ts': ['../../memory/sim/index.ts'],
    'src/cli/frame/opened-machines.ts': ['../../machine/connect.ts'],
    'src/machine/local/address.ts': [
      '../../translate/process-address.ts',
      '../../translate/kernel.ts',
    ],
  },
  named: {
    [REGISTRY]: commandsBut(named),
    'src/cli/frame/run.ts': ['./several/run.ts', './several/groups.ts'],
    'src/cli/frame/context.ts': ['../../memory/sim/index.ts'],
    'src/machine/connect.ts': otherMachines,
  },
  whole: {},
}

export const leftOut = {
  ...tables,
  batch: { ...tables.everyday, [REGISTRY]: commandsBut([...everyday, 'batch']) },
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

function absentModules(build, namespace, where) {
  build.onLoad({ filter: /./, namespace }, ({ path }) => ({
    // esbuild copies what a module has into an object with the module's prototype: this one.
    contents: `const absent = new Proxy({}, {
      getPrototypeOf: () => absent,
      get(_, name) {
        if (typeof name === 'string' && name !== '__esModule') {
          throw new Error(${JSON.stringify(`${path} was left out of ${where}: `)} + name)
        }
      },
    })
    module.exports = absent`,
  }))
}
