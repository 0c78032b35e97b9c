import type { Completions, Lines, OpenLines, Typing } from '../frame/prompt/lines.ts'

export interface TypedOptions {
  /** Called with what a line is asked with, before it is given. */
  onAsk?: (typing: Typing) => void | Promise<void>
  /** Called when a line has begun, with what presses Ctrl-C. */
  onRun?: (text: string, interrupt: () => void) => void
}

/** Somebody who types these lines, and then Ctrl-D: prompts and lines are printed as a terminal shows them. */
export function typed(texts: readonly string[], { onAsk, onRun }: TypedOptions = {}): OpenLines {
  return (io): Lines => {
    const left = [...texts]
    let control = new AbortController()
    let last = ''
    return {
      get signal() {
        return control.signal
      },
      async next(typing) {
        control = new AbortController()
        await onAsk?.(typing)
        const text = left.shift()
        io.stdout.write(`${typing.prompt}${text ?? ''}\n`)
        last = text ?? ''
        return text
      },
      async during(act) {
        control = new AbortController()
        const { signal } = control
        onRun?.(last, () => control.abort())
        return await act({ ...io, interrupted: () => signal })
      },
      lent: (act) => act(),
      close() {},
    }
  }
}

/** What is offered for a line, as a list of what it may become. */
export async function completed({ complete }: Typing, line: string): Promise<string[]> {
  const { texts, replaced }: Completions = await complete(line)
  return texts.map((text) => line.slice(0, line.length - replaced.length) + text)
}
