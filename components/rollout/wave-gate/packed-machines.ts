import { isDeepStrictEqual } from 'node:util';
import type { MachineRef, SlotImageRef } from '../slot-upgrade/args.ts';
import type { Outcome } from '../slot-upgrade/outcome.ts';
import type { GateMachine } from './args.ts';

/**
 * The machines of a wave with what they have in common said once. As a rule all of a hundred machines were upgraded to
 * the same image, and the engine writes the inputs of every gate at each step of an update.
 */
export interface PackedMachines {
  /** Machines by how they ended, each group in the fleet's order. */
  readonly groups: readonly {
    readonly outcome: Outcome;
    readonly sha256: string;
    readonly image?: SlotImageRef | undefined;
    readonly machines: readonly string[];
  }[];
  /** What there is to say of one, by its name. */
  readonly remarks?:
    | Readonly<
        Record<string, { readonly why?: string | undefined; readonly transcript?: string | undefined }>
      >
    | undefined;
  /** How they are reached: what all have in common, and the rest of each by its name. */
  readonly targets?:
    | {
        readonly common: Partial<MachineRef>;
        readonly own: Readonly<Record<string, Partial<MachineRef>>>;
      }
    | undefined;
}

/** Puts together what machines have in common. Pure. */
export function packMachines(machines: readonly GateMachine[]): PackedMachines {
  const groups: {
    outcome: Outcome;
    sha256: string;
    image?: SlotImageRef | undefined;
    machines: string[];
  }[] = [];
  for (const { machine, outcome, sha256, image } of machines) {
    const group = groups.find(
      (one) => one.outcome === outcome && one.sha256 === sha256 && isDeepStrictEqual(one.image, image),
    );
    if (group) group.machines.push(machine);
    else groups.push({ outcome, sha256, ...(image && { image }), machines: [machine] });
  }
  const remarks = machines.flatMap(({ machine, why, transcript }) =>
    why === '' && transcript === ''
      ? []
      : [[machine, { ...(why && { why }), ...(transcript && { transcript }) }] as const],
  );
  const targets = packTargets(machines);
  return {
    groups,
    ...(remarks.length > 0 && { remarks: Object.fromEntries(remarks) }),
    ...(targets && { targets }),
  };
}

/** The machines again, group by group. Pure. */
export function unpackMachines({ groups, remarks = {}, targets }: PackedMachines): GateMachine[] {
  return groups.flatMap(({ outcome, sha256, image, machines }) =>
    machines.map((machine): GateMachine => {
      const { why = '', transcript = '' } = remarks[machine] ?? {};
      const own = targets?.own[machine];
      const target = own && ({ ...targets.common, ...own } as MachineRef);
      return {
        machine,
        outcome,
        sha256,
        why,
        transcript,
        ...(image && { image }),
        ...(target && { target }),
      };
    }),
  );
}

function packTargets(machines: readonly GateMachine[]): PackedMachines['targets'] {
  const all = machines.flatMap(({ machine, target }) => (target ? [[machine, target] as const] : []));
  const first = all[0]?.[1];
  if (!first) return undefined;
  const common = Object.fromEntries(
    Object.entries(first).filter(([name, value]) =>
      all.every(([, target]) => isDeepStrictEqual(target[name as keyof MachineRef], value)),
    ),
  ) as Partial<MachineRef>;
  const own = all.map(([machine, target]) => {
    const rest = Object.entries(target).filter(([name]) => !(name in common));
    return [machine, Object.fromEntries(rest)] as const;
  });
  return { common, own: Object.fromEntries(own) };
}
