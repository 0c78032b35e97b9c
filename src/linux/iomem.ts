import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** One line of /proc/iomem. Addresses are physical, `end` is inclusive as in the file. */
export interface Resource {
  start: number
  end: number
  name: string
  /** 0 for a top-level resource. */
  depth: number
}

/**
 * Parses /proc/iomem (kernel/resource.c, r_show): two blanks of indent a level, `start-end : name`.
 * Lines of another form are passed over. For a reader without CAP_SYS_ADMIN all addresses are zero.
 */
export function parseIomem(text: string): Resource[] {
  const resources: Resource[] = []
  for (const line of text.split('\n')) {
    const match = /^((?: {2})*)([0-9a-f]{1,16})-([0-9a-f]{1,16}) : (.*)$/.exec(line)
    if (!match) continue
    const [, indent = '', start = '', end = '', name = ''] = match
    resources.push({
      start: Number.parseInt(start, 16),
      end: Number.parseInt(end, 16),
      name,
      depth: indent.length / 2,
    })
  }
  return resources
}

/** The resources that hold an address, outermost first; empty when nothing is known of it. */
export function resourcesAt(resources: readonly Resource[], address: number): Resource[] {
  return resources.filter(({ start, end }) => start <= address && address <= end && end > 0)
}

/** Reads the file below `root`; empty where it cannot be read. */
export function readIomem(root = '/'): Resource[] {
  try {
    return parseIomem(readFileSync(join(root, 'proc/iomem'), 'utf8'))
  } catch {
    return []
  }
}
