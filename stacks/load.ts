import path from 'node:path';
import type { ErrorObject } from 'ajv';
import { BootfleetError } from '../errors/error.ts';
import {
  duplicateServer,
  fleetFileInvalid,
  fleetFileMissing,
  fleetFileTooLarge,
  fleetFileUnreadable,
  moreProblems,
  notUtf8,
  yamlInvalid,
} from '../errors/fleet-file.ts';
import { meaningProblems, ownProblems } from './checks.ts';
import { coverageProblems } from './coverage.ts';
import { fileProblems } from './files.ts';
import type { FleetFile } from './fleet-file.ts';
import { normalise } from './normalise.ts';
import { showPath, type Positions } from './positions.ts';
import type { RawFleet } from './raw-fleet.ts';
import { readText } from './read-text.ts';
import { schemaProblems } from './schema-errors.ts';
import { schema, schemaValidator } from './schema-validator.ts';
import { wellFormedPart } from './well-formed-part.ts';
import { readYaml } from './yaml.ts';

/** Most problems that are told; more help nobody. */
const mostProblems = 100;

const validate = schemaValidator().compile<RawFleet>(schema);

/** The fleet file of a stack. @example fleetFilePath('local') // '<project>/stacks/local.fleet.yaml' */
export function fleetFilePath(stack: string, configured?: string, project = process.cwd()): string {
  // An empty value of the configuration is none, as it is in the environment.
  const given = configured === '' ? undefined : configured;
  return path.resolve(project, given ?? path.join('stacks', `${stack}.fleet.yaml`));
}

/**
 * Reads a fleet file and says everything that is wrong with it. Of the files that the fleet names only checksum files are
 * read; the others are looked for. Asks no cloud.
 *
 * @param file the path; messages use it relative to the working folder.
 * @param stack the stack's name, for messages.
 */
export function readFleetFile(
  file: string,
  stack: string,
): { readonly fleet: FleetFile } | { readonly problems: readonly BootfleetError[] } {
  const shown = path.relative(process.cwd(), file) || file;
  const parsed = parse(file, shown, stack);
  if ('problems' in parsed) return parsed;
  const { positions } = parsed;
  if (!validate(parsed.value)) {
    const errors = validate.errors ?? [];
    const rest = wellFormedPart(parsed.value, errors);
    // Without a count that may have been misspelt, what the rollout says of servers cannot be judged.
    const more = validate(rest)
      ? [
          ...ownProblems(shown, rest, positions, unsoundBoots(errors)),
          ...fileProblems(shown, rest, positions),
          ...coverageProblems(shown, rest, positions),
        ]
      : [];
    return { problems: told(shown, [...schemaProblems(shown, errors, positions), ...more]) };
  }
  const raw = parsed.value;
  const problems = [
    ...meaningProblems(shown, raw, positions),
    ...fileProblems(shown, raw, positions),
    ...coverageProblems(shown, raw, positions),
  ];
  return problems.length > 0 ? { problems: told(shown, problems) } : { fleet: normalise(file, raw) };
}

/**
 * Reads a fleet file.
 *
 * @throws BF1000 with all problems in it, BF1001 when there is no file, or BF1023 when it cannot be read.
 * @example const fleet = loadFleetFile('stacks/local.fleet.yaml', 'local');
 */
export function loadFleetFile(file: string, stack: string): FleetFile {
  const result = readFleetFile(file, stack);
  if ('fleet' in result) return result.fleet;
  const [first, ...more] = result.problems;
  if (
    first &&
    [fleetFileMissing, fleetFileUnreadable].some(({ definition }) => definition.code === first.code)
  )
    throw first;
  throw fleetFileInvalid({
    file: path.relative(process.cwd(), file) || file,
    count: 1 + more.length,
    problems: result.problems.map(({ message }) => message).join('\n'),
  });
}

/** Groups of servers whose `boot` the schema refused. */
function unsoundBoots(errors: readonly ErrorObject[]): ReadonlySet<string> {
  const groups = errors.map(
    ({ instancePath }) => /^\/servers\/([^/]+)\/boot(?:\/|$)/.exec(instancePath)?.[1],
  );
  return new Set(groups.filter((group) => group !== undefined));
}

/** What a text holds and where, or why it is not YAML. */
type ParsedText =
  | { readonly value: unknown; readonly positions: Positions }
  | { readonly problems: readonly BootfleetError[] };

function parse(file: string, shown: string, stack: string): ParsedText {
  let read: ReturnType<typeof readText>;
  try {
    read = readText(file);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    const problem =
      code === 'ENOENT'
        ? fleetFileMissing({ file: shown, stack }, { cause: error })
        : fleetFileUnreadable({ file: shown, code }, { cause: error });
    return { problems: [problem] };
  }
  if ('problem' in read) {
    const { kind, at, detail } = read.problem;
    const place = { file: shown, ...at, path: '' };
    return {
      problems: [
        kind === 'encoding' ? notUtf8({ ...place, detail }) : fleetFileTooLarge({ ...place, detail }),
      ],
    };
  }
  const yaml = readYaml(read.text);
  if ('problem' in yaml) {
    const { kind, at, detail } = yaml.problem;
    const place = { file: shown, ...at, path: '', detail };
    return { problems: [kind === 'syntax' ? yamlInvalid(place) : fleetFileTooLarge(place)] };
  }
  const { value, positions } = yaml;
  const problems = told(shown, repeatedKeys(shown, positions));
  return problems.length > 0 ? { problems } : { value: value ?? {}, positions };
}

/** A group of servers that is there twice is a server that is there twice; other keys are a mistake in the YAML. */
function repeatedKeys(file: string, positions: Positions): BootfleetError[] {
  return positions.repeated.map(({ path: keys, at }) => {
    const [top, name] = keys;
    if (top === 'servers' && keys.length === 2) {
      const first = positions.key(keys).line;
      return duplicateServer({ file, ...at, path: showPath(keys), server: `${name ?? ''}-1`, first });
    }
    return yamlInvalid({ file, ...at, path: '', detail: `the key ${showPath(keys)} is there twice` });
  });
}

/** In the order of the file, and not more than a person reads. */
function told(file: string, problems: readonly BootfleetError[]): BootfleetError[] {
  const number = ({ facts }: BootfleetError, name: string): number => Number(facts[name]);
  const sorted = problems.toSorted(
    (one, other) =>
      number(one, 'line') - number(other, 'line') || number(one, 'column') - number(other, 'column'),
  );
  const next = sorted[mostProblems];
  if (!next) return sorted;
  const place = { file, line: number(next, 'line'), column: number(next, 'column'), path: '' };
  return [...sorted.slice(0, mostProblems), moreProblems({ ...place, more: sorted.length - mostProblems })];
}
