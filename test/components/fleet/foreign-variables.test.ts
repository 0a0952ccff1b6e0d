import { expect, test } from 'vitest';
import type { CloudEndpoints } from '../../../clouds/scaleway/endpoints.ts';
import { differingVariables, refuseForeignVariables } from '../../../components/fleet/foreign-variables.ts';

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
