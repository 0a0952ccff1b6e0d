import { readdirSync } from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';
import { beforeAll, describe, expect, test } from 'vitest';
import { providerCode } from '../../components/handled-resource.ts';

const project = path.resolve(import.meta.dirname, '../..');
const folders = readdirSync(path.join(project, 'components'), { recursive: true, encoding: 'utf8' })
  .filter((file) => path.basename(file) === 'handler.ts')
  .map((file) => path.dirname(file));

/** What each method said when it was called with nothing, by folder. */
let said: Record<string, Record<string, string>>;

/** Runs the code as Pulumi's provider process does. In a process of its own: Vitest rewrites `import()`. */
beforeAll(async () => {
  const program = `
    const { createRequire } = require('node:module');
    const fromPulumi = createRequire(createRequire(process.cwd() + '/x.js').resolve('@pulumi/pulumi'));
    (async () => {
      const said = {};
      for (const [folder, code] of Object.entries(JSON.parse(process.argv[1]))) {
        said[folder] = {};
        for (const name of ['check', 'diff', 'create', 'read', 'update', 'delete']) {
          const run = async () => (await fromPulumi('require-from-string')(code).handler())[name]();
          said[folder][name] = await run().then(() => 'it ran', (error) => error.message);
        }
      }
      process.stdout.write(JSON.stringify(said));
    })();`;
  const codes = [...folders, 'no-such-thing'].map((folder) => [folder, providerCode(folder)]);
  const argument = JSON.stringify(Object.fromEntries(codes));
  const { stdout } = await execa(process.execPath, ['-e', program, argument], { cwd: project });
  said = JSON.parse(stdout) as typeof said;
}, 60_000);

describe('the code that is stored with each resource of our own', () => {
  test('there are handlers to look at', () => {
    expect(folders).toEqual(expect.arrayContaining(['boot-mode', 'boot-script', 'image-artifact']));
  });

  test.each(folders)('of %s is small and calls a handler that has every method', (folder) => {
    expect(providerCode(folder).length).toBeLessThan(120);
    for (const message of Object.values(said[folder] ?? {})) {
      expect(message).not.toMatch(/is not a function|Cannot find (module|package)/);
    }
  });

  test('a handler that is not there fails the call', () => {
    expect(said['no-such-thing']?.['check']).toMatch(/Cannot find/);
  });
});
