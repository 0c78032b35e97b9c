import { join } from 'node:path'
import type { Files } from './files.ts'
import { filesAt } from './files-at.ts'
import { listFolder, readLine } from './read.ts'

/** The pool of huge pages of one size. */
export interface HugePagePool {
  /** Bytes of a page. */
  pageBytes: number
  /** Pages of the pool (nr_hugepages), and those that nobody has or is promised. */
  total: number
  available: number
  /** The file to which their number is written. */
  file: string
}

const FOLDER = '/sys/kernel/mm/hugepages'

/**
 * The pools of the kernel, small pages first (Documentation/admin-guide/mm/hugetlbpage.rst). None
 * where it was built without CONFIG_HUGETLBFS.
 */
export function readHugePages(files: Files = filesAt()): HugePagePool[] {
  const pools: HugePagePool[] = []
  for (const name of listFolder(files, FOLDER)) {
    const size = /^hugepages-([1-9][0-9]{0,11})kB$/.exec(name)?.[1]
    if (size === undefined) continue
    const number = (file: string) => {
      const text = readLine(files, join(FOLDER, name, file))
      return /^[0-9]{1,12}$/.test(text) ? Number(text) : 0
    }
    pools.push({
      pageBytes: Number(size) * 1024,
      total: number('nr_hugepages'),
      available: Math.max(0, number('free_hugepages') - number('resv_hugepages')),
      file: `${FOLDER}/${name}/nr_hugepages`,
    })
  }
  return pools.sort((a, b) => a.pageBytes - b.pageBytes)
}
