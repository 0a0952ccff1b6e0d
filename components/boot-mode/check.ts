import path from 'node:path';
import type * as pulumi from '@pulumi/pulumi';
import { bootArgumentWrong, bootModeNotHere, diskTooSmall } from '../../errors/boot.ts';
import { readKey } from '../../remote/key-file.ts';
import { checkFailure } from '../check-failure.ts';
import { isUnknown } from '../unknown.ts';
import type { BootInputs } from './args.ts';

/** Tests the arguments as far as they are known, before anything is changed. Reads nothing but the key file. */
export async function failuresOf(news: BootInputs): Promise<pulumi.dynamic.CheckFailure[]> {
  const failures: pulumi.dynamic.CheckFailure[] = [];
  const { machine, mode, image, diskBytes, ssh } = news;
  if (mode !== 'ipxe-console') failures.push(checkFailure('mode', bootModeNotHere({ machine, mode })));
  const { scriptUrl, blankDiskScriptUrl } = news;
  failures.push(...scriptUrlFailures(machine, { scriptUrl, blankDiskScriptUrl }));
  if (typeof diskBytes === 'number' && !isUnknown(image) && image.bytes > diskBytes) {
    const facts = { machine, image: image.name, imageBytes: image.bytes, diskBytes };
    failures.push(checkFailure('diskBytes', diskTooSmall(facts)));
  }
  failures.push(...waitFailures(machine, news.waits));
  if (!isUnknown(ssh)) {
    await readKey(path.resolve(ssh.keyFile)).catch((error: unknown) =>
      failures.push(checkFailure('ssh', error)),
    );
  }
  return failures;
}

/** Waits that are no durations. Pure. */
export function waitFailures(machine: string, waits: BootInputs['waits']): pulumi.dynamic.CheckFailure[] {
  return Object.entries(waits ?? {})
    .filter(([, seconds]) => !isUnknown(seconds) && !(Number.isFinite(seconds) && seconds > 0))
    .map(([name]) => {
      const argument = `waits.${name}`;
      const problem = 'not a positive number of seconds';
      return checkFailure('waits', bootArgumentWrong({ machine, argument, problem }));
    });
}

/** URLs of scripts that cannot be typed, by the argument's name. Pure. */
export function scriptUrlFailures(
  machine: string,
  urls: Readonly<Record<string, string | undefined>>,
): pulumi.dynamic.CheckFailure[] {
  return Object.entries(urls).flatMap(([argument, url]) => {
    const problem = urlProblem(url);
    return problem ? [checkFailure(argument, bootArgumentWrong({ machine, argument, problem }))] : [];
  });
}

/** It is typed on a serial console, as one word. */
function urlProblem(url: string | undefined): string | undefined {
  if (url === undefined || isUnknown(url)) return undefined;
  if (!/^https?:\/\/[\x21-\x7e]+$/.test(url)) return 'not an http or https URL of visible ASCII characters';
  if (url.includes('${')) return '`${` begins a setting of iPXE, which would be put in its place';
  return url.length > 200 ? `${url.length} characters are too long to be typed` : undefined;
}
