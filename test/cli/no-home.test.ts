import type * as os from 'node:os';
import { afterEach, expect, test, vi } from 'vitest';
import { main } from '../../cli/main.ts';

vi.mock('node:os', async (original) => ({
  ...(await original<typeof os>()),
  userInfo: () => {
    throw new Error('A system error occurred: uv_os_get_passwd returned ENOENT');
  },
  homedir: () => {
    throw new Error('A system error occurred: uv_os_homedir returned ENOENT');
  },
}));

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

test.each([
  [['local', 'status'], {}],
  [['repair'], { PULUMI_BACKEND_URL: 'file://~/state' }],
])('%j without a home directory says so, and how to give one', async (argv, env) => {
  const none = { HOME: '', BOOTFLEET_HOME: '', XDG_DATA_HOME: '' };
  for (const [name, value] of Object.entries({ ...none, ...env })) vi.stubEnv(name, value);
  let said = '';
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    said += String(text);
    return true;
  });
  expect(await main(argv)).toBe(1);
  expect(said).toMatch(/BF1033: user \d+ has no home directory[^]*export HOME=/);
  expect(said).not.toMatch(/\n {4}at |bug in bootfleet/);
});
