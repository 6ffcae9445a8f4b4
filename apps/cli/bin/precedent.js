#!/usr/bin/env node
import { runCli } from '../dist/main.js';

const INTERRUPTED = 130;
const code = await runCli(process.argv.slice(2));
// A result that could not be written has set a failure already.
process.exitCode ||= code;
// What was interrupted may still be under way here; everything that it had started has ended by now.
if (code === INTERRUPTED) process.exit();
