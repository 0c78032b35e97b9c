import { expect, it } from 'vitest'
import { readHugePages } from './hugepages.ts'
import { FakeRoot } from './testing/fake-root.ts'

const folder = 'sys/kernel/mm/hugepages'

function pool(root: FakeRoot, name: string, total: string, free: string, reserved: string): void {
  root.put(`${folder}/${name}/nr_hugepages`, `${total}\n`)
  root.put(`${folder}/${name}/free_hugepages`, `${free}\n`)
  root.put(`${folder}/${name}/resv_hugepages`, `${reserved}\n`)
}

it('reads the pools, small pages first', () => {
  using root = new FakeRoot()
  pool(root, 'hugepages-1048576kB', '1', '1', '0')
  pool(root, 'hugepages-2048kB', '16', '9', '2')
  expect(readHugePages(root.files)).toEqual([
    {
      pageBytes: 2 << 20,
      total: 16,
      available: 7,
      file: '/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages',
    },
    {
      pageBytes: 1 << 30,
      total: 1,
      available: 1,
      file: '/sys/kernel/mm/hugepages/hugepages-1048576kB/nr_hugepages',
    },
  ])
})

it('finds none where there are none, and nothing in what is not a number', () => {
  using root = new FakeRoot()
  expect(readHugePages(root.files)).toEqual([])
  pool(root, 'hugepages-2048kB', 'many', '-1', '1e3')
  pool(root, 'hugepages-kB', '1', '1', '0')
  pool(root, 'hugepages-64kB', '1', '1', '5')
  const found = readHugePages(root.files)
  expect(found.map(({ pageBytes, total, available }) => [pageBytes, total, available])).toEqual([
    [65536, 1, 0],
    [2 << 20, 0, 0],
  ])
})
