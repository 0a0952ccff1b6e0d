import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { stackFleetFile } from '../../cli/stack-fleet-file.ts';
import { stackOf } from '../../cli/stack-name.ts';

let project: string;
beforeEach(() => {
  project = mkdtempSync(path.join(tmpdir(), 'bootfleet-'));
  mkdirSync(path.join(project, 'stacks'));
});
afterEach(() => {
  rmSync(project, { recursive: true });
});

const configure = (text: string): void => {
  writeFileSync(path.join(project, 'stacks', 'Pulumi.test.yaml'), text);
};

test('the file of a stack without configuration is stacks/<stack>.fleet.yaml', () => {
  expect(stackFleetFile({ name: 'test' }, undefined, project)).toBe(
    path.join(project, 'stacks/test.fleet.yaml'),
  );
});

test('the configuration of the stack names another', () => {
  configure('config:\n  bootfleet:fleetFile: fleets/other.yaml\n');
  expect(stackFleetFile({ name: 'test' }, undefined, project)).toBe(path.join(project, 'fleets/other.yaml'));
});

test('a stack that is named in full has the files of its own name, as for the program', () => {
  const full = stackOf('plan', ['organization/bootfleet/test']);
  expect(stackFleetFile(full, undefined, project)).toBe(path.join(project, 'stacks/test.fleet.yaml'));
  configure('config:\n  bootfleet:fleetFile: fleets/other.yaml\n');
  expect(stackFleetFile(full, undefined, project)).toBe(path.join(project, 'fleets/other.yaml'));
});

test('--file comes before the configuration', () => {
  configure('config:\n  bootfleet:fleetFile: fleets/other.yaml\n');
  expect(stackFleetFile({ name: 'test' }, '/abs/mine.yaml', project)).toBe('/abs/mine.yaml');
});

test.each(['', 'encryptionsalt: v1:x\n', 'config:\n  bootfleet:fleetFile:\n    secure: v1:x\n'])(
  'a stack file without a plain value counts as none: %j',
  (text) => {
    configure(text);
    expect(stackFleetFile({ name: 'test' }, undefined, project)).toBe(
      path.join(project, 'stacks/test.fleet.yaml'),
    );
  },
);
