import { readdirSync, existsSync } from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';

const project = path.resolve(import.meta.dirname, '../..');
const folders = readdirSync(path.join(project, 'components'), { recursive: true, encoding: 'utf8' })
  .filter((file) => path.basename(file) === 'provider.ts')
  .map((file) => path.dirname(file));

/** Serialises a provider as Pulumi does. In a process of its own: Vitest rewrites `import()`. */
async function storedCode(folder: string): Promise<string> {
  const program = `
    import * as pulumi from '@pulumi/pulumi';
    const [provider] = Object.values(await import('bootfleet/components/${folder}/provider'));
    const { text } = await pulumi.runtime.serializeFunction(() => provider);
    process.stdout.write(text);`;
  const { stdout } = await execa(process.execPath, ['--input-type=module', '-e', program], { cwd: project });
  return stdout;
}

describe('the code that Pulumi stores with each dynamic resource', () => {
  test('there are providers to look at', () => {
    expect(folders).toContain('image-artifact');
  });

  test.each(folders)(
    'of %s is small, captures nothing, and calls a handler that is there',
    async (folder) => {
      const code = await storedCode(folder);
      // Six methods of some 270 characters each; capturing one function of ours would add ten thousands.
      expect(code.length).toBeLessThan(2600);
      expect(code).toContain(`bootfleet/components/${folder}/handler`);
      expect(existsSync(path.join(project, 'components', folder, 'handler.ts'))).toBe(true);
    },
  );
});
