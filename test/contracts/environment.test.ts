import { globSync, readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { resolveEndpoints } from '../../clouds/scaleway/endpoints.ts';
import { bootsAtOnce } from '../../components/boot-mode/boot-turns.ts';
import {
  cacheFolder,
  dataFolder,
  HomeUnknown,
  homeFolder,
  setting,
  userHome,
} from '../../contracts/environment.ts';
import { storageProgramCandidates } from '../../localcloud/storage/program.ts';
import { describeError } from '../../errors/error.ts';
import { backendUrl, stateFolder } from '../../scripts/setup/pulumi/backend.ts';

describe('an environment variable', () => {
  test.each([undefined, '', ' ', '\t\n'])('that is %j is not set', (empty) => {
    expect(setting({ BOOTFLEET_DATA: empty }, 'BOOTFLEET_DATA')).toBeUndefined();
    expect(cacheFolder({ BOOTFLEET_CACHE: empty, XDG_CACHE_HOME: '/x' })).toBe('/x/bootfleet');
    expect(cacheFolder({ BOOTFLEET_CACHE: empty, XDG_CACHE_HOME: empty, HOME: '/h' })).toBe(
      '/h/.cache/bootfleet',
    );
    expect(homeFolder({ BOOTFLEET_HOME: empty, XDG_DATA_HOME: empty, HOME: '/h' })).toBe(
      '/h/.local/share/bootfleet',
    );
    expect(dataFolder({ BOOTFLEET_DATA: empty }, '/p')).toBe('/p/.bootfleet');
    expect(storageProgramCandidates({ BOOTFLEET_CACHE: empty, XDG_CACHE_HOME: '/x' }).at(-1)).toMatch(
      /^\/x\/bootfleet\//,
    );
    expect(backendUrl({ PULUMI_BACKEND_URL: empty })).toMatch(/^file:\/\//);
    expect(path.isAbsolute(stateFolder({ BOOTFLEET_DATA: empty }))).toBe(true);
    expect(bootsAtOnce({ endpoint: 'local' }, { BOOTFLEET_BOOTS_AT_ONCE: empty }, 2)).toBe(8);
  });

  test('of the cloud that is empty is missing, and an empty address of the storage is none', async () => {
    const keys = { SCW_ACCESS_KEY: 'a', SCW_SECRET_KEY: 'b', SCW_DEFAULT_PROJECT_ID: 'c' };
    const cloud = { kind: 'scaleway', zone: 'fr-par-1' } as const;
    await expect(resolveEndpoints(cloud, { ...keys, SCW_SECRET_KEY: ' ' })).rejects.toThrow(
      /BF1402: .*SCW_SECRET_KEY/,
    );
    const { s3 } = await resolveEndpoints(cloud, { ...keys, BOOTFLEET_S3_ENDPOINT: '' });
    expect(s3.endpoint).toBe('https://s3.fr-par.scw.cloud');
  });

  test('with a folder is made absolute, and a relative one of XDG is ignored, as its specification says', () => {
    expect(cacheFolder({ BOOTFLEET_CACHE: 'c' })).toBe(path.resolve('c'));
    expect(homeFolder({ BOOTFLEET_HOME: 'h' })).toBe(path.resolve('h'));
    expect(cacheFolder({ XDG_CACHE_HOME: 'x' })).toBe(path.join(userInfo().homedir, '.cache', 'bootfleet'));
    expect(dataFolder({ BOOTFLEET_DATA: 'd' }, '/p')).toBe('/p/d');
  });
});

describe('the home directory', () => {
  const nobody = (): never => {
    throw new Error('A system error occurred: uv_os_get_passwd returned ENOENT (no such file or directory)');
  };

  test('is what HOME says, else what the user database says; a relative one is neither', () => {
    expect(userHome({ HOME: '/h' }, nobody)).toBe('/h');
    expect(userHome({}, () => ({ homedir: '/root' }))).toBe('/root');
    expect(userHome({ HOME: 'h' }, () => ({ homedir: '/root' }))).toBe('/root');
  });

  test('that nobody knows is told in one sentence, without a stack trace', () => {
    expect(() => userHome({}, nobody)).toThrow(HomeUnknown);
    expect(() => userHome({ HOME: ' ' }, () => ({ homedir: '' }))).toThrow(HomeUnknown);
    expect(describeError(new HomeUnknown())).toMatch(/^there is no home directory: HOME is not set[^\n]*$/);
  });

  test('is not needed where folders are named', () => {
    const env = { BOOTFLEET_CACHE: '/c', BOOTFLEET_HOME: '/h' };
    expect([cacheFolder(env), homeFolder(env)]).toEqual(['/c', '/h']);
  });

  test('has one reader', () => {
    const found = globSync(
      '{cli,clouds,components,console,contracts,formats,guest,localcloud,remote,scripts,stacks,standin,transfer,waiting}/**/*.ts',
    ).filter((file) => /\bhomedir\(\)|\bhomedir\b[^\n]* from 'node:os'/.test(readFileSync(file, 'utf8')));
    expect(found).toEqual([]);
  });
});

describe('the environment has one reader', () => {
  /** Variables in which empty means something, or that are handed on as they are. */
  const others = ['PATH', 'HOME', 'TERM', 'PULUMI_CONFIG_PASSPHRASE', 'PROPERTY_RUNS'];
  const elsewhere = /^(?:node_modules|test|bench|\.bootfleet)(?:\/|$)/;
  const files = globSync('**/*.ts', { exclude: (name) => elsewhere.test(name) }).filter(
    (file) => !elsewhere.test(file) && file !== 'contracts/environment.ts',
  );

  test('there are files to look at', () => {
    expect(files.length).toBeGreaterThan(300);
  });

  test('no other file reads a variable of ours', () => {
    const found = files.flatMap((file) => {
      const text = readFileSync(file, 'utf8');
      const indexed = [
        ...text.matchAll(/\benv(?:ironment)?\??\.?(?:\[\s*(['"`]?)([^\]]*?)\1\s*\]|\.([A-Z][A-Z0-9_]+))/g),
      ];
      const names = indexed.map(([, , inBrackets, behindDot]) => inBrackets ?? behindDot ?? '');
      const taken = /\}\s*=\s*(?:process\.)?env\b/.test(text) ? ['destructured'] : [];
      return [...names, ...taken].filter((name) => !others.includes(name)).map((name) => `${file}: ${name}`);
    });
    // What `bootfleet env` has made, not what is set.
    expect(found).toEqual(['scripts/demo-down.ts: PULUMI_BACKEND_URL']);
  });

  test('the architecture page names each of ours', () => {
    const page = readFileSync('docs/architecture.md', 'utf8');
    const reader = readFileSync('contracts/environment.ts', 'utf8');
    const ours = [...reader.matchAll(/\| '(BOOTFLEET_\w+)'/g)].map(([, name]) => name ?? '');
    expect(ours.length).toBeGreaterThan(4);
    expect(ours.filter((name) => !page.includes(name))).toEqual([]);
  });
});
