import { expect, test } from 'vitest';
import { untiedDisks } from '../../../../components/fleet/outlook/untied-disks.ts';
import { wantedMachines } from '../../../../components/fleet/outlook/wanted-machines.ts';
import { parseState } from '../../../../components/stack-resources.ts';

/** A state as an export has it. An earlier version left the disk's `replacementTrigger` out. */
function state(trigger?: string, more: object = {}) {
  const urn = (type: string): string => `urn:pulumi:local::bootfleet::${type}::edge-1`;
  const volume = 'scaleway:instance/volume:Volume';
  const server = 'scaleway:instance/server:Server';
  const resources = [
    {
      ...{ urn: urn(volume), type: volume, id: 'v', outputs: { sizeInGb: 20 } },
      ...(trigger !== undefined && { replacementTrigger: trigger }),
      ...more,
    },
    { urn: urn(server), type: server, id: 's', outputs: { type: 'START1-XS' } },
  ];
  return parseState(JSON.stringify({ version: 3, deployment: { resources } }));
}

const wanted = (type: string, disk = 20) => wantedMachines([{ name: 'edge-1', type, disk }]);

test('another type is refused while the disk of an earlier version is not tied to it', () => {
  const [error, ...more] = untiedDisks(state(), wanted('DEV1-S'));
  expect(more).toEqual([]);
  expect(error).toMatchObject({
    code: 'BF1036',
    facts: { machine: 'edge-1', from: 'START1-XS', to: 'DEV1-S' },
  });
});

test.each([
  ['the same type', state(), wanted('START1-XS')],
  ['a disk that is tied', state('START1-XS'), wanted('DEV1-S')],
  ['a disk that is replaced for its size', state(), wanted('DEV1-S', 25)],
  ['a disk that is left over', state(undefined, { delete: true }), wanted('DEV1-S')],
  ['a type with another kind of disk', state(), wanted('PRO2-XXS')],
  ['a server that goes', state(), wantedMachines([])],
  ['no state', [], wanted('DEV1-S')],
])('%s is not', (_what, resources, machines) => {
  expect(untiedDisks(resources, machines)).toEqual([]);
});
