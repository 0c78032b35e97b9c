/** What becomes of a terminal that another program of a pipe changes meanwhile, in a pseudo-terminal. */
import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { BuiltCli } from '../testing/built.ts'
import { TestFolder } from '../testing/files.ts'

const cli = new BuiltCli()
const folder = new TestFolder()

const version = spawnSync('script', ['--version'], { encoding: 'utf8' })
const reason = version.stdout?.includes('util-linux')
  ? ''
  : ' (skipped: no script of util-linux, which makes pseudo-terminals)'

/** More than a pipe holds: the command still runs when the first bytes came out. */
const dump = '-t sim: dump 0x40000000..+256k --no-collapse'
const read = '-t sim: read 0x40000000..+256k'

/** What a script of the shell prints that runs in a terminal; `physmem` is the command. */
function inTerminal(script: string): string {
  const file = folder.file(
    'script.sh',
    `physmem() { sh -c 'echo $$ > ${folder.path}/pid; exec "$@"' sh ${process.execPath} ${cli.main} "$@"; }\n` +
      `signal() { kill -$1 $(cat ${folder.path}/pid); }\n` +
      `first() { head -c 16 > /dev/null; }\n` +
      `echoing() { stty -a < /dev/tty | grep -o -- '-*echo '; }\n${script}`,
  )
  const env = { ...process.env, XDG_CACHE_HOME: cli.cache }
  const options = { env, encoding: 'utf8', input: '', timeout: 30_000 } as const
  return spawnSync('script', ['-qec', `bash ${file}`, '/dev/null'], options)
    .stdout.replaceAll('\r', '')
    .trim()
}

describe.skipIf(reason)(`a terminal${reason}`, () => {
  it.each([
    // As `less` does it: no echo before the command starts, and the old settings when it is left.
    ['when its reader goes away', '-echo', dump, 'first; stty echo < /dev/tty', 'echo'],
    ['when it ends', 'echo', dump, 'first; stty -echo < /dev/tty; cat > /dev/null', '-echo'],
    [
      'at Ctrl-C, when it cleans up',
      'echo',
      dump,
      'first; stty -echo < /dev/tty; signal INT; cat > /dev/null',
      '-echo',
    ],
    [
      'at Ctrl-C, when it has nothing to clean up',
      'echo',
      read,
      'first; stty -echo < /dev/tty; signal INT; cat > /dev/null',
      '-echo',
    ],
    [
      'at SIGTERM',
      'echo',
      read,
      'first; stty -echo < /dev/tty; signal TERM; cat > /dev/null',
      '-echo',
    ],
  ])('is left as others set it %s', (_, before, line, reader, after) => {
    const script = `stty ${before}; physmem ${line} 2> /dev/tty | { ${reader}; }; echoing`
    expect(inTerminal(script).split('\n').at(-1)?.trim()).toBe(after)
  })
})
