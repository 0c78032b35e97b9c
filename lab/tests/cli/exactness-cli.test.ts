/**
 * The same proof for the command line, from outside: a library preloaded into the real process
 * watches a cell of the file that the command maps, and reports what the whole process did to it.
 */
import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { labTitle } from '../../machine/available.ts'
import { repositoryRoot } from '../../supply/repository.ts'

const root = repositoryRoot()
const preload = join(root, `build/test/linux-${process.arch}/watch_preload.so`)
const folder = mkdtempSync(join(tmpdir(), 'physmem-cli-exact-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const CELL = 4096 + 64
let runs = 0

interface Counts {
  accesses: number
  writes: number
  lastByte: number
  byteBehind: number
}

function parse(text: string): Counts | { unavailable: string } {
  if (text.startsWith('unavailable')) return { unavailable: text }
  const [accesses = 0, writes = 0, lastByte = 0, byteBehind = 0] = text.split(' ').map(Number)
  return { accesses, writes, lastByte, byteBehind }
}

/** Runs physmem on a fresh file of 16 KiB; `M` in an argument stands for its place. */
function counted(line: string, widthBytes: number): Promise<Counts | { unavailable: string }> {
  const file = join(folder, `${runs++}.bin`)
  const report = `${file}.counts`
  writeFileSync(file, new Uint8Array(16384))
  writeFileSync(`${file}.data`, new Uint8Array(16).fill(0x5a))
  const words = line
    .split(' ')
    .map((word) =>
      word === 'DATA'
        ? `${file}.data`
        : word === 'OUT'
          ? `${file}.out`
          : word.replace('M', `file:${file}`),
    )
  const environment = {
    ...process.env,
    LD_PRELOAD: preload,
    WATCH_FILE: file,
    WATCH_OFFSET: String(CELL),
    WATCH_WIDTH: String(widthBytes),
    WATCH_REPORT: report,
  }
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [join(root, 'dist/cli/main.js'), ...words],
      { env: environment, timeout: 20_000 },
      (error, _stdout, stderr) => {
        // 3: a comparison that differs, or nothing found, is as good for counting.
        if (error && error.code !== 3) reject(new Error(`${line}: ${stderr}`))
        else if (!existsSync(report)) reject(new Error(`${line}: no report of ${preload}`))
        else resolve(parse(readFileSync(report, 'utf8').trim()))
      },
    )
  })
}

const at = `M+0x${CELL.toString(16)}`
const around = `M+0x${(CELL - 8).toString(16)}..+24`

/** Accesses to the eight bytes from the cell on, of them writes; a block touches the byte after. */
const CASES: [line: string, bytes: number, accesses: number, writes: number, block?: 'block'][] = [
  [`read ${at}`, 4, 1, 0],
  [`read ${at} --width 8`, 1, 1, 0],
  [`read ${at} --width 16`, 2, 1, 0],
  [`read ${at} --width 64`, 8, 1, 0],
  [`read ${at}:7:4`, 4, 1, 0],
  [`read ${at} --json`, 4, 1, 0],
  [`read ${at} --endian big`, 4, 1, 0],
  [`read ${at} --count 3 --fixed`, 4, 3, 0],
  // Two of its four bytes are in the cell.
  [`read M+0x${(CELL - 2).toString(16)} --unaligned`, 1, 2, 0, 'block'],
  [`write ${at}=0x41 --width 8`, 1, 1, 1],
  [`write ${at}=0x41 --width 16`, 2, 1, 1],
  [`write ${at}=0x41`, 4, 1, 1],
  [`write ${at}=0x41 --width 64`, 8, 1, 1],
  [`write ${at}:7:4=3`, 4, 2, 1],
  [`write ${at}=1 ${at}=1`, 4, 2, 2],
  [`write ${at}:7:4=3 --width 8`, 1, 2, 1],
  [`write ${at}=1 --verify`, 4, 2, 1],
  [`write ${at}=1 --dry-run`, 4, 0, 0],
  [`devmem ${at}`, 4, 1, 0],
  [`devmem ${at} 8`, 1, 1, 0],
  [`devmem ${at} 32 7`, 4, 1, 1],
  [`wait ${at}=0`, 4, 1, 0],
  [`watch ${at} --count 3 --interval 1ms`, 4, 3, 0],
  [`read ${around}`, 4, 2, 0, 'block'],
  [`dump ${around}`, 4, 2, 0, 'block'],
  [`dump ${around} -o OUT`, 4, 2, 0, 'block'],
  [`dump ${around} --width 8`, 1, 8, 0, 'block'],
  [`fill ${around} 0x11`, 4, 2, 2, 'block'],
  [`load M+0x${(CELL - 8).toString(16)} DATA`, 4, 2, 2],
  [`copy ${around} M+0`, 4, 2, 0, 'block'],
  [`copy M+0..+24 M+0x${(CELL - 8).toString(16)}`, 4, 2, 2, 'block'],
  [`compare ${around} M+0`, 4, 2, 0, 'block'],
  [`search ${around} 0x12345678`, 4, 2, 0, 'block'],
]

/** Only where the kernel has no watchpoints; a command line that does not work fails every case. */
async function whySkipped(): Promise<string | undefined> {
  const probe = await counted(`read ${at}`, 4).catch(() => undefined)
  if (probe === undefined || !('unavailable' in probe)) return undefined
  return `the kernel refuses watchpoints (${probe.unavailable})`
}

describe('the command line', async () => {
  const reason = await whySkipped()

  it.skipIf(reason).each(CASES)(
    labTitle('%s', reason),
    async (line, bytes, accesses, writes, block) => {
      const lastByte = block || line.startsWith('load') ? 1 : accesses
      expect(await counted(line, bytes)).toEqual({
        accesses,
        writes,
        lastByte: accesses === 0 ? 0 : lastByte,
        byteBehind: (block || line.startsWith('load')) && bytes < 8 ? 1 : 0,
      })
    },
  )
})
