import { expect, test } from 'vitest';
import { describeCheck } from '../../../../components/rollout/health/describe-check.ts';

test.each([
  [{ http: {} }, 'http :80/'],
  [{ http: { port: 8080, path: '/health' } }, 'http :8080/health'],
  [{ tcp: { port: 443 } }, 'tcp :443'],
  [{ ssh: { command: ['rcctl', 'check', 'httpd'] } }, 'ssh rcctl check httpd'],
  [{ metadata: { state: 'booted' } }, 'metadata state booted'],
])('%o is called %s', (check, text) => {
  expect(describeCheck(check)).toBe(text);
});
