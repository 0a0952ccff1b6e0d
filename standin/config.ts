import { isIP } from 'node:net';
import { setting, type Environment, type VariableName } from '../contracts/environment.ts';
import { standInEndpoint } from '../errors/setup.ts';
import type { CheckProblem } from './schema/check.ts';
import type { Fields, Values } from './schema/fields.ts';
import { checkFields } from './schema/check.ts';
import { unknown } from './schema/values.ts';

/** Where the provider goes when nothing is said. */
const realApi = 'https://api.scaleway.com';

/** The provider's own arguments; https://www.pulumi.com/registry/packages/scaleway/installation-configuration/ */
export const configFields: Fields = {
  accessKey: { type: 'text' },
  apiUrl: { type: 'text' },
  organizationId: { type: 'text' },
  profile: { type: 'text' },
  projectId: { type: 'text' },
  region: { type: 'text' },
  secretKey: { type: 'text' },
  version: { type: 'text' },
  zone: { type: 'text' },
};

/** What the embedded cloud says of itself, as far as it matters here; see `resolveEndpoints`. */
export interface EmbeddedCloud {
  readonly api: string;
  readonly secretKey: string;
  readonly projectId: string;
  readonly zone: string;
}

/** What requests are made with. */
export interface ConnectionSettings {
  readonly api: string;
  readonly secretKey: string;
  readonly projectId: string;
  readonly zone: string;
}

/**
 * Everything that is wrong with the provider's arguments; values that are not known yet are taken as right. That an
 * address is the embedded cloud's is checked when a request is made; one that cannot be it is refused here already,
 * so that a preview says so.
 */
export function checkConfig(given: Values, env: Environment = process.env): CheckProblem[] {
  const problems = checkFields(configFields, given);
  const api = settingOf(given, env, 'SCW_API_URL', 'apiUrl') ?? realApi;
  if (api !== unknown && !isLoopback(api)) {
    const { message } = standInEndpoint({ given: api, embedded: 'on a loopback address' });
    problems.push({ property: 'apiUrl', reason: message });
  }
  const patterns: [string, RegExp, string][] = [
    ['accessKey', /^SCW[A-Z0-9]{17}$/, 'SCW and 17 capital letters or digits'],
    ['secretKey', /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, 'a UUID'],
    ['projectId', /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, 'a UUID'],
    ['zone', /^[a-z]{2}-[a-z]{3}-\d$/, 'a zone such as fr-par-1'],
    ['region', /^[a-z]{2}-[a-z]{3}$/, 'a region such as fr-par'],
  ];
  for (const [property, pattern, expected] of patterns) {
    const value = given[property];
    // The value itself may be a secret: it is not shown.
    if (typeof value === 'string' && value !== unknown && !pattern.test(value))
      problems.push({ property, reason: `expected ${expected}` });
  }
  return problems;
}

/**
 * Decides where requests go: as with the real provider, `SCW_*` of the environment beat the arguments. Anything but
 * the embedded cloud is refused, so that the stand-in can never touch something real.
 *
 * @param cloud the embedded cloud that runs now.
 * @throws BF1911
 */
export function connectionSettings(
  given: Values,
  env: Environment,
  cloud: EmbeddedCloud,
): ConnectionSettings {
  const value = (variable: VariableName, argument: string): string | undefined =>
    settingOf(given, env, variable, argument);
  const api = value('SCW_API_URL', 'apiUrl') ?? realApi;
  if (!isLoopback(api) || origin(api) !== origin(cloud.api))
    throw standInEndpoint({ given: api, embedded: cloud.api });
  return {
    api: cloud.api,
    // The token that was given, right or wrong: the cloud says whether it is good.
    secretKey: value('SCW_SECRET_KEY', 'secretKey') ?? cloud.secretKey,
    projectId: value('SCW_DEFAULT_PROJECT_ID', 'projectId') ?? cloud.projectId,
    zone: value('SCW_DEFAULT_ZONE', 'zone') ?? cloud.zone,
  };
}

/** An environment variable, else an argument; empty ones count as left out. */
function settingOf(
  given: Values,
  env: Environment,
  variable: VariableName,
  argument: string,
): string | undefined {
  const set = setting(env, variable);
  if (set !== undefined) return set;
  const argued = given[argument];
  return typeof argued === 'string' && argued !== '' ? argued : undefined;
}

function origin(url: string): string | undefined {
  return URL.parse(url)?.origin;
}

/** 127.0.0.0/8, ::1 and localhost. */
function isLoopback(url: string): boolean {
  const host = URL.parse(url)?.hostname ?? '';
  return host === 'localhost' || host === '[::1]' || (isIP(host) === 4 && host.startsWith('127.'));
}
