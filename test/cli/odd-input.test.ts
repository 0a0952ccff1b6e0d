import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { main } from '../../cli/main.ts';
import { runs } from '../property-runs.ts';

/** A project in which nothing is as it should be. */
const project = mkdtempSync(path.join(tmpdir(), 'bootfleet-odd-'));
mkdirSync(path.join(project, 'stacks', 'folder.fleet.yaml'), { recursive: true });
mkdirSync(path.join(project, 'stacks', 'Pulumi.settings-folder.yaml'));
const files: Record<string, string | Uint8Array> = {
  'Pulumi.yaml': 'name: demo\nruntime: nodejs\n',
  'stacks/bad.fleet.yaml': 'fleet: [\n',
  'stacks/Pulumi.torn.yaml': 'config:\n  bootfleet:fleetFile: "x\n',
  'stacks/Pulumi.list.yaml': '- 1\n',
  'stacks/Pulumi.empty.yaml': '',
  'stacks/Pulumi.twice.yaml': 'config: { a: 1 }\nconfig: { a: 2 }\n',
  'stacks/Pulumi.latin.yaml': Buffer.from('config: { a: caf\u00e9 }\n', 'latin1'),
  'stacks/Pulumi.secret.yaml': 'config:\n  bootfleet:fleetFile: { secure: abc }\n',
  'stacks/Pulumi.blank.yaml': 'config:\n  bootfleet:fleetFile: ""\n',
  'stacks/Pulumi.other.yaml': 'config:\n  bootfleet:fleetFile: stacks/folder.fleet.yaml\n',
};
for (const [name, content] of Object.entries(files)) writeFileSync(path.join(project, name), content);
afterAll(() => {
  rmSync(project, { recursive: true });
});

let said = '';
beforeEach(() => {
  said = '';
  const keep = (text: string | Uint8Array): boolean => {
    said += String(text);
    return true;
  };
  vi.spyOn(process.stdout, 'write').mockImplementation(keep);
  vi.spyOn(process.stderr, 'write').mockImplementation(keep);
  vi.spyOn(process, 'cwd').mockReturnValue(project);
  vi.stubEnv('BOOTFLEET_DATA', path.join(project, 'data'));
  vi.stubEnv('BOOTFLEET_HOME', path.join(project, 'home'));
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

const commandsOfFleets = ['validate', 'plan', 'status', 'leaks'];

describe('odd input is explained', () => {
  test.each<[string, string[], number, RegExp]>([
    ['an empty argument', ['validate', ''], 2, /BF1900: .*an argument is empty/],
    ['an empty option', ['validate', '--file='], 2, /BF1900: .*--file is empty/],
    ['an empty option in two words', ['plan', '--file', ''], 2, /BF1900: .*--file is empty/],
    ['a stack out of the folder', ['status', '../../etc/passwd'], 2, /BF1900: .*is no stack's name/],
    ['a stack that is an option', ['leaks', '--', '--all'], 2, /BF1900: .*is no stack's name/],
    ['a stack with blanks', ['repair', 'my stack'], 2, /BF1900: .*is no stack's name/],
    ['a stack that is too long', ['validate', 'x'.repeat(300)], 2, /BF1900: .*is no stack's name/],
    ['a server that is too long', ['console', 'x'.repeat(300)], 2, /BF1900: .*is no server's name/],
    ['a server of a stack that cannot be', ['console', 'edge-1', '..'], 2, /BF1900: .*is no stack's name/],
    ['no fleet file', ['validate', 'none'], 1, /BF1001: stack none has no fleet file/],
    ['a folder as fleet file', ['validate', 'folder'], 1, /BF1023: .*EISDIR/],
    ['the same by a full name', ['validate', 'acme/demo/folder'], 1, /BF1023: .*EISDIR/],
    ['the same with an organisation', ['plan', 'acme/folder'], 1, /BF1023: .*EISDIR/],
    ['settings by a full name', ['status', 'acme/demo/other'], 1, /BF1023: .*EISDIR/],
    ['an organisation of files', ['repair', 'acme/local'], 1, /BF2010: .*organization\/demo\/local/s],
    ['a fleet file in a file', ['validate', '--file', 'Pulumi.yaml/x'], 1, /BF1023: .*ENOTDIR/],
    ['a fleet file that is no YAML', ['validate', 'bad'], 1, /BF1002: .*bad.fleet.yaml:2:1/],
    [
      'settings that are no YAML',
      ['validate', 'torn'],
      1,
      /BF1031: .*Pulumi.torn.yaml cannot be read: line \d+/,
    ],
    ['settings that are no UTF-8', ['plan', 'latin'], 1, /BF1031: .*UTF-8/],
    ['settings that are a folder', ['status', 'settings-folder'], 1, /BF1031: .*EISDIR/],
    ['settings that are a list', ['validate', 'list'], 1, /BF1001: stack list/],
    ['settings that are empty', ['leaks', 'empty'], 1, /BF1001: stack empty/],
    ['settings with a secret in the place of a path', ['validate', 'secret'], 1, /BF1001: stack secret/],
    ['settings with an empty path', ['validate', 'blank'], 1, /BF1001: stack blank/],
    ['settings that name a folder', ['validate', 'other'], 1, /BF1023: .*EISDIR/],
    ['a state that is not there', ['repair', 'none'], 1, /BF2004: /],
    ['the same by a full name', ['repair', 'organization/demo/none'], 1, /BF2004: .*stacks\/demo\/none.json/],
  ])('%s', async (_name, argv, status, message) => {
    expect(await main(argv), said).toBe(status);
    expect(said).toMatch(message);
    expect(said).not.toMatch(/\n {4}at |bug in bootfleet/);
  });

  test('what the system refuses is no bug of ours, wherever it is noticed', async () => {
    // A file lies where a folder of the state should be.
    mkdirSync(path.join(project, 'data', 'state', '.pulumi', 'stacks', 'demo'), { recursive: true });
    mkdirSync(path.join(project, 'data', 'state', '.pulumi', 'stacks', 'demo', 'torn.json'));
    expect(await main(['repair', 'torn'])).toBe(1);
    expect(said).toMatch(/BF1032: .*EISDIR/);
    expect(said).not.toContain('bug in bootfleet');
  });

  test('with --json too', async () => {
    expect(await main(['validate', 'torn', '--json'])).toBe(1);
    expect(JSON.parse(said)).toMatchObject({ error: { code: 'BF1031' } });
  });

  test('any words on a command line', async () => {
    const word = fc.oneof(
      fc.constantFrom(
        ...Object.keys(files),
        'bad',
        'torn',
        'list',
        'folder',
        '--json',
        '--file',
        '--file=',
        '--help',
        '--',
      ),
      fc.constantFrom(
        '-',
        '--yes=1',
        '--no-json',
        '-f',
        '/',
        '.',
        '..',
        '\u0000',
        '\ud800',
        '__proto__',
        'constructor',
        '-h',
      ),
      fc.string({ maxLength: 5 }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...commandsOfFleets, 'console', 'repair'),
        fc.array(word, { maxLength: 4 }),
        async (name, words) => {
          said = '';
          const status = await main([name, ...words]);
          expect([0, 1, 2], said).toContain(status);
          expect(said).not.toMatch(/\n {4}at |bug in bootfleet/);
        },
      ),
      { numRuns: runs(150) },
    );
  });
});
