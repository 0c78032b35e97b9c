import { homedir } from 'node:os'
import { expect, it } from 'vitest'
import { lineThatForgets } from './host-key.ts'

const saidOf = (file: string, host: string) =>
  [
    'Add correct host key in there to get rid of this message.',
    `Offending ED25519 key in ${file}:3`,
    '  remove with:',
    `Host key for ${host} has changed and you have requested strict checking.`,
    'Host key verification failed.',
  ].join('\r\n')

it.each([
  [saidOf(`${homedir()}/.ssh/known_hosts`, 'board'), 'ssh-keygen -R board'],
  [saidOf(`${homedir()}/.ssh/known_hosts`, '[board]:2222'), "ssh-keygen -R '[board]:2222'"],
  [saidOf('/etc/ssh/ssh known', '10.0.0.1'), "ssh-keygen -f '/etc/ssh/ssh known' -R 10.0.0.1"],
  ['No ED25519 host key is known for board\r\nHost key verification failed.\r\n', undefined],
])('the line that forgets a key that is another now: %j', (said, line) => {
  expect(lineThatForgets(said)).toBe(line)
})
