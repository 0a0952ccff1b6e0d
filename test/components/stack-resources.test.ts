import { expect, test } from 'vitest';
import { parseState } from '../../components/stack-resources.ts';

const urn = (types: string, name: string): string => `urn:pulumi:local::shop::${types}::${name}`;
const server = 'scaleway:instance/server:Server';
const fleet = 'bootfleet:index:Fleet';
const within = `${fleet}$bootfleet:index:Server`;
const stack = urn('pulumi:pulumi:Stack', 'shop-local');

function fleetsOf(resources: object[]): Record<string, string | undefined> {
  const found = parseState(JSON.stringify({ version: 3, deployment: { resources } }));
  return Object.fromEntries(found.map((one) => [one.name, one.fleet]));
}

test('a resource is of the fleet that is above it, through whatever lies between', () => {
  const component = urn(within, 'edge-1');
  expect(
    fleetsOf([
      { urn: stack, type: 'pulumi:pulumi:Stack' },
      { urn: urn('my:own:Site', 'site'), type: 'my:own:Site', parent: stack },
      { urn: urn(fleet, 'demo'), type: fleet, parent: urn('my:own:Site', 'site') },
      { urn: component, type: 'bootfleet:index:Server', parent: urn(fleet, 'demo') },
      { urn: urn(`${within}$${server}`, 'edge-1-server'), type: server, parent: component },
      { urn: urn(server, 'database'), type: server, parent: stack },
    ]),
  ).toEqual({
    'shop-local': undefined,
    site: undefined,
    demo: 'demo',
    'edge-1': 'demo',
    'edge-1-server': 'demo',
    database: undefined,
  });
});

test('parents that are missing or go in a circle end nowhere', () => {
  const [one, other] = [urn(server, 'one'), urn(server, 'other')];
  expect(
    fleetsOf([
      { urn: one, type: server, parent: other },
      { urn: other, type: server, parent: one },
      { urn: urn(server, 'third'), type: server, parent: urn(fleet, 'gone') },
    ]),
  ).toEqual({ one: undefined, other: undefined, third: undefined });
});
