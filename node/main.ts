#!/usr/bin/env node
import { waitForNoQuietMoment } from './garbage-collection.ts';

waitForNoQuietMoment();
const { runCommandLine } = await import('./cli/command-line.ts');
process.exitCode = await runCommandLine(process.argv.slice(2));
