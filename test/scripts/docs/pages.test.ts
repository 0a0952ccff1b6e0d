import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { allErrors } from '../../../errors/catalogue.ts';
import { generatedPages, pagePath } from '../../../scripts/docs/pages.ts';

const pages = await generatedPages();

describe('the generated pages', () => {
  test.each(pages.map((page) => [page.file, page] as const))(
    '%s is up to date (else: npm run docs)',
    async (_file, page) => {
      expect(await readFile(pagePath(page), 'utf8')).toBe(page.text);
    },
  );

  test('name every error', () => {
    const text = pages.find(({ file }) => file === 'docs/errors.md')?.text ?? '';
    expect(allErrors().filter(({ code }) => !text.includes(`### ${code}: `))).toEqual([]);
  });

  test('name the keys inside of named groups and lists', () => {
    const text = pages.find(({ file }) => file === 'docs/fleet-file.md')?.text ?? '';
    for (const key of [
      'servers.<name>.ssh.key',
      'images.<name>.signature.signify',
      'rollout.health[].http.port',
    ])
      expect(text).toContain(`### \`${key}\``);
  });
});
