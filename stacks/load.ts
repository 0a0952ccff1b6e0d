import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv, type ErrorObject } from 'ajv';
import { load as loadYaml, YAMLException } from 'js-yaml';
import { BootfleetError } from '../errors/error.ts';
import { fleetFileInvalid, duplicateServer, fleetFileMissing, yamlInvalid } from '../errors/fleet-file.ts';
import { meaningProblems, ownProblems } from './checks.ts';
import { coverageProblems } from './coverage.ts';
import schema from './fleet.schema.json' with { type: 'json' };
import { fileProblems } from './files.ts';
import type { FleetFile } from './fleet-file.ts';
import { normalise } from './normalise.ts';
import { positionsOf, showPath, type Positions } from './positions.ts';
import type { RawFleet } from './raw-fleet.ts';
import { schemaProblems } from './schema-errors.ts';
import { wellFormedPart } from './well-formed-part.ts';

/** Largest fleet file in bytes. */
const largest = 4 * 1024 * 1024;

const validate = new Ajv({
  allErrors: true,
  verbose: true,
  useDefaults: true,
  allowUnionTypes: true,
}).compile<RawFleet>(schema);

/** The fleet file of a stack. @example fleetFilePath('local') // '<project>/stacks/local.fleet.yaml' */
export function fleetFilePath(stack: string, configured?: string, project = process.cwd()): string {
  return path.resolve(project, configured ?? path.join('stacks', `${stack}.fleet.yaml`));
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
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    return { problems: [fleetFileMissing({ file: shown, stack }, { cause: error })] };
  }
  if (text.length > largest)
    return { problems: [yamlProblem(shown, `the file has more than ${largest} bytes`, 1, 1)] };
  const parsed = parse(shown, text);
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
    return { problems: sorted([...schemaProblems(shown, errors, positions), ...more]) };
  }
  const raw = parsed.value;
  const problems = [
    ...meaningProblems(shown, raw, positions),
    ...fileProblems(shown, raw, positions),
    ...coverageProblems(shown, raw, positions),
  ];
  return problems.length > 0 ? { problems: sorted(problems) } : { fleet: normalise(file, raw) };
}

/**
 * Reads a fleet file.
 *
 * @throws BF1000 with all problems in it, or BF1001 when there is no file.
 * @example const fleet = loadFleetFile('stacks/local.fleet.yaml', 'local');
 */
export function loadFleetFile(file: string, stack: string): FleetFile {
  const result = readFleetFile(file, stack);
  if ('fleet' in result) return result.fleet;
  const [first, ...more] = result.problems;
  if (first?.code === fleetFileMissing.definition.code) throw first;
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

function parse(file: string, text: string): ParsedText {
  try {
    const positions = positionsOf(text);
    const problems = repeatedKeys(file, positions);
    return problems.length > 0 ? { problems } : { value: loadYaml(text) ?? {}, positions };
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const { line = 0, column = 0 } = error.mark ?? {};
    return { problems: [yamlProblem(file, error.reason, line + 1, column + 1)] };
  }
}

/** A group of servers that is there twice is a server that is there twice; other keys are a mistake in the YAML. */
function repeatedKeys(file: string, positions: Positions): BootfleetError[] {
  return positions.repeated.map(({ path: keys, at }) => {
    const [top, name] = keys;
    if (top === 'servers' && keys.length === 2) {
      const first = positions.key(keys).line;
      return duplicateServer({ file, ...at, path: showPath(keys), server: `${name ?? ''}-1`, first });
    }
    return yamlProblem(file, `the key ${showPath(keys)} is there twice`, at.line, at.column);
  });
}

function yamlProblem(file: string, detail: string, line: number, column: number): BootfleetError {
  return yamlInvalid({ file, line, column, path: '', detail });
}

function sorted(problems: readonly BootfleetError[]): BootfleetError[] {
  const place = ({ facts }: BootfleetError): number =>
    Number(facts['line']) * 10_000 + Number(facts['column']);
  return problems.toSorted((one, other) => place(one) - place(other));
}
