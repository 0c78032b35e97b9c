import { noNamed, noPlace, notCommand } from './messages.ts'

/** What people type of the registers of the simulated board, which has names for them. */
export const namedHabits: [line: string, message: string][] = [
  ['write uart0.CR TXE=1', noNamed('uart0.CR', 'physmem write uart0.CR:TXE=1')],
  [
    'write uart0.CR TXE=1 RXE=1',
    noNamed('uart0.CR', 'physmem write uart0.CR:TXE=1 uart0.CR:RXE=1'),
  ],
  ['write uart0.CR TXE 1', noNamed('uart0.CR', 'physmem write uart0.CR:TXE=1')],
  ['write uart0.CR.TXE 1', noNamed('uart0.CR.TXE', 'physmem write uart0.CR:TXE=1')],
  ['write uart0 CR=1', noNamed('uart0', 'physmem write uart0.CR=1')],
  ['write demo.CONTROL MODE=Fast', noNamed('demo.CONTROL', 'physmem write demo.CONTROL:MODE=Fast')],
  ['write gpio.OUT 7:4=1', noNamed('gpio.OUT', 'physmem write gpio.OUT:7:4=1')],
  // There is no such field.
  ['write uart0.CR EN=1', noNamed('uart0.CR')],
  [
    'write uart0.CR:TXE=1,RXE=1',
    '"uart0.CR:TXE=1,RXE=1" is not an assignment: expected one value, not 1,RXE and 1, did you mean physmem write uart0.CR:TXE=1 uart0.CR:RXE=1?',
  ],
  [
    'wait uart0.FR TXFE=1',
    '"uart0.FR" is not a condition: expected NAME=VALUE, or !=, <, <=, >, >= (in quotes), such as UART0.FR:TXFE=1, did you mean physmem wait uart0.FR:TXFE=1?',
  ],
  ['read uart0.CR TXE', `"TXE" ${noPlace}, did you mean physmem read uart0.CR:TXE?`],
  ['read uart0 FR', 'nothing here is named "FR", did you mean uart0.FR?'],
  [
    'read uart0.CR:TXE,RXE',
    `"uart0.CR:TXE,RXE" ${noPlace}, did you mean physmem read uart0.CR:TXE uart0.CR:RXE?`,
  ],
  ['read uart0.FR:[7:4]', `"uart0.FR:[7:4]" ${noPlace}, did you mean physmem read uart0.FR:7:4?`],
  [
    'read uart0.FRbits[7:4]',
    `"uart0.FRbits[7:4]" ${noPlace}, did you mean physmem read uart0.FR:7:4?`,
  ],
  ['read uart0.FR [7:4]', `"[7:4]" ${noPlace}, did you mean physmem read uart0.FR:7:4?`],
  ['ls uart0', notCommand('ls', 'physmem read uart0')],
  ['ls uart', notCommand('ls', 'list')],
  ['ls pci', notCommand('ls', 'list')],
  ['get uart0.FR', notCommand('get', 'physmem read uart0.FR')],
  ['set uart0.CR 1', notCommand('set', 'physmem write uart0.CR=1')],
  ['set uart0.CR TXE=1', notCommand('set', 'physmem write uart0.CR:TXE=1')],
  ['set uart0.CR EN=1', notCommand('set', 'write')],
]
