import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { arches, archFacts } from './arch.ts'
import { cached } from './cache.ts'
import { command } from './command.ts'
import { debianSources } from './debian-sources.ts'

/** Architectures whose lists are fetched together, so that one that a mirror lacks spoils no other. */
interface AptSet {
  readonly name: string
  readonly architectures: readonly string[]
  readonly security: boolean
  readonly release?: string
}

const machines: AptSet = {
  name: 'machines',
  architectures: arches.map((arch) => archFacts[arch].debian),
  security: true,
}

/** Only device trees are taken from these: the release itself, with its backports, will do. */
const boards: AptSet = { name: 'boards', architectures: ['armhf'], security: false }

/** Other releases, against whose kernels the module is built: the oldest and the newest. */
const others = {
  bullseye: { name: 'bullseye', release: 'bullseye', architectures: ['amd64', 'arm64'] },
  sid: { name: 'sid', release: 'sid', architectures: ['amd64', 'arm64', 'armhf', 'riscv64'] },
} as const
export type OtherRelease = keyof typeof others

function setOf(architecture: string, release?: OtherRelease): AptSet {
  if (release) return { ...others[release], security: false }
  return boards.architectures.includes(architecture) ? boards : machines
}

/**
 * apt with its own sources, lists and state, so that the system's are neither changed nor needed:
 * no `dpkg --add-architecture`, no backports in the user's sources, no root.
 */
function aptOptions(root: string, { architectures }: AptSet): string[] {
  const options: Record<string, string> = {
    'Dir::State': join(root, 'state'),
    'Dir::State::status': '/dev/null',
    'Dir::Cache': join(root, 'cache'),
    'Dir::Etc::sourcelist': join(root, 'sources.list'),
    'Dir::Etc::sourceparts': '-',
    'Dir::Etc::preferencesparts': '-',
    'APT::Sandbox::User': 'root', // else downloads into a folder of ours end in a warning
  }
  const list = architectures.map((name) => ['-o', `APT::Architectures::=${name}`])
  return [
    ...Object.entries(options).map(([key, value]) => ['-o', `${key}=${value}`]),
    ...list,
  ].flat()
}

/** Mirrors drop what they have replaced, so lists are good for a day. */
const today = new Date().toISOString().slice(0, 10)

/** The private apt folder, with the package lists downloaded. */
function aptRoot(set: AptSet): Promise<string> {
  return cached(`apt/${today}-${set.name}`, async (root) => {
    for (const old of await readdir(dirname(root))) {
      if (/^[-\d]+(\w+)?$/.test(old) && !old.startsWith(today)) {
        await rm(join(dirname(root), old), { recursive: true, force: true })
      }
    }
    for (const folder of ['state/lists/partial', 'cache/archives/partial']) {
      await mkdir(join(root, folder), { recursive: true })
    }
    await writeFile(join(root, 'sources.list'), await debianSources(set))
    await command('apt-get', [...aptOptions(root, set), '-q', 'update'])
  })
}

export interface DebianPackage {
  readonly name: string
  readonly architecture: string
  readonly version: string
  /** The first alternative of every dependency, without versions. */
  readonly dependencies: readonly string[]
  /** Where it was found, if not in the tested release. */
  readonly release?: OtherRelease | undefined
}

function parseStanza(stanza: string): DebianPackage {
  const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(stanza)?.[1] ?? ''
  return {
    name: field('Package'),
    architecture: field('Architecture'),
    version: field('Version'),
    dependencies: field('Depends')
      .split(', ')
      .flatMap((one) => /^[^ :|]+/.exec(one) ?? []),
  }
}

/** The newest version of a package that satisfies `accept`. */
export async function findPackage(
  name: string,
  architecture: string,
  accept: (version: string) => boolean = () => true,
  release?: OtherRelease,
): Promise<DebianPackage | undefined> {
  const set = setOf(architecture, release)
  const options = aptOptions(await aptRoot(set), set)
  // A package for every CPU is found only under its bare name.
  for (const wanted of [`${name}:${architecture}`, name]) {
    const text = await command('apt-cache', [...options, 'show', wanted], { accept: [0, 100] })
    const stanzas = text
      .toString()
      .split(/\n\n+/)
      .filter((stanza) => stanza.trim() !== '')
    const fits = (one: DebianPackage) => [architecture, 'all'].includes(one.architecture)
    const found = stanzas.map(parseStanza).find((one) => fits(one) && accept(one.version))
    if (found) return { ...found, release } // the newest comes first
  }
  return undefined
}

/** Downloads packages of one architecture, verified by apt, and unpacks all into one folder. */
export async function unpackPackages(
  packages: readonly DebianPackage[],
  folder: string,
): Promise<void> {
  const foreign = packages.find(({ architecture }) => setOf(architecture) === boards)
  const release = packages[0]?.release
  const set = release ? setOf('all', release) : foreign ? boards : machines
  const options = aptOptions(await aptRoot(set), set)
  await mkdir(folder, { recursive: true })
  const downloads = await mkdtemp(`${folder}.debs-`)
  try {
    const wanted = packages.map(
      ({ name, architecture, version }) =>
        `${name}${architecture === 'all' ? '' : `:${architecture}`}=${version}`,
    )
    await command('apt-get', [...options, '-q', 'download', ...wanted], { cwd: downloads })
    for (const file of await readdir(downloads)) {
      if (file.endsWith('.deb')) await command('dpkg-deb', ['-x', join(downloads, file), folder])
    }
  } finally {
    await rm(downloads, { recursive: true, force: true })
  }
}

/** Like `unpackPackages`, for the newest version of packages known by name alone. */
export async function unpackNewest(
  names: readonly string[],
  architecture: string,
  folder: string,
  release?: OtherRelease,
): Promise<void> {
  const found = await Promise.all(
    names.map((name) => findPackage(name, architecture, undefined, release)),
  )
  const missing = names.filter((_, index) => found[index] === undefined)
  if (missing.length > 0) throw new Error(`Debian has no ${missing.join(', ')} for ${architecture}`)
  await unpackPackages(
    found.filter((one) => one !== undefined),
    folder,
  )
}
