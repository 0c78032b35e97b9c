#!/usr/bin/env node
import { runBundle } from './bundle.ts'
import { lessonOf, partFor } from './everyday.ts'

// The build makes a file of each part, which differ in what is left out of them.
const argv = process.argv.slice(2)
runBundle(`${__dirname}/${partFor(argv, process.env)}.js`, require, lessonOf(argv))
