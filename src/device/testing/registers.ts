import { findRegister } from '../../describe/lookup.ts'
import type { Block } from '../../describe/model.ts'
import { sharingInBlock } from '../../describe/sharing.ts'
import { readYaml } from '../../describe/yaml/index.ts'
import type { SettledRegister } from '../register.ts'

/** The block `X` of a YAML text of its registers, one a line of the text. */
export function blockOf(registers: string): Block {
  const lines = registers.trim().split('\n')
  const text = `blocks:\n  X:\n    base: 0x1000\n    registers:\n${lines.map((one) => `      ${one.trim()}`).join('\n')}\n`
  const { device, issues } = readYaml({
    name: 'test.yaml',
    text,
    open: () => {
      throw new Error('there is no other')
    },
  })
  const [block] = device.blocks
  const children = block?.children.length ?? 0
  if (block === undefined || children === 0 || issues.length > 0) {
    throw new Error(`${text}\n${issues.map(({ message }) => message).join('\n')}`)
  }
  return block
}

/** One register, `X.R`, of a YAML text such as `R: { offset: 0, fields: { A: 0 } }`. */
export function registerOf(text: string): SettledRegister {
  const block = blockOf(text)
  return locatedIn(block, block.children[0]?.name ?? '')
}

/** A register of such a block by its name. */
export function locatedIn(block: Block, name: string): SettledRegister {
  const found = findRegister(block, name)
  return {
    ...{ name: found.path, found, from: 'test.yaml', endian: 'little' },
    sharing: () => [...sharingInBlock(found)],
    place: { scheme: 'address', offset: 0x1000 + found.offset },
  }
}
