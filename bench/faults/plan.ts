import { seedOf } from '../../test/components/rollout/vm/power-cuts/plan-cut.ts';
import { drawFrom, type Draw } from '../frame/random.ts';

/** What can be killed. `everything`: pulumi and all that it started, as when the power of that machine fails. */
export const victims = [
  'engine',
  'everything',
  'program',
  'language host',
  'dynamic provider',
  'scaleway provider',
  'daemon',
  'storage',
] as const;
export type Victim = (typeof victims)[number];

/** When a fault comes: seconds after so many resources were begun or done, as pulumi tells it. */
export interface Moment {
  readonly steps: number;
  readonly after: number;
}

/** One fault of a run. */
export type PlannedFault =
  | {
      readonly kind: 'kill';
      readonly victim: Victim;
      readonly at: Moment;
      /** Seconds until a killed daemon is started again; absent: after the run. */
      readonly back?: number;
    }
  /** Ctrl-C. */
  | { readonly kind: 'interrupt'; readonly at: Moment }
  /** All serial consoles are dropped. */
  | { readonly kind: 'consoles'; readonly at: Moment }
  /** A fault of the API from the beginning; its body is what docs/localcloud.md says. */
  | { readonly kind: 'api'; readonly fault: Readonly<Record<string, string | number>> };

/** What one run does, before it is done. */
export interface RunPlan {
  readonly command: 'up' | 'destroy';
  readonly faults: readonly [PlannedFault, ...PlannedFault[]];
  /** What the clean run after it does. */
  readonly clean: 'up' | 'destroy';
}

/** Everything a run does but its fleet file, from the campaign's seed and the run's number alone. Pure. */
export function planRun(campaign: number, run: number): RunPlan {
  const draw = drawFrom(seedOf(campaign, 2 * run + 1));
  const command = draw.chance(0.15) ? 'destroy' : 'up';
  const count = draw.oneOf([1, 2, 2, 3]);
  const [first, ...others] = Array.from({ length: count }, () => planFault(draw));
  const clean = command === 'destroy' && draw.chance(0.6) ? 'destroy' : 'up';
  return { command, faults: [first ?? planFault(draw), ...others], clean };
}

function planFault(draw: Draw): PlannedFault {
  const at = draw.chance(0.5)
    ? { steps: draw.between(1, 20), after: draw.seconds(0, 0.6) }
    : { steps: 0, after: draw.seconds(0, 9) };
  switch (draw.oneOf(['kill', 'kill', 'kill', 'api', 'api', 'api', 'interrupt', 'consoles'])) {
    case 'kill': {
      const victim = draw.oneOf(victims);
      if (victim !== 'daemon' || draw.chance(0.3)) return { kind: 'kill', victim, at };
      return { kind: 'kill', victim, at, back: draw.seconds(0.2, 4) };
    }
    case 'interrupt':
      return { kind: 'interrupt', at };
    case 'consoles':
      return { kind: 'consoles', at };
    default:
      return { kind: 'api', fault: planApiFault(draw) };
  }
}

type Request = readonly [method: string, path: string];

/** Requests that fleets make: method (empty: any) and path. What makes something stands twice. */
const requests: readonly [Request, ...Request[]] = [
  ['', '*'],
  ['GET', '*'],
  ['POST', '*'],
  ['GET', '*/servers'],
  ['POST', '*/servers'],
  ['POST', '*/servers'],
  ['GET', '*/servers/*'],
  ['PATCH', '*/servers/*'],
  ['DELETE', '*/servers/*'],
  ['POST', '*/servers/*/action'],
  ['POST', '*/servers/*/action'],
  ['', '*/user_data/*'],
  ['PATCH', '*/user_data/*'],
  ['POST', '*/ips'],
  ['POST', '*/ips'],
  ['', '*/ips/*'],
  ['DELETE', '*/ips/*'],
  ['POST', '*/volumes'],
  ['POST', '*/volumes'],
  ['DELETE', '*/volumes/*'],
  ['POST', '*/security_groups'],
  ['', '*/security_groups/*'],
];

function planApiFault(draw: Draw): Readonly<Record<string, string | number>> {
  const [method, path] = draw.oneOf(requests);
  const common = {
    path,
    ...(method !== '' && { method }),
    skip: draw.oneOf([0, 0, 0, 0, 1, 2]),
    times: draw.oneOf([1, 1, 2, 3, 8]),
  };
  switch (draw.oneOf(['busy', 'broken', 'lost', 'lost', 'slow'])) {
    case 'busy':
      return { ...common, status: 429, ...(draw.chance(0.5) && { retry_after: draw.between(0, 2) }) };
    case 'broken':
      return { ...common, status: draw.oneOf([500, 502, 503, 504]) };
    case 'lost':
      return { ...common, lost: draw.oneOf(['before', 'after', 'after']) };
    default:
      return { ...common, latency: draw.seconds(0.5, 6) };
  }
}

/** Whether whoever would have told an error code was killed itself: then none can be asked for. Pure. */
export function mayEndWithoutCode(faults: readonly PlannedFault[]): boolean {
  return faults.some(
    (fault) =>
      fault.kind === 'interrupt' || (fault.kind === 'kill' && !['daemon', 'storage'].includes(fault.victim)),
  );
}
