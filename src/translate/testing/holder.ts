import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { PhysmemError } from '../../base/errors.ts'
import { loadAddon } from '../../engine/addon.ts'
import { ProcessTranslator } from '../index.ts'

/** Why there can be no process whose frames are seen; `undefined` where there can. */
export const noHolder = whyNoHolder()

function whyNoHolder(): string | undefined {
  if (spawnSync('cc', ['--version'], { stdio: 'ignore' }).status !== 0) return 'there is no cc'
  const page = loadAddon().ownPage()
  try {
    using translator = new ProcessTranslator(process.pid)
    translator.translate(page.address)
    return undefined
  } catch (error) {
    return error instanceof PhysmemError ? error.message : String(error)
  } finally {
    page.close()
  }
}

/** A process with pages of every kind (lab/guest/holder.c), which stands still. */
export interface Holder {
  pid: number
  /** Addresses in its pages, by kind. */
  at: Record<string, bigint>
  end(): void
}

export async function startHolder(): Promise<Holder> {
  const folder = mkdtempSync(join(tmpdir(), 'physmem-holder-'))
  const source = fileURLToPath(new URL('../../../lab/guest/holder.c', import.meta.url))
  const program = join(folder, 'holder')
  const built = spawnSync('cc', ['-std=c11', '-O2', '-o', program, source], { encoding: 'utf8' })
  if (built.status !== 0) throw new Error(built.stderr)
  const holder = spawn(program, { stdio: ['ignore', 'pipe', 'inherit'] })
  const lines = createInterface({ input: holder.stdout as NodeJS.ReadableStream })
  const { value } = await lines[Symbol.asyncIterator]().next()
  const told = Object.entries(JSON.parse(value) as Record<string, string>)
  holder.kill('SIGSTOP') // it would only take time from the tests
  return {
    pid: holder.pid as number,
    at: Object.fromEntries(told.map(([name, address]) => [name, BigInt(address)])),
    end: () => {
      holder.kill('SIGKILL')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
