import { serverTypeNamed } from '../clouds/scaleway/server-types.ts';
import { oneCommandLine, oneUrl, oneWord } from '../components/boot-script/argument.ts';
import { patternProblem } from '../components/network-boot/pattern.ts';
import { BootfleetError } from '../errors/error.ts';
import {
  bootKeyMisplaced,
  bootValueRefused,
  isoNeedsBios,
  keyMissing,
  type Place,
} from '../errors/fleet-file.ts';
import type { JsonPath } from './positions.ts';
import type { RawBoot, RawGroup } from './raw-fleet.ts';

/** Where the value at a path is, and where the key is. */
export interface Places {
  readonly value: (path: JsonPath) => Place;
  readonly key: (path: JsonPath) => Place;
}

/** Keys of `boot` that go with each script, beside those that go with all. */
const ownKeys: Readonly<Record<RawBoot['script'], readonly string[]>> = {
  'flash-image': ['reinstall'],
  kernel: ['url', 'initrds', 'arguments', 'proof', 'restart'],
  chain: ['url', 'proof', 'restart'],
  iso: ['url', 'proof', 'restart'],
};
const commonKeys = ['mode', 'script', 'waits'];

/** What is wrong with how a group boots, beyond what the schema says: keys that belong together, and values. Pure. */
export function bootProblems(group: string, raw: RawGroup, places: Places): BootfleetError[] {
  return [
    ...missingKeys(group, raw, places),
    ...misplacedKeys(group, raw, places),
    ...badValues(group, raw, places),
  ];
}

function missingKeys(group: string, { boot, image, ssh }: RawGroup, places: Places): BootfleetError[] {
  const path: JsonPath = ['servers', group];
  const missing = (where: JsonPath, key: string, example: string): BootfleetError =>
    keyMissing({ ...places.key(where), key, example: `${key}: ${example}` });
  const problems: BootfleetError[] = [];
  const installs = boot.script === 'flash-image';
  if (installs && image === undefined) problems.push(missing(path, 'image', 'edge'));
  if (ssh === undefined && (installs || boot.proof?.ssh))
    problems.push(missing(path, 'ssh', '{ key: ../keys/edge_ed25519 }'));
  if (installs) return problems;
  if (boot.url === undefined)
    problems.push(missing([...path, 'boot'], 'url', 'http://boot.example.org/vmlinuz'));
  if (boot.proof === undefined)
    problems.push(missing([...path, 'boot'], 'proof', '{ console: { pattern: "login: " }, within: 5m }'));
  return problems;
}

function misplacedKeys(group: string, { boot, image }: RawGroup, places: Places): BootfleetError[] {
  const { script } = boot;
  const known = ownKeys[script];
  const misplaced = (path: JsonPath, key: string): BootfleetError =>
    bootKeyMisplaced({ ...places.key(path), key, script, known: [...known, 'waits'].join(', ') });
  return [
    ...(script !== 'flash-image' && image !== undefined
      ? [misplaced(['servers', group, 'image'], 'image')]
      : []),
    ...Object.keys(boot)
      .filter((key) => !commonKeys.includes(key) && !known.includes(key))
      .map((key) => misplaced(['servers', group, 'boot', key], key)),
  ];
}

function badValues(group: string, { boot, type }: RawGroup, places: Places): BootfleetError[] {
  const { script, url, initrds = [], arguments: words = [], proof } = boot;
  const path: JsonPath = ['servers', group, 'boot'];
  const problems: BootfleetError[] = [];
  const refuse = (key: JsonPath, problem: string): void => {
    problems.push(bootValueRefused({ ...places.value([...path, ...key]), problem }));
  };
  const attempt = (key: JsonPath, check: () => unknown): void => {
    try {
      check();
    } catch (error) {
      if (!(error instanceof BootfleetError)) throw error;
      const { value, problem } = error.facts as { value: string; problem: string };
      refuse(key, `${value}: ${problem}`);
    }
  };
  if (url !== undefined) attempt(['url'], () => oneUrl('url', url));
  for (const [at, initrd] of initrds.entries()) attempt(['initrds', at], () => oneUrl('initrds', initrd));
  for (const [at, word] of words.entries()) attempt(['arguments', at], () => oneWord('arguments', word));
  attempt(['arguments'], () =>
    oneCommandLine('arguments', [...words, ...initrds.map(() => 'initrd=initrd0')]),
  );
  const problem = proof?.console && patternProblem(proof.console.pattern);
  if (problem) refuse(['proof', 'console', 'pattern'], problem);
  if (script === 'iso' && serverTypeNamed(type)?.firmware === 'uefi')
    problems.push(isoNeedsBios({ ...places.value([...path, 'script']), type }));
  return problems;
}
