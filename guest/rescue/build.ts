#!/usr/bin/env node
/** Builds the rescue stand-in and prints where it is, as JSON: `node guest/rescue/build.ts`. */
import { describeError } from '../../errors/error.ts';
import { buildRescue } from './build-rescue.ts';

try {
  console.log(JSON.stringify(await buildRescue(), undefined, 2));
} catch (thrown) {
  console.error(describeError(thrown));
  process.exitCode = 1;
}
