import { readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { BLOCK_KEYS } from './blocks.ts'
import { FIELD_KEYS } from './fields.ts'
import { BEHAVIOUR_KEYS } from './kinds.ts'
import { applyOverlay, overlayBase } from './overlay/device.ts'
import { DEVICE_KEYS, readYaml } from './read.ts'
import { CLUSTER_KEYS, REGISTER_KEYS } from './registers.ts'
import { complete, fieldOf, issuesOf, read, registerOf, sourceOf } from './testing/text.ts'

const root = new URL('../../../', import.meta.url)
const page = readFileSync(new URL('docs/register-yaml.md', root), 'utf8')
const schema = readFileSync(new URL('docs/schemas/yaml/registers.json', root), 'utf8')
const validate = new Ajv({
  ...{ allowUnionTypes: true, strictTuples: false, strictTypes: false, strictRequired: false },
}).compile(JSON.parse(schema))

const blocks = [...page.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, text = '']) => text)
const shown = [...page.matchAll(/^\$ cat \S+\.yaml\n(.*?)^\$ /gms)].map(([, text = '']) => text)
const [example = '', overlay = ''] = blocks

/** A description of what the overlay of the page changes. */
const CHIP = `
name: chip
blocks:
  UART0: { registers: { UART_DR: 0, UART_FR: { offset: 0x18, fields: { TXFE: 7 } }, ID0: 0x20, ID1: 0x24 } }
  SECRET1: { registers: { KEY: 0 } }
`

describe('docs/register-yaml.md', () => {
  it.each([['the example', example], ...shown.map((text) => ['a file that is shown', text])])(
    'has in %s a description without a mistake',
    (_what, text = '') => {
      expect(issuesOf(read(text))).toEqual([])
      validate(parse(text))
      expect(validate.errors ?? []).toEqual([])
    },
  )

  it('has an overlay that does what it says', () => {
    expect(blocks).toHaveLength(2)
    expect(overlayBase(sourceOf(overlay))).toBe('chip.svd')
    const others = { 'common.yaml': '_modify: { vendor: Example }' }
    const made = complete(applyOverlay(read(CHIP), sourceOf(overlay, 'fix.yaml', others)))
    expect(issuesOf(made)).toEqual([])
    expect(made.device).toMatchObject({
      vendor: 'Example',
      blocks: [{ description: 'The console' }],
    })
    expect(registerOf(made, 'UART0.FR')).toMatchObject({
      access: 'read-only',
      readEffect: 'none',
      reset: 0x90n,
    })
    expect(fieldOf(made, 'UART0.FR', 'TXFE').enumerations?.[0]?.values).toHaveLength(2)
    expect(registerOf(made, 'UART0.DR').readEffect).toBe('modify')
    expect(registerOf(made, 'UART0.ICR').writeEffect).toBe('one-to-clear')
    expect(registerOf(made, 'UART0.ID%s').repeat?.count).toBe(2)
  })

  it('explains every key', () => {
    const keys = [DEVICE_KEYS, BLOCK_KEYS, REGISTER_KEYS, CLUSTER_KEYS, FIELD_KEYS].flat()
    const own = keys.filter((key) => !BEHAVIOUR_KEYS.includes(key) || key === 'kind')
    for (const key of own) expect(page).toMatch(new RegExp(`\`${key}(: true)?\``))
  })

  it('has a page of a description that is read from where it is named', () => {
    expect(readYaml(sourceOf(shown[0] ?? '', 'thermo.yaml')).device.name).toBe('thermo')
  })
})
