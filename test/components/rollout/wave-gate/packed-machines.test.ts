import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { GateMachine } from '../../../../components/rollout/wave-gate/args.ts';
import { packMachines, unpackMachines } from '../../../../components/rollout/wave-gate/packed-machines.ts';

const cloud = { kind: 'scaleway', zone: 'fr-par-1' } as const;
const ssh = { user: 'root', keyFile: 'keys/edge' };

const machine = fc.record({
  sha256: fc.constantFrom('aa', 'bb'),
  outcome: fc.constantFrom('upgraded' as const, 'unchanged' as const, 'rolled-back' as const),
  why: fc.constantFrom('', 'it is unhealthy'),
  transcript: fc.constantFrom('', 'data/one.cast'),
});
const reach = fc.record({
  image: fc.constantFrom({ fs: 'a.fs', checksums: [] }, { fs: 'b.fs', checksums: ['b.fs.cksum'] }),
  target: fc.record({
    cloud: fc.constant(cloud),
    server: fc.uuid(),
    address: fc.constantFrom('127.66.0.1', '127.66.0.2'),
    sshPort: fc.constantFrom(22, 2222),
    hostKey: fc.constantFrom('', 'ssh-ed25519 AAAA'),
    ssh: fc.constantFrom(ssh, { ...ssh, user: 'admin' }),
  }),
});
const wave = fc
  .boolean()
  .chain((touched) =>
    fc
      .array(touched ? fc.tuple(machine, reach).map(([one, other]) => ({ ...one, ...other })) : machine)
      .map((all): GateMachine[] => all.map((one, i) => ({ ...one, machine: `m-${i}` }))),
  );
const byName = (machines: readonly GateMachine[]): GateMachine[] =>
  machines.toSorted((one, other) => one.machine.localeCompare(other.machine));

test('no machine and nothing about one is lost', () => {
  fc.assert(
    fc.property(wave, (machines) => {
      const stored = JSON.parse(JSON.stringify(packMachines(machines))) as ReturnType<typeof packMachines>;
      expect(byName(unpackMachines(stored))).toEqual(byName(machines));
    }),
  );
});

test('a machine that is like the others costs its name, one that must be reached what is its own', () => {
  const upgraded = (count: number, more: object): number =>
    JSON.stringify(
      packMachines(
        Array.from({ length: count }, (_, i) => ({
          machine: `m-${i + 100}`,
          sha256: 'a'.repeat(64),
          outcome: 'upgraded' as const,
          why: '',
          transcript: '',
          ...more,
        })),
      ),
    ).length;
  expect((upgraded(100, {}) - upgraded(50, {})) / 50).toBeLessThan(9);
  const target = { cloud, server: 'x', address: '127.66.0.1', sshPort: 22, hostKey: 'k'.repeat(80), ssh };
  const image = { fs: 'images/edge-20261121_0900.fs', checksums: [] };
  expect((upgraded(100, { target, image }) - upgraded(50, { target, image })) / 50).toBeLessThan(30);
});
