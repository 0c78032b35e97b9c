import { checkKind } from '../text/options.ts'
import type { Files } from './files.ts'
import { filesAt } from './files-at.ts'
import { readLine } from './read.ts'

/** No configuration is nearly as long: against a file that is something else. */
const longest = 16 << 20

/** How a kernel was built. */
export class KernelConfig {
  /** The file it was read from, as an absolute path of the examined machine. */
  readonly source: string
  readonly #text: string

  constructor(text: string, source: string) {
    checkKind('text', text, 'string')
    checkKind('source', source, 'string')
    this.#text = text
    this.source = source
  }

  /**
   * The value of an option, `CONFIG_STRICT_DEVMEM`: `y`, `m`, `n`, or the text of a number or
   * string (without its quotes). Options whose conditions are not met stand nowhere: `n`.
   */
  get(name: string): 'y' | 'm' | 'n' | (string & {}) {
    const line = this.line(name)
    if (line === undefined || line.startsWith('#')) return 'n'
    const value = line.slice(name.length + 1)
    const quoted = /^"(.*)"$/.exec(value)?.[1]
    return quoted === undefined ? value : quoted.replace(/\\(.)/g, '$1')
  }

  /** The line of an option, as evidence, or `undefined` when it stands nowhere. */
  line(name: string): string | undefined {
    checkKind('name', name, 'string')
    if (!/^CONFIG_\w+$/.test(name)) return undefined
    const form = new RegExp(`^(?:${name}=.*|# ${name} is not set)$`, 'm')
    return form.exec(this.#text)?.[0]
  }
}

/** The configuration in a text; `undefined` when there is no option in it. */
export function parseKernelConfig(text: string, source: string): KernelConfig | undefined {
  return /^CONFIG_\w+=/m.test(text) ? new KernelConfig(text, source) : undefined
}

/** Whether a text can be the release of a kernel; nothing else may become part of a path. */
export const isRelease = (text: string): boolean => /^[\w.+~-]+$/.test(text) && !/^\.*$/.test(text)

/** The release of the running kernel, as `uname -r` has it; empty where it cannot be read. */
export function readRelease(files: Files = filesAt()): string {
  const own = readLine(files, '/proc/sys/kernel/osrelease')
  return own || (/^Linux version (\S+)/.exec(readLine(files, '/proc/version'))?.[1] ?? '')
}

/**
 * How the kernel was built: from /proc/config.gz, or from what distributions install beside the
 * kernel of this release. `undefined` where none can be read.
 */
export function readKernelConfig(
  files: Files = filesAt(),
  release: string = readRelease(files),
): KernelConfig | undefined {
  const known = configs.get(files)
  for (const source of configFiles(release)) {
    const config = known?.source === source ? known : parsed(files, source)
    if (config === undefined) continue
    configs.set(files, config)
    return config
  }
  return undefined
}

/** What was read of these files: a sentence about a refusal asks several times. */
const configs = new WeakMap<Files, KernelConfig>()

function parsed(files: Files, source: string): KernelConfig | undefined {
  const text = readConfigText(files, source)
  return text === undefined ? undefined : parseKernelConfig(text, source)
}

/** The first is that of the running kernel; the others are as good as the release is theirs. */
function configFiles(release: string): string[] {
  const beside = [
    `/boot/config-${release}`,
    `/lib/modules/${release}/config`,
    `/usr/lib/modules/${release}/config`,
    `/lib/modules/${release}/build/.config`,
  ]
  return ['/proc/config.gz', ...(isRelease(release) ? beside : [])]
}

function readConfigText(files: Files, file: string): string | undefined {
  const bytes = files.bytes(file, longest)
  if (bytes === undefined || !file.endsWith('.gz')) return bytes && Buffer.from(bytes).toString()
  // Not imported: every command that reads memory would load it, which takes milliseconds.
  const { gunzipSync } = process.getBuiltinModule('node:zlib')
  try {
    return gunzipSync(bytes, { maxOutputLength: longest }).toString()
  } catch {
    return undefined
  }
}
