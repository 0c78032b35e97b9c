import { describe, expect, it } from 'vitest'
import { run } from '../testing/run.ts'

describe('how an option is written is no part of its value', () => {
  const hinted = (message: string, hint?: string) => ({
    ...{ code: 2, out: '' },
    err: `physmem: ${message}\n${hint === undefined ? '' : `  hint: ${hint}\n`}`,
  })
  it.each([
    [
      'read 0x8 -w=',
      '"-w=" is not an option: no "=" stands between a letter and its value',
      'write -w BITS',
    ],
    ['read 0x8 -w =8', '"=8" is not a value of --width: it begins with "="', 'write -w 8'],
    ['dump 0..4 -o =F', '"=F" is not a value of --output: it begins with "="', 'write -o F'],
    ['dump 0..4 --output==F', '"=F" is not a value of --output: it begins with "="', 'write -o F'],
    [
      'dump 0..4 -qo=F',
      '"-o=F" is not an option: no "=" stands between a letter and its value',
      'write -o F',
    ],
    ['dump 0..4 -output F', '"-output" is not an option, did you mean --output?', undefined],
    ['dump 0..4 -output=F', '"-output=F" is not an option, did you mean --output?', undefined],
    ['-target sim: read 0', '"-target" is not an option, did you mean --target?', undefined],
    [
      'read 0x8 -help',
      '"-help" is not an option of read, did you mean --help?',
      'see physmem read --help',
    ],
    [
      'read 0x8 -verbose',
      '"-verbose" is not an option of read, did you mean --verbose?',
      'see physmem read --help',
    ],
    [
      'read 0x8 -count 2',
      '"-count" is not an option of read, did you mean --count?',
      'see physmem read --help',
    ],
    ['-help', '"-help" is not an option of physmem, did you mean --help?', 'see physmem --help'],
  ])('%s', async (line, message, hint) => {
    expect(await run(line)).toEqual(hinted(message, hint))
  })

  it('help of help is that of all', async () => {
    expect(await run('help help')).toEqual(await run('--help'))
    expect(await run('help help read')).toEqual(await run('read --help'))
  })
})
