import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { format, resolveConfig } from 'prettier';
import { allErrors } from '../../errors/catalogue.ts';
import { errorsPage } from './errors-page.ts';
import { fleetFilePage, type SchemaNode } from './fleet-file-page.ts';

const project = path.resolve(import.meta.dirname, '../..');

/** One generated page. */
export interface Page {
  /** Relative to the project. */
  readonly file: string;
  readonly text: string;
}

/** All generated pages as they should be. */
export async function generatedPages(): Promise<Page[]> {
  const schema = JSON.parse(
    await readFile(path.join(project, 'stacks/fleet.schema.json'), 'utf8'),
  ) as SchemaNode;
  const example = await readFile(path.join(project, 'stacks/local.fleet.yaml'), 'utf8');
  return Promise.all([
    page('docs/fleet-file.md', fleetFilePage(schema, example)),
    page('docs/errors.md', errorsPage(allErrors())),
  ]);
}

/** Where a page lies. */
export function pagePath({ file }: Page): string {
  return path.join(project, file);
}

async function page(file: string, text: string): Promise<Page> {
  const options = await resolveConfig(path.join(project, file));
  return { file, text: await format(text, { ...options, parser: 'markdown' }) };
}
