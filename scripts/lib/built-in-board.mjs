// The built-in simulated board as data, in place of src/memory/sim/built-in.ts in what is built.
import { root } from './root.mjs'

/** The module as JavaScript: each call makes the board anew, since a memory may change what it is given. */
export async function builtInModule() {
  const { build } = await import('esbuild')
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: ['src/memory/sim/built-in.ts'],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'neutral',
    external: ['node:*'],
    target: 'node20',
    logLevel: 'warning',
  })
  const source = Buffer.from(outputFiles[0].text).toString('base64')
  const { builtInBoard } = await import(`data:text/javascript;base64,${source}`)
  return `export const builtInBoard = () => (${literal(builtInBoard())})\n`
}

/** JSON, but for 64-bit values. */
function literal(value) {
  if (typeof value === 'bigint') return `${value}n`
  if (Array.isArray(value)) return `[${value.map(literal).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const entries = Object.entries(value).map(([key, part]) => [JSON.stringify(key), literal(part)])
  return `{${entries.map((entry) => entry.join(':')).join(',')}}`
}
