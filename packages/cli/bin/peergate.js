#!/usr/bin/env node
import { runCli } from '../dist/run-cli.js'
import { processTerminal } from '../dist/output/terminal.js'

process.exitCode = await runCli(process.argv.slice(2), processTerminal())
