import { symlinkSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { TestFolder } from '../cli/testing/files.ts'
import { withLocks } from './lock.ts'

const uid = process.getuid?.() ?? 0

describe('a lock of pages', () => {
  it('lets one after the other, and is gone with who held it', async () => {
    const folder = new TestFolder().path
    const order: string[] = []
    const hold = async (name: string) =>
      withLocks(['1000', '2000'], { folder, uid }, async () => {
        order.push(`${name} begins`)
        await new Promise((resolve) => setTimeout(resolve, 10))
        order.push(`${name} ends`)
      })
    await Promise.all([hold('a'), hold('b')])
    const [first = ''] = order
    const other = first.startsWith('a') ? 'b' : 'a'
    const one = first[0]
    expect(order).toEqual([`${one} begins`, `${one} ends`, `${other} begins`, `${other} ends`])
  })

  it('is refused where another keeps it, and left when the work fails', async () => {
    const folder = new TestFolder().path
    const failing = withLocks(['1000'], { folder, uid }, async () => {
      await expect(
        withLocks(['1000'], { folder, uid, waitMs: 5 }, async () => {}),
      ).rejects.toMatchObject({
        code: 'EINUSE',
        message: `another physmem has been changing a register of the same page for more than 5 ms (${folder}/physmem-1000.lock)`,
      })
      throw new Error('the work failed')
    })
    await expect(failing).rejects.toThrow('the work failed')
    expect(await withLocks(['1000'], { folder, uid, waitMs: 5 }, async () => 'done')).toBe('done')
  })

  it('is not taken through a link, nor where there is no folder, and says so', async () => {
    const folder = new TestFolder().path
    symlinkSync('/etc/passwd', `${folder}/physmem-1000.lock`)
    const said: string[] = []
    const notify = (text: string) => said.push(text)
    const act = async () => 'done'
    expect(await withLocks(['1000'], { folder, uid, notify }, act)).toBe('done')
    expect(await withLocks(['1'], { folder: `${folder}/none`, uid, notify }, act)).toBe('done')
    expect(said).toEqual([
      `no lock against other processes: ${folder}/physmem-1000.lock is a link`,
      `no lock against other processes: ${folder}/none/physmem-1.lock cannot be created: there is no such folder`,
    ])
  })

  it('is not one of another user', async () => {
    const folder = new TestFolder()
    folder.file('physmem-1000.lock', '')
    const said: string[] = []
    const options = { folder: folder.path, uid: uid + 1, notify: (text: string) => said.push(text) }
    await withLocks(['1000'], options, async () => {})
    const expected = `no lock against other processes: ${folder.path}/physmem-1000.lock belongs to user ${uid}`
    // Root's are trusted by all.
    expect(said).toEqual(uid === 0 ? [] : [expected])
  })
})
