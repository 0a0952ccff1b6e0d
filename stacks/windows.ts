import { parseWindow } from '../components/rollout/plan/window.ts';
import type { BootfleetError } from '../errors/error.ts';
import { wrongValue, type Place } from '../errors/fleet-file.ts';
import type { JsonPath } from './positions.ts';
import type { RawFleet } from './raw-fleet.ts';

/**
 * Maintenance windows that the rollout could not read. Pure.
 *
 * @param at where something of a path stands in the file.
 */
export function windowProblems(raw: RawFleet, at: (path: JsonPath) => Place): BootfleetError[] {
  return (raw.rollout?.windows?.times ?? []).flatMap((text, i): BootfleetError[] => {
    try {
      parseWindow(text);
      return [];
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      const [, reason, example = ''] =
        /is not a window(?:: (.*?))?; write for instance (.*)$/.exec(error.message) ?? [];
      return [
        wrongValue({
          ...at(['rollout', 'windows', 'times', i]),
          found: JSON.stringify(text),
          expected: `days, hours and a time zone${reason === undefined ? '' : `: ${reason}`}`,
          example,
          nearest: '',
        }),
      ];
    }
  });
}
