#!/usr/bin/env node
/**
 * Builds the stand-in appliance:
 *
 *     node guest/appliance/build.ts --version 1 --out images [--variant good] [--name edge] [--date 20261121_0900]
 *
 * writes `<name>-<date>.img` and `.fs`, for each a `.cksum` and its signature `.cksum.sig`, and keys under keys/ when there
 * are none.
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { describeError } from '../../errors/error.ts';
import { buildAppliance } from './appliance.ts';
import { ensureDemoKeys, signFile } from './keys.ts';
import { variants, type Variant } from './slot.ts';
import { writeSparseFile } from './sparse-file.ts';

const usage = `usage: build.ts --version N --out FOLDER [--variant ${variants.join('|')}] [--name edge]
         [--date YYYYMMDD_HHMM] [--keys keys] [--authorized-key FILE.pub]... [--no-sign] [--swap]
         [--slot-mb 48] [--boot-timeout SECONDS] [--add-package NAME]...`;

/** The day of version 1; each version is a day younger, so that builds made without a date sort by version. */
const firstDay = Date.UTC(2026, 10, 21, 9, 0);

function dateOf(version: string): string {
  const days = Math.max(0, (Number.parseInt(version, 10) || 1) - 1);
  const iso = new Date(firstDay + days * 86_400_000).toISOString();
  return `${iso.slice(0, 10).replaceAll('-', '')}_${iso.slice(11, 16).replace(':', '')}`;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      version: { type: 'string' },
      out: { type: 'string' },
      variant: { type: 'string', default: 'good' },
      name: { type: 'string', default: 'edge' },
      date: { type: 'string' },
      keys: { type: 'string', default: 'keys' },
      'authorized-key': { type: 'string', multiple: true, default: [] },
      'add-package': { type: 'string', multiple: true, default: [] },
      'no-sign': { type: 'boolean', default: false },
      'slot-mb': { type: 'string', default: '48' },
      'boot-timeout': { type: 'string' },
      swap: { type: 'boolean', default: false },
    },
  });
  const { version, out, variant } = values;
  const bootTimeout = values['boot-timeout'];
  const wrongTimeout = bootTimeout !== undefined && !/^[1-9]\d?$/.test(bootTimeout);
  if (!version || !out || !variants.includes(variant as Variant) || wrongTimeout) {
    console.error(usage);
    return 2;
  }
  const date = values.date ?? dateOf(version);
  const keys = values['no-sign'] ? undefined : await ensureDemoKeys(values.keys);
  const authorizedKeys = keys ? [keys.sshPublicKey] : [];
  for (const file of values['authorized-key']) authorizedKeys.push((await readFile(file, 'utf8')).trim());
  const appliance = await buildAppliance({
    version,
    variant: variant as Variant,
    date,
    extraPackages: values['add-package'],
    authorizedKeys,
    ...(bootTimeout === undefined ? {} : { bootTimeout: Number(bootTimeout) }),
    sizes: { slot: Number(values['slot-mb']), swap: values.swap ? 16 : 0 },
  });
  await mkdir(out, { recursive: true });
  const base = join(out, `${values.name}-${date}${variant === 'good' ? '' : `-${variant}`}`);
  for (const [file, content] of [
    [`${base}.img`, appliance.img],
    [`${base}.fs`, appliance.fs],
  ] as const) {
    await writeSparseFile(file, content);
    const digest = createHash('sha512').update(content).digest('hex');
    await writeFile(`${file}.cksum`, `SHA512 (${basename(file)}) = ${digest}\n`);
    if (keys) await signFile(`${file}.cksum`, keys.signifySecret);
  }
  console.log(`${base}.img ${appliance.img.length}\n${base}.fs ${appliance.fs.length}`);
  return 0;
}

try {
  process.exitCode = await main();
} catch (thrown) {
  console.error(describeError(thrown));
  process.exitCode = 1;
}
