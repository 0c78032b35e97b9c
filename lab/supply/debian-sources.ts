import { existsSync, readFileSync } from 'node:fs'
import { command } from './command.ts'

/** The release whose kernels are tested: 6.1 is its own, 6.12 comes from its backports. */
const release = 'bookworm'
const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg'

function hostCodename(): string {
  const text = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : ''
  const value = (key: string) => new RegExp(`^${key}="?([^"\n]*)`, 'm').exec(text)?.[1]
  const codename = value('VERSION_CODENAME')
  if (value('ID') !== 'debian' || !codename) {
    throw new Error(
      'the lab takes its kernels from the Debian mirror that apt uses here: no Debian',
    )
  }
  return codename
}

/** Base URIs of the archives that the system itself uses, by suite. */
async function systemArchives(): Promise<Map<string, string>> {
  // Unlike `apt-get indextargets` this needs no downloaded lists.
  const listing = (await command('apt-get', ['update', '--print-uris'])).toString()
  const archives = new Map<string, string>()
  for (const [, base, suite] of listing.matchAll(/^'([^']+)\/dists\/([^/']+)\/InRelease'/gm)) {
    if (base && suite && !archives.has(suite)) archives.set(suite, base)
  }
  return archives
}

export interface SourceOptions {
  readonly architectures: readonly string[]
  /** Whether the release's security updates are listed too. */
  readonly security: boolean
  /** Another release instead of the tested one, without its updates and backports. */
  readonly release?: string
}

/** An apt sources list with the tested release, on the mirrors that this system uses. */
export async function debianSources(options: SourceOptions): Promise<string> {
  const codename = hostCodename()
  const archives = await systemArchives()
  const main = archives.get(codename) ?? archives.get('stable')
  if (!main) throw new Error(`apt has no source for Debian ${codename}`)
  const security = options.security ? archives.get(`${codename}-security`) : undefined
  const signed = existsSync(keyring) ? ` signed-by=${keyring}` : ''
  const line = (base: string, suite: string) =>
    `deb [arch=${options.architectures.join(',')}${signed}] ${base} ${suite} main\n`
  if (options.release) return line(main, options.release)
  return [
    line(main, release),
    line(main, `${release}-updates`),
    line(main, `${release}-backports`),
    security ? line(security, `${release}-security`) : '',
  ].join('')
}
