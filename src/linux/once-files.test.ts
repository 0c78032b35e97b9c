import { expect, it } from 'vitest'
import type { Files } from './files.ts'
import { OnceFiles } from './once-files.ts'
import { FakeRoot } from './testing/fake-root.ts'

/** Files that note what is asked of them. */
function noted(files: Files): { files: Files; asked: string[] } {
  const asked: string[] = []
  const get = (of: Files, verb: PropertyKey) => {
    const act = Reflect.get(of, verb) as (...given: unknown[]) => unknown
    return (...given: unknown[]) => {
      if (verb !== 'errno') asked.push(`${String(verb)} ${given.join(' ')}`)
      return act.apply(of, given)
    }
  }
  return { asked, files: new Proxy(files, { get }) }
}

it('reads each fact once, and knows why it could not be read', () => {
  using root = new FakeRoot().put('a/b', 'text').link('a/link', 'b')
  const { files, asked } = noted(root.files)
  const once = new OnceFiles(files)
  const all = () => [
    ...[once.text('/a/b'), once.bytes('/a/b'), once.bytes('/a/b', 2), once.text('/none')],
    ...[once.list('/a'), once.entries('/a'), once.link('/a/link'), once.real('/a/link')],
    ...[once.status('/a'), once.linkStatus('/a/link')],
  ]
  expect(all()).toEqual(all())
  expect(once.errno('/none')).toBe('ENOENT')
  expect(asked).toEqual([
    ...['text /a/b', 'bytes /a/b ', 'bytes /a/b 2', 'text /none', 'list /a', 'entries /a'],
    ...['link /a/link', 'real /a/link', 'status /a', 'linkStatus /a/link'],
  ])
})
