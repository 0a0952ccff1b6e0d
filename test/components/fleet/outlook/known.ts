import type { StateResource } from '../../../../components/stack-resources.ts';

/** Resources of a stack's state, as `parseState` gives them. */
const dynamic = (kind: string, outputs: Record<string, unknown>, name = 'edge-1'): StateResource => ({
  type: `pulumi-nodejs:dynamic/bootfleet:${kind}`,
  name,
  id: '1',
  outputs,
  fleet: 'demo',
});

export const bootMode = (change: object = {}, name?: string): StateResource =>
  dynamic(
    'BootMode',
    { build: '1', slot: 'd', install: 'edge', power: 'running', reachable: true, ...change },
    name,
  );

export const slotUpgrade = (change: object = {}, name?: string): StateResource =>
  dynamic(
    'SlotUpgrade',
    {
      outcome: 'upgraded',
      why: '',
      drift: '',
      found: { build: '1', sha256: 'a' },
      running: { build: '1', slot: 'e', nextSlot: 'e' },
      reach: JSON.stringify({ installation: 'edge' }),
      ...change,
    },
    name,
  );

export const waveGate = (broughtBack: readonly { machine: string; sha256: string }[]): StateResource =>
  dynamic('WaveGate', { broughtBack }, 'demo-wave-1');

export const networkBoot = (name?: string): StateResource => dynamic('NetworkBoot', {}, name);

/** A server and its disk. */
export function hardware(type: string, disk: number, name = 'edge-1'): StateResource[] {
  const kind = type.startsWith('START1') || type.startsWith('DEV1') ? 'instance' : 'block';
  return [
    { type: 'scaleway:instance/server:Server', name, id: '1', outputs: { type }, fleet: 'demo' },
    { type: `scaleway:${kind}/volume:Volume`, name, id: '2', outputs: { sizeInGb: disk }, fleet: 'demo' },
  ];
}
