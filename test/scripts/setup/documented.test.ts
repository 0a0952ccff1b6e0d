import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import packageJson from '../../../package.json' with { type: 'json' };
import { requiredPackages } from '../../../scripts/setup/apt/required.ts';
import { checkout } from '../../../scripts/setup/folders.ts';
import { versions } from '../../../scripts/setup/versions.ts';

test('docs/dependencies.md names every package and every tool’s version', async () => {
  const page = await readFile(join(checkout, 'docs', 'dependencies.md'), 'utf8');
  for (const { name, why } of requiredPackages) {
    expect(
      page.split('\n').filter((line) => line.startsWith('| `' + name + '` ') && line.includes(why)),
    ).toHaveLength(1);
  }
  const { '@pulumi/pulumi': sdk, ...others } = packageJson.dependencies;
  for (const name of Object.keys(others)) expect(page).toContain('`' + name + '`');
  for (const version of Object.values(versions)) expect(page).toContain(version);
  // The plugin that Pulumi asks for is the npm package's version, and the CLI must know what the SDK asks of it.
  expect(packageJson.dependencies['@pulumiverse/scaleway']).toBe(versions.scalewayPlugin);
  expect(sdk).toBe(versions.pulumi);
});
