/** The commands that scripts run by the thousand: their start is what counts. */
export const everyday: readonly string[] = ['read', 'write', 'wait', 'devmem']

/** The global options behind which a value stands. */
export const valueFlags: readonly string[] = ['-t', '--target', '-w', '--width', '--endian']

/** The kinds of place that need more than an everyday command has with it. */
const rare = /^(?:iomem|dtb?|pid|kernel|port):/

/**
 * Whether a command line surely needs no more than these commands on this machine. What they do
 * not need is left out of the file that starts fast (see scripts/build.mjs).
 */
export function isEveryday(argv: readonly string[]): boolean {
  if (argv.some((word) => word.includes('sim:') || rare.test(word))) return false
  for (let index = 0; index < argv.length; index++) {
    const word = argv[index] ?? ''
    if (!word.startsWith('-')) return everyday.includes(word)
    if (valueFlags.includes(word)) index++
  }
  return false
}
