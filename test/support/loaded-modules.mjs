// Preloaded into gha by a test: what the process had loaded, said at its end.
process.on('exit', () => process.stderr.write(`\nloaded: ${process.moduleLoadList.join(' | ')}\n`))
