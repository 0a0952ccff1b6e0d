import { relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

/** The part of vitest's JSON report that tells what failed. */
export interface FailureReport {
  readonly testResults: readonly {
    /** Path of the file. */
    readonly name: string;
    readonly status: string;
    /** Why the file itself failed; empty when only its tests did. */
    readonly message?: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages?: readonly string[] | null;
    }[];
  }[];
}

/** Most characters of a reason: what is needed to find the place, the seed of a property included. */
const room = 800;

/**
 * What failed, briefly, to be said again at the very end: of a long log often only that is kept. Pure.
 *
 * @param checkout the folder that paths are told relative to.
 * @example ['test/formats/ext2.test.ts > writes a journal: Property failed after 3 tests { seed: 7 … }']
 */
export function failures(report: FailureReport, checkout: string): readonly string[] {
  return report.testResults.flatMap(({ name, status, message = '', assertionResults }) => {
    const file = relative(checkout, name);
    const failed = assertionResults.filter((test) => test.status === 'failed');
    const tests = failed.map(
      ({ fullName, failureMessages }) =>
        `${file} > ${fullName}: ${brief((failureMessages ?? []).join('; ') || 'no reason was told')}`,
    );
    const itself = status === 'failed' && (failed.length === 0 || message !== '');
    return itself ? [...tests, `${file}: ${brief(message || 'it could not be loaded')}`] : tests;
  });
}

/** Without colours and without the stack, in one line. */
function brief(message: string): string {
  const [said = ''] = stripVTControlCharacters(message).split(/\n\s+at /);
  const line = said.replaceAll(/\s+/g, ' ').trim();
  return line.length > room ? `${line.slice(0, room)} …` : line;
}
