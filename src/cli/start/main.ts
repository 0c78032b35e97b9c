#!/usr/bin/env node
import { mayBoardSay } from '../frame/board-here.ts'
import { runBundle } from './bundle.ts'
import { lessonOf, partFor } from './everyday.ts'
import { plainCommands, scriptOf } from './script.ts'

// The build makes a file of each part, which differ in what is left out of them.
const argv = process.argv.slice(2)
const held = plainCommands(scriptOf(argv))
const part = partFor(argv, process.env, mayBoardSay, held)
runBundle(`${__dirname}/${part}.js`, require, lessonOf(argv, held))
