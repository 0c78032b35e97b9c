/** `$&` in a name is a name: what stands in a text for data is given by a function, which nothing reads. */
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { expect, it } from 'vitest'

const src = fileURLToPath(new URL('.', import.meta.url))

/** The calls of `replace` and `replaceAll` in a text whose replacement is neither written there nor a function. */
function replacedByData(text: string): string[] {
  const found: string[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
      const [, replacement] = node.arguments
      if (/^replace(All)?$/.test(node.expression.name.text) && replacement !== undefined) {
        const isSafe =
          ts.isStringLiteralLike(replacement) ||
          ts.isArrowFunction(replacement) ||
          ts.isFunctionExpression(replacement)
        if (!isSafe) found.push(node.getText())
      }
    }
    ts.forEachChild(node, visit)
  }
  const file = ts.createSourceFile('a.ts', text, ts.ScriptTarget.Latest, true)
  visit(file)
  return found
}

const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter(
  (name) => name.endsWith('.ts') && !/\.test\.ts$|(^|\/)testing\//.test(name),
)

it('no text is replaced by data that `$` could be in', () => {
  const wrong = files.flatMap((file) => {
    const text = readFileSync(src + file, 'utf8')
    return /\breplace(All)?\(/.test(text)
      ? replacedByData(text).map((call) => `${file}: ${call}`)
      : []
  })
  expect(wrong).toEqual([])
})

it('such a call is found', () => {
  expect(replacedByData("a.replace('%s', name)")).toEqual(["a.replace('%s', name)"])
  expect(replacedByData("a.replace('%s', () => name).replace(/x/, '$1')")).toEqual([])
})
