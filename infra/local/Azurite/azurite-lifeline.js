// Loaded into Azurite's own process: ties its life to standard input, which the process that started it holds open.
// However that process ends, killed hard included, the pipe closes, and Azurite saves what it has and stops.
process.stdin.on('end', () => process.emit('message', 'shutdown') || process.exit());
process.stdin.on('error', () => {});
process.stdin.resume();
process.stdin.unref();

// Ctrl+C reaches every process of a terminal at once. Azurite must outlast those that still write to it.
const once = process.once;
process.once = (event, listener) => (event === 'SIGINT' ? process : once.call(process, event, listener));
process.on('SIGINT', () => {});
