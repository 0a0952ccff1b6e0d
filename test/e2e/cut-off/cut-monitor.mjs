import net from 'node:net';

// Loaded into each Node process before its own program (NODE_OPTIONS=--import). In a Pulumi program it stands between
// the program and the engine's monitor, and cuts that connection, once, when the program sends the text that CUT_AT
// names: what the program sees of an engine that ends the connection early.
const at = process.env['CUT_AT'];
const place = process.argv.indexOf('--monitor') + 1;

if (at && place > 0) {
  const [host, port] = process.argv[place].split(':');
  let cut = false;
  const proxy = net.createServer((program) => {
    const engine = net.connect(Number(port), host);
    const end = () => {
      program.destroy();
      engine.destroy();
    };
    for (const side of [program, engine]) side.on('error', end).on('close', end);
    engine.pipe(program);
    program.on('data', (chunk) => {
      if (!cut && chunk.includes(at)) {
        cut = true;
        process.stderr.write(`cut at ${at}\n`);
        end();
      } else engine.write(chunk);
    });
  });
  await new Promise((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  // Like a connection without the proxy, it keeps the program alive only by what Pulumi waits for.
  proxy.unref();
  process.argv[place] = `127.0.0.1:${proxy.address().port}`;
}
