import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { root } from './built.ts'

const PAGE = `${root}docs/performance.md`
const START = '<!-- npm run bench writes from here -->\n'
const END = '<!-- to here -->\n'

/** Puts the text between the page's markers; what stands around them is written by hand. */
export function writePage(text: string): string {
  const page = existsSync(PAGE) ? readFileSync(PAGE, 'utf8') : `# Performance\n\n${START}${END}`
  const start = page.indexOf(START) + START.length
  const end = page.indexOf(END)
  if (start < START.length || end < start) throw new Error(`no markers in ${PAGE}`)
  writeFileSync(PAGE, `${page.slice(0, start)}\n${text}\n${page.slice(end)}`)
  spawnSync(`${root}node_modules/.bin/biome`, ['format', '--write', PAGE])
  return PAGE
}
