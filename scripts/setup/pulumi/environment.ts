import { mkdir } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { cacheFolder, checkout, type Environment, setting } from '../folders.ts';
import { backendUrl, stateFolder } from './backend.ts';
import { pulumiFolder } from './locate.ts';

/**
 * The passphrase of the stack `local`, whose machines, keys and state never leave this machine. It is no secret: it is
 * here so that the committed `stacks/Pulumi.local.yaml` can be used by everyone. Stacks on a real cloud use their own
 * (`PULUMI_CONFIG_PASSPHRASE`, `PULUMI_CONFIG_PASSPHRASE_FILE`), which wins over this one.
 */
export const localPassphrase = 'bootfleet-local';

/**
 * Operations that Pulumi runs at once. Its default of four for each CPU is meant for work; ours is waiting for machines
 * that boot and upgrade, and `maxInFlight` beyond it would be in vain. Machines of the embedded cloud, which share this
 * computer, are limited by themselves (components/boot-mode/boot-turns.ts).
 */
export const operationsAtOnce = 64;

/**
 * How much Pulumi's heap may grow before it is swept, in percent (https://pkg.go.dev/runtime#hdr-Environment_Variables; Go's
 * default is 100). Pulumi writes the whole state twice for each resource, and what it needs for that is waste at once: with
 * 1,000 resources a step takes a tenth less time, for some hundreds of megabytes.
 */
export const heapGrowth = 400;

/** Pulumi's own folder (plugins, workspaces): the user's `PULUMI_HOME`, else one in the cache, so that ~/.pulumi stays untouched. */
export function pulumiHome(env: Environment = process.env): string {
  return setting(env, 'PULUMI_HOME') ?? join(cacheFolder(env), 'pulumi-home');
}

/**
 * The variables to run `pulumi` with, on top of the present environment. Pure: what the user has set stays.
 *
 * @param folder the CLI's folder; see `pulumiFolder`.
 */
export function pulumiVariables(folder: string, env: Environment = process.env): Record<string, string> {
  const passphraseSet =
    setting(env, 'PULUMI_CONFIG_PASSPHRASE_FILE') !== undefined ||
    env['PULUMI_CONFIG_PASSPHRASE'] !== undefined;
  const first = [folder, join(checkout, 'node_modules', '.bin'), join(checkout, 'bin')];
  const rest = (env['PATH'] ?? '').split(delimiter).filter((entry) => entry !== '' && !first.includes(entry));
  return {
    PATH: [...first, ...rest].join(delimiter),
    PULUMI_HOME: pulumiHome(env),
    PULUMI_BACKEND_URL: backendUrl(env),
    ...(passphraseSet ? {} : { PULUMI_CONFIG_PASSPHRASE: localPassphrase }),
    PULUMI_SKIP_UPDATE_CHECK: 'true',
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: 'true',
    PULUMI_PARALLEL: setting(env, 'PULUMI_PARALLEL') ?? String(operationsAtOnce),
    GOGC: setting(env, 'GOGC') ?? String(heapGrowth),
    // The stand-in of the provider plugin runs from the checkout that is being worked in; see standin/README.md.
    BOOTFLEET_CHECKOUT: checkout,
    // Each command starts three Node processes that load the same modules; compiled once, they start in half the time.
    NODE_COMPILE_CACHE: setting(env, 'NODE_COMPILE_CACHE') ?? join(cacheFolder(env), 'compiled'),
  };
}

/** The same, with the CLI found and the state's folder made: all that is needed to start `pulumi`. Throws BF1908 before set-up. */
export async function pulumiEnvironment(env: Environment = process.env): Promise<Record<string, string>> {
  const variables = pulumiVariables(await pulumiFolder(env), env);
  await mkdir(stateFolder(env), { recursive: true });
  return variables;
}
