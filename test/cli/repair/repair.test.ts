import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { describe as told } from '../../../cli/repair/describe.ts';
import { diagnose } from '../../../cli/repair/diagnose.ts';
import { restore, setAsideNames } from '../../../cli/repair/restore.ts';
import { stateFiles, type StateFiles } from '../../../cli/repair/state-file.ts';
import { sampleState } from './sample-state.ts';

let folder: string;
let files: StateFiles;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bootfleet-repair-'));
  files = stateFiles(folder, { project: 'bootfleet', stack: 'local' });
  await mkdir(dirname(files.state), { recursive: true });
  await mkdir(files.backups, { recursive: true });
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

const at = new Date('2026-11-21T13:05:09.120Z');
const whole = sampleState('2026-11-21T10:00:02Z', 5);
const before = sampleState('2026-11-21T10:00:01Z', 4);
const older = sampleState('2026-11-21T09:00:00Z', 2);

async function mend(): Promise<void> {
  const found = await diagnose('local', files);
  await restore(files, found, setAsideNames(files, found, at));
}

const inStacks = async (): Promise<string[]> => (await readdir(dirname(files.state))).sort();

describe('a state', () => {
  test('that is whole is left alone', async () => {
    await writeFile(files.state, whole);
    await writeFile(files.note, '{"md5":"x"}');
    expect(await diagnose('local', files)).toEqual({
      content: { time: '2026-11-21T10:00:02Z', resources: 5 },
    });
    await mend();
    expect(await inStacks()).toEqual(['local.json', 'local.json.attrs']);
    expect(await readFile(files.state, 'utf8')).toBe(whole);
  });

  test('that is empty is replaced by the step before, and kept beside it', async () => {
    await writeFile(files.state, '');
    await writeFile(files.previous, before);
    expect((await diagnose('local', files)).state).toEqual({
      broken: 'is empty',
      restore: { file: files.previous, time: '2026-11-21T10:00:01Z', resources: 4 },
    });
    await mend();
    expect(await inStacks()).toEqual(['local.json', 'local.json.bak', 'local.json.broken-20261121T130509Z']);
    expect(await readFile(files.state, 'utf8')).toBe(before);
  });

  test('that is cut is kept to the byte', async () => {
    await writeFile(files.state, whole.slice(0, 70));
    await writeFile(files.previous, before);
    await mend();
    expect(await readFile(`${files.state}.broken-20261121T130509Z`, 'utf8')).toBe(whole.slice(0, 70));
  });

  test('whose step before is broken too is replaced by the newest backup that is whole', async () => {
    await writeFile(files.state, '');
    await writeFile(files.previous, whole.slice(0, 9));
    // The number in the name counts, not the file's own time.
    for (const [name, text] of [
      ['local.99.json', older],
      ['local.1795254712308375576.json', before],
      ['local.1795254716645129408.json', ''],
      ['other.1795254716645129409.json', whole],
    ] as const)
      await writeFile(join(files.backups, name), text);
    await utimes(join(files.backups, 'local.99.json'), at, at);
    expect((await diagnose('local', files)).state?.restore).toMatchObject({
      file: join(files.backups, 'local.1795254712308375576.json'),
      resources: 4,
    });
  });

  test('without an earlier one is named, and left', async () => {
    await writeFile(files.state, '');
    await expect(diagnose('local', files)).rejects.toMatchObject({ code: 'BF2005' });
    expect(await inStacks()).toEqual(['local.json']);
  });

  test('that is not there is none: a stack that was removed is not brought back', async () => {
    await writeFile(files.previous, before);
    await expect(diagnose('local', files)).rejects.toMatchObject({ code: 'BF2004' });
  });

  test('whose note is empty loses the note, nothing else', async () => {
    await writeFile(files.state, whole);
    await writeFile(files.previous, before);
    await writeFile(files.note, '');
    await mend();
    expect(await inStacks()).toEqual([
      'local.json',
      'local.json.attrs.broken-20261121T130509Z',
      'local.json.bak',
    ]);
    expect(await readFile(files.state, 'utf8')).toBe(whole);
  });

  test('is mended after a repair that was killed, wherever that was', async () => {
    await writeFile(files.state, '');
    await writeFile(files.previous, before);
    await writeFile(`${files.state}.repair`, before.slice(0, 10));
    await writeFile(`${files.state}.broken-20261121T130509Z`, '');
    await mend();
    expect(await readFile(files.state, 'utf8')).toBe(before);
    expect(await diagnose('local', files)).not.toHaveProperty('state');
  });
});

describe('what a person is told', () => {
  const state = {
    broken: 'is empty',
    restore: { file: '/s/local.json.bak', time: '2026-11-21T10:00:01Z', resources: 4 },
  };
  const where = stateFiles('/s', { project: 'bootfleet', stack: 'local' });
  const aside = setAsideNames(where, { state }, at);
  const none = { locks: [], processes: [] };

  test('before', () => {
    expect(told('local', where, { state }, aside, false, none)).toEqual([
      'The state of stack local is empty: /s/.pulumi/stacks/bootfleet/local.json',
      'Would be restored: local.json.bak, saved 2026-11-21T10:00:01Z, 4 resources.',
      'Would be kept: the broken one, as local.json.broken-20261121T130509Z.',
      'Nothing was changed. To do it: bootfleet repair local --yes',
    ]);
  });

  test('afterwards, with a lock of a command that is gone', () => {
    const lock = { file: '/l', holder: 'me', process: 'gone' } as const;
    const lines = told('local', where, { state }, aside, true, { ...none, locks: [lock] });
    expect(lines[1]).toBe('Was restored: local.json.bak, saved 2026-11-21T10:00:01Z, 4 resources.');
    expect(lines.slice(-3)).toEqual([
      'A command that was ended has left its lock on stack local: me.',
      'Was removed: the lock.',
      'Go on with: pulumi up --stack local',
    ]);
  });

  test('of a lock and processes alone', () => {
    const locks = [{ file: '/l', holder: 'me', process: 'gone' } as const];
    const left = { locks, processes: [17, 19] };
    expect(told('local', where, { content: { time: '', resources: 3 } }, {}, false, left)).toEqual([
      'The state of stack local is whole: never used, 3 resources.',
      'A command that was ended has left its lock on stack local: me.',
      'Would be removed: the lock.',
      'A command that was ended has left processes that wait for it in vain: 17, 19.',
      'Would be ended: these processes.',
      'Nothing was changed. To do it: bootfleet repair local --yes',
    ]);
  });

  test('of a state that is whole', () => {
    expect(told('local', where, { content: { time: '', resources: 0 } }, {}, false, none)).toEqual([
      'The state of stack local is whole: never used, 0 resources.',
    ]);
  });
});
