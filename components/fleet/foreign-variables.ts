import * as pulumi from '@pulumi/pulumi';
import type { CloudRef } from '../../clouds/cloud.ts';
import { apiUrl, type CloudEndpoints, regionOf } from '../../clouds/scaleway/endpoints.ts';
import { foreignVariables } from '../../errors/cloud.ts';

/** What the plugin takes from its environment. */
type Setting = 'api' | 'accessKey' | 'secretKey' | 'projectId' | 'zone' | 'region';

/**
 * By which variables, the first that is set counting; the later ones are those of older tools.
 * Source: LoadEnvProfile in scaleway-sdk-go/scw/env.go
 */
const namesOf: Readonly<Record<Setting, readonly string[]>> = {
  api: ['SCW_API_URL'],
  accessKey: ['SCW_ACCESS_KEY', 'SCALEWAY_ACCESS_KEY'],
  secretKey: ['SCW_SECRET_KEY', 'SCW_TOKEN', 'SCALEWAY_TOKEN', 'SCALEWAY_ACCESS_KEY'],
  projectId: ['SCW_DEFAULT_PROJECT_ID'],
  zone: ['SCW_DEFAULT_ZONE'],
  region: ['SCW_DEFAULT_REGION', 'SCW_REGION', 'SCALEWAY_REGION'],
};

/** All of them, each once. */
export const providerVariables: readonly string[] = [...new Set(Object.values(namesOf).flat())];

/**
 * The variables that would send the provider plugin somewhere else than where the fleet is. Pure.
 *
 * The plugin merges its configuration file, the program's arguments and the environment, in this order, so that the
 * environment wins. All of these are arguments too, which beat the file and the profile that SCW_PROFILE names.
 * Source: loadProfile in terraform-provider-scaleway/internal/meta/meta.go
 */
export function differingVariables(
  { api, accessKey, secretKey, projectId, zone, region }: CloudEndpoints,
  plugins: Readonly<Record<string, string | undefined>>,
): string[] {
  return differing({ api, accessKey, secretKey, projectId, zone, region }, plugins);
}

/**
 * The variables to be kept from the plugin of a stack, among those that are set. Pure. With the embedded cloud that is all:
 * everything is in the program's arguments, which the state keeps. The real cloud's keys and project are theirs to say.
 */
export function keptFromProvider(
  cloud: CloudRef,
  plugins: Readonly<Record<string, string | undefined>>,
): string[] {
  if (cloud.endpoint === 'local') return providerVariables.filter((name) => plugins[name] !== undefined);
  return differing({ api: apiUrl(cloud), zone: cloud.zone, region: regionOf(cloud.zone) }, plugins);
}

function differing(
  needed: Readonly<Partial<Record<Setting, string>>>,
  plugins: Readonly<Record<string, string | undefined>>,
): string[] {
  const plain = (value: string): string => value.replace(/\/+$/, '');
  const found = (Object.keys(needed) as Setting[]).flatMap((setting) => {
    const name = namesOf[setting].find((one) => (plugins[one] ?? '') !== '');
    return name !== undefined && plain(plugins[name] ?? '') !== plain(needed[setting] ?? '') ? [name] : [];
  });
  return [...new Set(found)];
}

/** Before anything is made. @throws a RunError with BF1417 */
export function refuseForeignVariables(
  endpoints: CloudEndpoints,
  env: NodeJS.ProcessEnv = process.env,
): void {
  const found = differingVariables(endpoints, env);
  if (found.length === 0) return;
  const cloud = `${endpoints.api}, ${endpoints.zone}`;
  throw new pulumi.RunError(foreignVariables({ variables: found.join(', '), cloud }).message);
}
