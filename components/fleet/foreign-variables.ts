import * as pulumi from '@pulumi/pulumi';
import type { CloudEndpoints } from '../../clouds/scaleway/endpoints.ts';
import { foreignVariables } from '../../errors/cloud.ts';

/**
 * The variables that would send the provider plugin somewhere else than where the fleet is. Pure.
 *
 * The plugin merges its configuration file, the program's arguments and the environment, in this order, so that the
 * environment wins. All of these are arguments too, which beat the file and the profile that SCW_PROFILE names.
 * Source: loadProfile in terraform-provider-scaleway/internal/meta/meta.go
 */
export function differingVariables(
  { api, accessKey, secretKey, projectId, zone, region }: CloudEndpoints,
  env: Readonly<Record<string, string | undefined>>,
): string[] {
  const needed = {
    SCW_API_URL: api,
    SCW_ACCESS_KEY: accessKey,
    SCW_SECRET_KEY: secretKey,
    SCW_DEFAULT_PROJECT_ID: projectId,
    SCW_DEFAULT_ZONE: zone,
    SCW_DEFAULT_REGION: region,
  };
  const plain = (value: string): string => value.replace(/\/+$/, '');
  return Object.entries(needed)
    .filter(([name, value]) => (env[name] ?? '') !== '' && plain(env[name] ?? '') !== plain(value))
    .map(([name]) => name);
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
