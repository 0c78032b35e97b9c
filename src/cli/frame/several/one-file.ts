/** Why stores at these places are not for several targets: a file is one, wherever the targets are. */
export function storesInFile(texts: readonly string[]): string | undefined {
  const found = texts.some((text) => /(?:^|@)file:/i.test(text))
  return found ? 'what is stored in a file is of one target' : undefined
}
