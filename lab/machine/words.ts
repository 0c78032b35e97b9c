/** One word: letters that mean nothing to a shell, and quoted ones in which nothing does, either. */
const word = /(?:[^\s'"\\$`|&;<>(){}*?[\]#~!]|'[^']*'|"[^"\\$`!]*")+/y
const space = /[ \t]*/y

/**
 * The words of a command line, as a shell takes them apart; undefined when it would do more than
 * that (variables, patterns, pipes, redirections, several commands).
 */
export function plainWords(commandLine: string): string[] | undefined {
  const words: string[] = []
  let at = 0
  const take = (pattern: RegExp): string => {
    pattern.lastIndex = at
    const found = pattern.exec(commandLine)?.[0] ?? ''
    at += found.length
    return found
  }
  for (take(space); at < commandLine.length; take(space)) {
    const found = take(word)
    if (found === '') return undefined
    words.push(found.replace(/'([^']*)'|"([^"]*)"/g, '$1$2'))
  }
  return words
}
