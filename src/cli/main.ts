#!/usr/bin/env node
import { isEveryday } from './everyday.ts'

// The build makes two files of this: one with little in it, which starts fast, and a whole one.
if (isEveryday(process.argv.slice(2))) import('./entry.ts')
else import('./whole.ts')
