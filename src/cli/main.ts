#!/usr/bin/env node
import { partFor } from './everyday.ts'

// The build makes a file of each of these, which differ in what is left out of them.
const part = partFor(process.argv.slice(2))
if (part === 'everyday') import('./parts/everyday.ts')
else if (part === 'looking') import('./parts/looking.ts')
else import('./parts/whole.ts')
