import { describe, expect, it } from 'vitest'
import { askFetching, FetchedFiles, type Told, type Wanted } from './fetched-files.ts'
import { FolderFiles } from './folder-files.ts'
import { FakeRoot } from './testing/fake-root.ts'

/** Fetches from a folder, and counts the trips. */
function fetching(root: FakeRoot) {
  const there = new FolderFiles(root.path)
  const trips: Wanted[][] = []
  const fetch = async (wanted: readonly Wanted[]): Promise<Told[]> => {
    trips.push([...wanted])
    return wanted.map(({ verb, path, most }) => {
      const value = verb === 'bytes' ? there.bytes(path, most) : there[verb](path)
      return { value, errno: there.errno(path) }
    })
  }
  return { fetch, trips }
}

describe('FetchedFiles', () => {
  it('are asked until nothing is missing, a trip for each step of a chain', async () => {
    using root = new FakeRoot().link('a', 'b').link('b', 'c').put('c', 'here').put('d', 'there')
    const { fetch, trips } = fetching(root)
    const files = new FetchedFiles()
    const answer = await askFetching(
      files,
      async () => {
        const second = `/${files.link('/a')}`
        return [files.text(`/${files.link(second)}`), files.text('/d')]
      },
      fetch,
    )
    expect(answer).toEqual(['here', 'there'])
    expect(trips[0]).toContainEqual({ verb: 'link', path: '/a' })
    expect(trips[0]).toContainEqual({ verb: 'text', path: '/d' })
    expect(trips).toHaveLength(3)
  })

  it('ask for nothing twice', async () => {
    using root = new FakeRoot().put('a', 'x')
    const { fetch, trips } = fetching(root)
    const files = new FetchedFiles()
    const question = async () => [files.text('/a'), files.text('/a'), files.bytes('/a', 1)?.length]
    expect(await askFetching(files, question, fetch)).toEqual(['x', 'x', 1])
    expect(await askFetching(files, question, fetch)).toEqual(['x', 'x', 1])
    expect(trips.flat()).toHaveLength(2)
  })

  it('reject as the question does when it knows all', async () => {
    using root = new FakeRoot()
    const { fetch, trips } = fetching(root)
    const files = new FetchedFiles()
    const asked = askFetching(
      files,
      async () => {
        if (files.text('/a') === undefined) throw new Error(`no /a: ${files.errno('/a')}`)
      },
      fetch,
    )
    await expect(asked).rejects.toEqual(new Error('no /a: ENOENT'))
    expect(trips).toHaveLength(1)
  })

  it('reject as the way to them does', async () => {
    const files = new FetchedFiles()
    const lost = async () => Promise.reject(new Error('lost'))
    await expect(askFetching(files, async () => files.text('/a'), lost)).rejects.toEqual(
      new Error('lost'),
    )
  })

  it('tell why the attempt failed that was just made, as those of a folder do', async () => {
    using root = new FakeRoot().folder('a').put('b', '')
    const { fetch } = fetching(root)
    const files = new FetchedFiles()
    const question = (of: FetchedFiles | FolderFiles) => {
      const errnos = [of.errno('/a')]
      of.text('/a')
      errnos.push(of.errno('/a'), of.errno('/b'))
      of.status('/a')
      errnos.push(of.errno('/a'))
      of.link('/b')
      errnos.push(of.errno('/a'), of.errno('/b'))
      of.list('/none')
      return [...errnos, of.errno('/none')]
    }
    expect(await askFetching(files, async () => question(files), fetch)).toEqual(
      question(new FolderFiles(root.path)),
    )
  })

  it('notice a question that is not pure', async () => {
    using root = new FakeRoot()
    const { fetch, trips } = fetching(root)
    const files = new FetchedFiles()
    let asked = 0
    const question = async () => files.text(`/${asked++}`)
    await expect(askFetching(files, question, fetch)).rejects.toEqual(new Error('not pure: /200'))
    expect(trips).toHaveLength(200)
  })
})
