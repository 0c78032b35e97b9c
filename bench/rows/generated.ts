import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { transformSync } from 'esbuild'
import { command, root } from '../built.ts'
import { loop } from '../contender.ts'
import type { Row } from '../row.ts'
import type { Workshop } from '../workshop.ts'
import { contest } from './calls.ts'

const DESCRIPTION = `name: bench
blocks:
  UART0:
    base: 0x09000000
    size: 0x1000
    registers:
      CR:
        offset: 0x30
        fields:
          UARTEN: { bits: 0 }
          LBE: { bits: 7 }
          TXE: { bits: 8 }
          RXE: { bits: 9 }
          STOP: { bits: 3, values: { One: 0, Two: 1 } }
          LEVEL: { bits: 15:12 }
`

/** What the command generates, without its types: a module inside the project, which leads to it by name. */
function generated(workshop: Workshop): string {
  const [description, code] = [workshop.path('uart.yaml'), workshop.path('uart.ts')]
  writeFileSync(description, DESCRIPTION)
  const [node = '', ...args] = command
  execFileSync(node, [...args, 'codegen', description, '-o', code])
  const folder = join(root, 'build/bench')
  mkdirSync(folder, { recursive: true })
  const module = join(folder, 'uart.mjs')
  writeFileSync(module, transformSync(readFileSync(code, 'utf8'), { loader: 'ts' }).code)
  return module
}

export const generatedCode: Row[] = [
  {
    name: 'generated',
    what: "`uart.CR.modify({ UARTEN: true, STOP: 'Two' })` of generated code, per call",
    against: '`window.update32` with the mask and the bits written by hand',
    unit: 'ns',
    comparison: 'ratio',
    target: { atMost: 1.5 },
    measure: async (workshop) => {
      const file = workshop.file('generated', 65536)
      return contest(loop('generated', file, generated(workshop)), loop('update', file))
    },
  },
]
