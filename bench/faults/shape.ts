import { fleetText } from '../../test/e2e/harness/fleet-file.ts';
import { seedOf } from '../../test/components/rollout/vm/power-cuts/plan-cut.ts';
import { drawFrom } from '../frame/random.ts';

/** What a fleet file says in one run of the campaign. */
export interface Shape {
  /** Servers edge-1 and so on. */
  readonly edge: number;
  /** Servers core-1 and so on, in a group of their own; 0: no such group. */
  readonly core: number;
  /** A tag of the group edge; empty: none. */
  readonly tag: string;
  /** Which build is installed on new servers. */
  readonly image: 'one' | 'two';
  /** A new value installs the servers of the group edge again. */
  readonly reinstall: string;
  /** A port that is open besides SSH; 0: none. */
  readonly port: number;
}

/** The name of the fleet of all runs. */
export const fleetName = 'faults';

/** The fleet file of a run, from the campaign's seed and the run's number alone, so that a run can be made again. Pure. */
export function shapeOf(campaign: number, run: number): Shape {
  const draw = drawFrom(seedOf(campaign, 2 * run));
  return {
    edge: draw.between(1, 3),
    core: draw.chance(0.4) ? 1 : 0,
    tag: draw.chance(0.5) ? '' : draw.oneOf(['blue', 'green']),
    image: draw.oneOf(['one', 'one', 'two']),
    reinstall: draw.oneOf(['', '', '', 'again']),
    port: draw.oneOf([0, 0, 443]),
  };
}

/** Names of the servers that a fleet file names, sorted. Pure. */
export function namesOf({ edge, core }: Shape): readonly string[] {
  const names = (group: string, count: number): string[] =>
    Array.from({ length: count }, (_, index) => `${group}-${index + 1}`);
  return [...names('core', core), ...names('edge', edge)];
}

/** The text of the fleet file. Waits are short, because machines of this cloud need none. Pure. */
export function fileOf({ edge, core, tag, image, reinstall, port }: Shape): string {
  const boot = { waits: { console: 10, power: 20, prompt: 20, dhcp: 20, script: 20, write: 60, boot: 30 } };
  return fleetText({
    fleet: fleetName,
    images: { edge: { img: `../images/${image}.img` } },
    groups: {
      edge: {
        count: edge,
        boot: { ...boot, ...(reinstall !== '' && { reinstall }) },
        ...(tag !== '' && { tags: [tag] }),
        ...(port !== 0 && { ports: [port] }),
      },
      ...(core > 0 && { core: { count: core, boot } }),
    },
  });
}
