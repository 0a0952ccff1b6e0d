#!/usr/bin/env node
/** Builds the flash writer and prints where it is, as JSON: `node guest/writer/build.ts`. */
import { describeError } from '../../errors/error.ts';
import { buildWriter } from './build-writer.ts';

try {
  console.log(JSON.stringify(await buildWriter(), undefined, 2));
} catch (thrown) {
  console.error(describeError(thrown));
  process.exitCode = 1;
}
