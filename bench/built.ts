import { fileURLToPath } from 'node:url'

/** The project's folder, seen from the bundle of this bench, two levels below it. */
export const root = fileURLToPath(new URL('../../', import.meta.url))

/** The package as it is built, not as this bench would be bundled with it. */
export function builtPackage(): Promise<typeof import('../src/index.ts')> {
  return import(`${root}dist/index.js`)
}

export async function builtAddon() {
  const built: typeof import('../src/engine/addon.ts') = await import(`${root}dist/engine/addon.js`)
  return built.loadAddon()
}

/** A file taken for a device node, whose length need not be looked at again after each program. */
export async function builtDeviceMemory(path: string) {
  const { openFile }: typeof import('../src/ways/file.ts') = await import(
    `${root}dist/ways/file.js`
  )
  const { MappedMemory }: typeof import('../src/engine/mapped.ts') = await import(
    `${root}dist/engine/mapped.js`
  )
  return new MappedMemory({ ...openFile(path, 'write'), regularFile: false })
}

export const command = [process.execPath, `${root}dist/cli/main.js`]
