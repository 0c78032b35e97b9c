/** What `devmem` is given in tests, and what it prints: that of physmem, and that of the agent. */

/** Reads: the arguments, what is printed, and the access that is made. */
export const READS: readonly [string, string, string][] = [
  ['0xfed00000', '0x8086A201\n', 'r32'],
  ['0xfed00000 64', '0x009896808086A201\n', 'r64'],
  ['0xfed00000 l', '0x009896808086A201\n', 'r64'],
  ['0x09000fe0 8', '0x11\n', 'r8'],
  ['0x09000fe0 H', '0x0011\n', 'r16'],
  ['0x09000fe0 032', '0x00000011\n', 'r32'],
]

/** What is refused with exit code 1, before anything is opened, and the message. */
export const REFUSALS: readonly (readonly string[])[] = [
  [
    '',
    'devmem needs an ADDRESS, such as physmem devmem 0xfed00000\n  hint: see physmem devmem --help',
  ],
  ['0x5oops', '"0x5oops" is not an address: unexpected "oops" after 0x5'],
  ['08', '"08" is not an address: a leading zero means octal, which has no digit 8'],
  ['0x10000008 8 0719', '"0719" is not a value: a leading zero means octal, which has no digit 9'],
  ...['0x1000_0000', '4k', '0b100', '0o4', '0x10000000+0b100'].map((text) => [
    text,
    `"${text}" is not an address: devmem takes numbers as C does, such as 0x1f, 017 or 31`,
  ]),
  [
    '0x10000008 8 1_0',
    '"1_0" is not a value: devmem takes numbers as C does, such as 0x1f, 017 or 31',
  ],
  ['-- 0x10000000', '-- does not apply to devmem: leave it out'],
  ['0x10000000 24', '"24" is not a width: expected 8, 16, 32 or 64, or b, h, w or l'],
  ...[1, 2, 4].map((bytes) => [
    `0x10000000 ${bytes}`,
    `"${bytes}" is not a width: expected 8, 16, 32 or 64, or b, h, w or l (${bytes === 1 ? '1 byte' : `${bytes} bytes`}, as in toybox, ${bytes === 1 ? 'is' : 'are'} ${bytes * 8})`,
  ]),
  ['0x10000000 0x20', '"0x20" is not a width: expected 8, 16, 32 or 64, or b, h, w or l'],
  [
    '0x10000002 32 0x12345',
    '0x10000002 is not a multiple of 4: a 32-bit access needs 0x10000000 or 0x10000004',
  ],
  ['0x10000008 8 0x1ff', '0x1ff does not fit in 8 bits (largest: 0xff)'],
  ['0x10000008 8 zz', '"zz" is not a value: expected a number such as 0x1f, 017 or 31'],
  [
    '0x10000001',
    '0x10000001 is not a multiple of 4: a 32-bit access needs 0x10000000 or 0x10000004\n  hint: use the width 8',
  ],
  [
    '0x10000008 8 1 2',
    'devmem takes ADDRESS [WIDTH] [VALUE]: "2" is too much\n  hint: see physmem devmem --help',
  ],
  ['0x10000008 --width 8', '--width does not apply to devmem: leave it out'],
]

/** What busybox and we take alike, on a memory of 64 bytes. */
export const TAKEN_BY_BUSYBOX: readonly string[] = [
  '0',
  '0x4',
  '4 8',
  '4 b',
  '4 H',
  '4 16',
  '4 w',
  '0x8 64',
  '010 l',
  '8 08',
  '4 8 0x12',
  '4 h 0xBEEF',
  '0 32 4000000000',
  '8 64 0xfedcba9876543210',
  '0 32 017',
]

/** What busybox refuses, too. */
export const REFUSED_BY_BUSYBOX: readonly string[] = [
  ...['', 'zz', '4 24', '4 bb', '4 32 zz', '-4', '08', '0x1_0', '-- 4', '4 -- 8', '4k', '0b1'],
  ...['0o4', '4 8 018', '4 8 1_0', '4 8 1k', '4 0x8'],
]
