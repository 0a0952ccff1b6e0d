import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isPrivileged, metadataRoute, stateDetailOf } from '../../../localcloud/metadata/routes.ts';
import { textForm } from '../../../localcloud/metadata/text-form.ts';
import { runs } from '../../property-runs.ts';

test('lists by number, objects by name, values for a shell', () => {
  const conf = {
    id: 'x',
    tags: ['demo', "it's"],
    public_ip: { address: '127.66.0.7', dynamic: false },
    bootscript: null,
    'ssh-keys': [{ key: 'ssh-ed25519 AAAA' }],
  };
  expect(textForm(conf)).toBe(
    [
      'ID=x',
      'TAGS=2',
      'TAGS_0=demo',
      `TAGS_1='it'\\''s'`,
      "PUBLIC_IP='ADDRESS DYNAMIC'",
      'PUBLIC_IP_ADDRESS=127.66.0.7',
      'PUBLIC_IP_DYNAMIC=False',
      'BOOTSCRIPT=',
      'SSH_KEYS=1',
      'SSH_KEYS_0=KEY',
      "SSH_KEYS_0_KEY='ssh-ed25519 AAAA'",
      '',
    ].join('\n'),
  );
});

test('a shell reads back any value, and runs nothing', () => {
  const value = fc
    .string({ maxLength: 30 })
    .filter((text) => !text.includes('\0') && !/[\ud800-\udfff]/.test(text));
  fc.assert(
    fc.property(value, (name) => {
      const script = `${textForm({ name })}printf '%s|' "$NAME"`;
      expect(execFileSync('sh', ['-c', script], { encoding: 'utf8' })).toBe(`${name}|`);
    }),
    { numRuns: runs(60) },
  );
});

test.each([
  ['GET', '/conf', { kind: 'conf', format: 'text' }],
  ['GET', '/conf?format=json', { kind: 'conf', format: 'json' }],
  ['GET', '/user_data/', { kind: 'list-user-data', format: 'text' }],
  ['GET', '/user_data/cloud-init', { kind: 'get-user-data', key: 'cloud-init' }],
  ['PATCH', '/user_data/a.b', { kind: 'set-user-data', key: 'a.b' }],
  ['DELETE', '/user_data/a', { kind: 'delete-user-data', key: 'a' }],
  ['PATCH', '/state', { kind: 'set-state' }],
  ['GET', '/state', { kind: 'refused', status: 405 }],
  ['POST', '/conf', { kind: 'refused', status: 405 }],
  ['GET', '/user_data/a%2Fb', { kind: 'refused', status: 404 }],
  ['GET', '/user_data/a/b', { kind: 'refused', status: 404 }],
  ['GET', '/', { kind: 'refused', status: 404 }],
  ['GET', 'http://[', { kind: 'refused', status: 404 }],
] as const)('%s %s', (method, target, route) => {
  expect(metadataRoute(method, target)).toEqual(route);
});

test('ports below 1024 alone are privileged', () => {
  expect([undefined, 0, 1, 1023, 1024, 65535].map(isPrivileged)).toEqual([
    false,
    false,
    true,
    true,
    false,
    false,
  ]);
});

test('state: a short printable text or nothing', () => {
  const read = (text: string): string | undefined => stateDetailOf(Buffer.from(text));
  expect(read('{"state_detail": "booted"}')).toBe('booted');
  for (const bad of [
    '',
    'null',
    '{}',
    '{"state_detail": 1}',
    '{"state_detail":"a\\u001b[2J"}',
    `{"state_detail":"${'x'.repeat(201)}"}`,
  ])
    expect(read(bad)).toBeUndefined();
});
