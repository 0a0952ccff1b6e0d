import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fleetText } from '../harness/fleet-file.ts';
import { buildImages, undatedImage } from '../harness/images.ts';
import { createStack, type TestStack } from '../harness/stack.ts';
import { openWorkplace, type Workplace } from '../harness/workplace.ts';

// The engine's connection to the program ends in the middle of an update. Pulumi's SDK would end the program with
// status 0, and the engine would delete everything that it was not told of.
let place: Workplace;
let stack: TestStack;

beforeAll(async () => {
  place = await openWorkplace();
  await Promise.all([place.startCloud({ machines: 'scripted' }), buildImages(place, [{ version: 1 }])]);
  stack = await createStack(place, fleetText({ fleet: 'cut', images: { edge: await undatedImage(place) } }));
});

afterAll(async () => {
  await place.close();
});

const cut = (at: string): Record<string, string> => ({
  NODE_OPTIONS: `--import=${join(import.meta.dirname, 'cut-monitor.mjs')}`,
  CUT_AT: at,
});

test.each([
  // In the middle, at the last resource, and at the outputs, when all resources are registered.
  ['instance/volume:Volume', 'BF1920'],
  ['bootfleet:BootMode', 'BF1920'],
  ['installedBuild', 'error'],
])('a program that is cut off at %s fails, and nothing is deleted', async (at, said) => {
  const first = await stack.run('up');
  expect(first.status).toBe(0);
  const { status, output, changes } = await stack.run('up', [], 120, cut(at));
  expect(output).toContain(`cut at ${at}`);
  expect(output).toContain(said);
  expect(status).not.toBe(0);
  expect(changes['delete']).toBeUndefined();
  const after = await stack.run('up');
  expect(after.status).toBe(0);
  expect(Object.keys(after.changes)).toEqual(['same']);
});
