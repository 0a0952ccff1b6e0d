import { writeFile } from 'node:fs/promises';
import { generatedPages, pagePath } from './docs/pages.ts';

/** `npm run docs`: writes the generated pages. */
for (const page of await generatedPages()) {
  await writeFile(pagePath(page), page.text);
  process.stdout.write(`${page.file}\n`);
}
