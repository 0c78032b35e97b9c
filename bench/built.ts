import { fileURLToPath } from 'node:url'

/** The project's folder, seen from the bundle of this bench, two levels below it. */
export const root = fileURLToPath(new URL('../../', import.meta.url))

/** The package as it is built, not as this bench would be bundled with it. */
export function builtPackage(): Promise<typeof import('../src/index.ts')> {
  return import(`${root}dist/index.js`)
}

export async function builtAddon() {
  const built: typeof import('../src/native/addon.ts') = await import(`${root}dist/native/addon.js`)
  return built.loadAddon()
}

export const command = [process.execPath, `${root}dist/cli/main.js`]
