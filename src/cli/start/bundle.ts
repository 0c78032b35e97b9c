import { closeSync, fstatSync, openSync, readFileSync, type Stats, statSync } from 'node:fs'
import { Script } from 'node:vm'
import { UserFolder } from '../frame/user-folder.ts'
import { forgetOld, keepCodeCache, readCodeCache } from './code-cache.ts'
import { hasNodeFlags } from './flags.ts'

/** What the build makes of a bundle. */
type Run = (require: NodeJS.Require, file: string) => void

/** Later, V8 may have thrown away what it compiled for the start. */
const LATEST_S = 60

/** A file of lessons has an end. */
const MOST_LESSONS = 32

/**
 * Runs a bundle with V8's code cache of it, where there is a good one: on a slow CPU most of a short
 * command is compiling. A `lesson` that the cache does not know, and that ended well, is added at
 * its end: the functions that it compiled. What is wrong with a cache, or keeps one from being
 * written, is passed over in silence.
 */
export function runBundle(file: string, require: NodeJS.Require, lesson: string | undefined): void {
  const bundle = readBundle(file)
  const { source } = bundle
  // Without /proc, Node does not know where its own file is.
  const node = quietly(() => statSync(process.execPath))
  const folder = node && UserFolder.find('cache', ['physmem', 'code'])
  const { key, name } = identify(bundle, node)
  const path = `${folder?.path}/${name}`
  const cache = quietly(() => (folder?.isTrusted() ? readCodeCache(path, key) : undefined))
  const script = new Script(source, { filename: file, cachedData: cache?.data })
  // V8 refuses a cache that was made under other flags.
  const known = cache && !script.cachedDataRejected ? cache.lessons : []
  if (folder && lesson !== undefined && teaches(lesson, known)) {
    process.once('exit', (code) => {
      if (code !== 0 || process.uptime() > LATEST_S) return
      quietly(() => {
        folder.make()
        const data = script.createCachedData()
        keepCodeCache(path, key, { data, lessons: [...known, lesson] })
        forgetOld(folder.path)
      })
    })
  }
  const run = script.runInThisContext() as Run
  run(require, file)
}

/** Other flags of Node are for a debugger or a test: its caches would fit nobody else. */
function teaches(lesson: string, known: readonly string[]): boolean {
  return !hasNodeFlags() && known.length < MOST_LESSONS && !known.includes(lesson)
}

interface Bundle {
  file: string
  source: string
  status: Stats
}

function readBundle(file: string): Bundle {
  const fd = openSync(file, 'r')
  try {
    // The build writes ASCII only.
    return { file, status: fstatSync(fd), source: readFileSync(fd, 'latin1') }
  } finally {
    closeSync(fd)
  }
}

/**
 * The name of a cache's file, which is another for each version of physmem and of Node, and the key
 * in it: what it was made from and by. Two Nodes of one version may differ in what a cache refers to.
 */
function identify({ file, source, status }: Bundle, node: Stats | undefined) {
  // The build begins a bundle with a comment that has the digest of the rest.
  const digest = source.slice('//'.length, source.indexOf('\n'))
  const part = file.slice(file.lastIndexOf('/') + 1, -'.js'.length)
  const name = [part, process.version, process.arch, digest.slice(0, 16)].join('-')
  const maker = [process.version, node?.size, node?.mtimeMs]
  return { name, key: [digest, status.size, status.mtimeMs, ...maker].join(' ') }
}

function quietly<T>(act: () => T): T | undefined {
  try {
    return act()
  } catch {
    return undefined
  }
}
