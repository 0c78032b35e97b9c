import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { TestFolder } from '../cli/testing/files.ts'
import { Session } from './session.ts'
import { noAgent, startAgent } from './testing/agent.ts'
import { type Trials, trialsOf } from './trials.ts'

describe.skipIf(noAgent)(
  `trials through an agent${noAgent ? ` [skipped: ${noAgent}]` : ''}`,
  () => {
    const bytes = Uint8Array.from({ length: 8192 }, (_, at) => (at * 7) % 251)
    const folder = new TestFolder()
    const file = folder.file('file', bytes)
    let session: Session
    let trials: Trials
    beforeAll(async () => {
      session = await Session.start(await startAgent())
      trials = trialsOf(session)
    })
    afterAll(() => session.close())

    it('shows what a mapping shows', async () => {
      expect(await trials.load(file, 4096, 4)).toEqual(bytes.slice(4096, 4100))
      expect(await trials.load(file, 0, 64)).toEqual(bytes.slice(0, 64))
    })

    it('tells what cannot be loaded', async () => {
      expect(await trials.load(file, 8192, 4)).toBe('EFAULT')
      expect(await trials.load(folder.file('none'), 0, 4)).toBe('ENOENT')
    })

    it('maps without an access', async () => {
      expect(await trials.map(file, 0, 'write')).toBeUndefined()
      expect(await trials.map(file, 8192, 'read')).toBeUndefined()
      expect(await trials.map('/dev/null', 0, 'read')).toBe('ENODEV')
    })

    it('reads as far as there is something', async () => {
      expect(await trials.read(file, 8000n, 400)).toEqual(bytes.slice(8000))
      expect(await trials.read(file, 9000n, 4)).toEqual(new Uint8Array())
    })

    it('leaves the connection as it was', async () => {
      expect(await trials.open(file, 'read')).toBeUndefined()
      expect(session.lost).toBeUndefined()
    })
  },
)
