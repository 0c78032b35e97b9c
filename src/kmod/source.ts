import { fileURLToPath } from 'node:url'

/** The folder with the module's source: part of the package. */
export function sourceFolder(): string {
  // The same distance from src/kmod, dist/kmod and the bundled dist/cli.
  return fileURLToPath(new URL('../../kmod', import.meta.url))
}
