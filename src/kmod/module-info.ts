import { readFileSync } from 'node:fs'

/** What a module's file says of itself. */
export interface ModuleInfo {
  /** The release of the kernel that it was built for, such as `6.1.0-56-amd64`. */
  release: string
  /** Whether a signature is appended; only the kernel knows whether the key is one of its own. */
  signed: boolean
}

/** scripts/sign-file.c appends it after the signature. */
const SIGNED = '~Module signature appended~\n'

/**
 * Reads a module (.ko). The lines of its .modinfo section are text between zeros
 * (include/linux/moduleparam.h, __MODULE_INFO); the first word of `vermagic` is the release
 * (include/linux/vermagic.h). `undefined` for a file that is not a module. Throws what reading
 * throws.
 */
export function readModuleInfo(file: string): ModuleInfo | undefined {
  return parseModuleInfo(readFileSync(file))
}

export function parseModuleInfo(bytes: Uint8Array): ModuleInfo | undefined {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
  if (!text.startsWith('\x7fELF')) return undefined
  const release = /\0vermagic=([^\0 ]+)/.exec(text)?.[1]
  return release === undefined ? undefined : { release, signed: text.endsWith(SIGNED) }
}
