import { expect, test } from 'vitest';
import type { CloudEndpoints } from '../../../clouds/scaleway/endpoints.ts';
import {
  differingVariables,
  keptFromProvider,
  providerVariables,
  refuseForeignVariables,
} from '../../../components/fleet/foreign-variables.ts';

const endpoints = {
  local: true,
  api: 'http://127.0.0.1:40001',
  accessKey: 'SCW00000000000000000',
  secretKey: 'very-secret',
  projectId: 'project',
  zone: 'fr-par-1',
  region: 'fr-par',
} as CloudEndpoints;

const right = {
  SCW_API_URL: 'http://127.0.0.1:40001/',
  SCW_ACCESS_KEY: 'SCW00000000000000000',
  SCW_SECRET_KEY: 'very-secret',
  SCW_DEFAULT_PROJECT_ID: 'project',
  SCW_DEFAULT_ZONE: 'fr-par-1',
  SCW_DEFAULT_REGION: 'fr-par',
};

test('what is not set, is empty or is what is needed does no harm', () => {
  expect(differingVariables(endpoints, {})).toEqual([]);
  expect(differingVariables(endpoints, { SCW_API_URL: '', SCW_PROFILE: 'work' })).toEqual([]);
  expect(differingVariables(endpoints, right)).toEqual([]);
});

test.each(Object.keys(right))('%s that differs is refused by its name, never shown', (name) => {
  const env = { ...right, [name]: 'https://api.scaleway.com/hunter2' };
  expect(differingVariables(endpoints, env)).toEqual([name]);
  expect(() => {
    refuseForeignVariables(endpoints, env);
  }).toThrow(new RegExp(`BF1417: ${name} differ[^]*unset ${name}$`));
  expect(() => {
    refuseForeignVariables(endpoints, env);
  }).not.toThrow(/hunter2|very-secret/);
});

test.each([
  ['SCALEWAY_ACCESS_KEY', 'SCW_ACCESS_KEY'],
  ['SCW_TOKEN', 'SCW_SECRET_KEY'],
  ['SCALEWAY_TOKEN', 'SCW_SECRET_KEY'],
  ['SCW_REGION', 'SCW_DEFAULT_REGION'],
  ['SCALEWAY_REGION', 'SCW_DEFAULT_REGION'],
])('%s, the older name of %s, counts where that is not set', (older, name) => {
  expect(differingVariables(endpoints, { [older]: 'x' })).toContain(older);
  const both = { ...right, [older]: 'x' };
  expect(differingVariables(endpoints, both)).toEqual([]);
  expect(differingVariables(endpoints, { ...both, [name]: '' })).toEqual([older]);
});

test('nothing of the cloud is left to the environment of a local stack, also what is empty', () => {
  const env = { ...Object.fromEntries(providerVariables.map((name) => [name, ''])), ...right, PATH: '/bin' };
  const cloud = { kind: 'scaleway', zone: 'fr-par-1', endpoint: 'local' } as const;
  expect(keptFromProvider(cloud, env)).toEqual(providerVariables);
  expect(keptFromProvider(cloud, { PATH: '/bin', SCW_PROFILE: 'work' })).toEqual([]);
});

test('a stack on the real cloud keeps its keys and project, and what says where it is must be right', () => {
  const cloud = { kind: 'scaleway', zone: 'fr-par-1' } as const;
  const keys = { SCW_ACCESS_KEY: 'a', SCW_SECRET_KEY: 's', SCW_DEFAULT_PROJECT_ID: 'p' };
  const good = {
    SCW_API_URL: 'https://api.scaleway.com',
    SCW_DEFAULT_ZONE: 'fr-par-1',
    SCW_REGION: 'fr-par',
  };
  expect(keptFromProvider(cloud, { ...keys, ...good })).toEqual([]);
  const bad = { SCW_API_URL: 'http://127.0.0.1:1', SCW_DEFAULT_ZONE: 'nl-ams-1', SCW_REGION: 'nl-ams' };
  expect(keptFromProvider(cloud, { ...keys, ...bad })).toEqual(Object.keys(bad));
  const other = { ...cloud, endpoint: 'https://cloud.example.org' } as const;
  expect(keptFromProvider(other, { ...keys, ...good })).toEqual(['SCW_API_URL']);
});
