// One line a step on stderr, with its time; what a command prints is shown only when it fails.
import { spawn } from 'node:child_process'
import { root } from './root.mjs'

/** Runs a command to its end. Rejects, with the end of its output, when it fails. */
export function command(program, ...args) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    child.stdout.on('data', (text) => {
      output += text
    })
    child.stderr.on('data', (text) => {
      output += text
    })
    child.on('error', reject)
    child.on('close', (code) => {
      if (code === 0) resolve(output)
      else reject(new Error(`${[program, ...args].join(' ')} failed:\n${output.slice(-4000)}`))
    })
  })
}

/** Runs `work` and says so. */
export async function step(title, work) {
  const start = performance.now()
  process.stderr.write(`set-up: ${title} …\n`)
  const result = await work()
  process.stderr.write(`set-up: ${title}: ${((performance.now() - start) / 1000).toFixed(1)} s\n`)
  return result
}
