import { prefixes } from '../../../../place/schemes/index.ts'

/** The messages that lead from a habit to what was meant. */
export const notCommand = (word: string, meant: string) =>
  `"${word}" is not a command, did you mean ${meant}?\n  hint: see physmem --help`
export const tooMuch = (command: string, shape: string, word: string, meant = '') =>
  `${command} takes ${shape}: "${word}" is too much${meant && `, did you mean ${meant}?`}\n  hint: see physmem ${command} --help`
export const noAssignment = (text: string) =>
  `"${text}" is not an assignment: expected PLACE=VALUE, such as 0xfed00000=0x1`
export const noNamed = (text: string, meant = '') =>
  `"${text}" is not an assignment: expected NAME=VALUE, such as UART0.CR=0x301 or UART0.CR:TXE=1${meant && `, did you mean ${meant}?`}`
export const noPlace = `is not a place: expected an address such as 0xfed00000, or ${prefixes}`
export const noWidth = 'is not a width: expected 8, 16, 32 or 64, or b, h, w or l'
export const noPid =
  'is not the number of a process: a number is needed, such as $$, which is that of the shell'
export const notOption = (command: string, option: string, meant = '') =>
  `"${option}" is not an option of ${command}${meant && `, did you mean ${meant}?`}\n  hint: see physmem ${command} --help`
export const notLong = (option: string, meant: string) =>
  `"${option}" is not an option of dump: the length of a range is in bytes, did you mean ${meant}?\n  hint: see physmem dump --help`
export const noEnd = (place: string, line = '') =>
  `"${place}" is not a range: expected A..B or A..+LENGTH, such as ${place}..+0x100${line && `\n  hint: say how long it is: ${line}`}`
export const isFile = (path: string, meant: string) =>
  `"${path}" is a file, not a place, did you mean ${meant}?`
export const noAddress = (path: string) =>
  `"${path}" is a file, not a place\n  hint: a file has no physical address; read, dump and search take it as file:${path}`
export const noTarget = (text: string, meant = '') =>
  `"${text}" is not a target: expected local, sim: (a simulated board), sim:FILE, ssh://HOST, sudo:, unix:SOCKET, serial:DEVICE[,BAUD], exec:COMMAND, gdb://HOST:PORT, gdb:SOCKET, qmp://HOST:PORT, qmp:SOCKET or, in commands, @GROUP of a board file${meant && `, did you mean ${meant}?`}`
export const misaligned = (hint = '') =>
  `0x00000001 is not a multiple of 4: a 32-bit access needs 0x00000000 or 0x00000004${hint && `\n  hint: ${hint}`}`
export const onBoard = (name: string, address: string, meant = '') =>
  `"${name}" is not a place: on this board it is at ${address}${meant && `, did you mean ${meant}?`}`
