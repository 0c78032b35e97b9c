import { Program } from './program.ts'

/** The same program at addresses that are higher by so many bytes, and made for a memory that is aligned. */
export function movedBy(program: Program, bytes: number): Program {
  if (bytes === 0) return program
  return new Program(
    program.steps.map((step) =>
      'address' in step ? { ...step, address: step.address + bytes } : step,
    ),
  )
}

/** A program that was made for another memory is checked again, by what is aligned in this one. */
export function checkAlignment(program: Program, misalignment: number): void {
  if (program.misalignment !== misalignment) new Program(program.steps, misalignment)
}
