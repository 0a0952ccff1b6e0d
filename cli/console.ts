import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { connectCloud } from '../clouds/connect.ts';
import { attach } from '../console/attach/attach.ts';
import { parseCast } from '../console/transcript/asciicast.ts';
import { listTranscripts } from '../console/transcript/list-transcripts.ts';
import { replaySteps } from '../console/transcript/replay.ts';
import { transcriptFolder } from '../console/transcript/transcript-path.ts';
import { serverUnknown, transcriptMissing, transcriptUnreadable } from '../errors/console.ts';
import { usageWrong } from '../errors/setup.ts';
import { loadFleetFile } from '../stacks/load.ts';
import { stackFleetFile } from './stack-fleet-file.ts';
import { Deadline } from '../waiting/deadline.ts';
import { nearestWord } from '../errors/nearest-name.ts';
import { defineCommand } from './command.ts';
import { fleetFileOption } from './fleet-arguments.ts';
import { printJson } from './output.ts';
import { ownerOf } from './project.ts';
import { type StackName, stackOf } from './stack-name.ts';
import { stackServers } from './stack-servers.ts';
import { readStackState } from './stack-state.ts';

/** Longest name of a server: a group's 40 characters, a dash and a number. */
const longestName = 64;

/** `bootfleet console`: a machine's serial line, live or as recorded. */
export const command = defineCommand({
  name: 'console',
  summary: "a machine's serial console, live or as recorded",
  takes: ['<server>', '[stack]'],
  about: `Attaches this terminal to a server's serial console. All keys go to the machine, Ctrl-C too; ~. at the start of
a line leaves, ~? shows help. With --replay, plays what bootfleet saw and typed there last; nothing is asked of
the cloud then.`,
  options: {
    replay: { says: 'play the newest transcript' },
    speed: {
      value: 'N',
      says: 'N times as fast; 0 leaves the pauses out (default 1; pauses are cut at 2 s)',
    },
    what: { value: 'NAME', says: 'only transcripts of this kind: install, boot, upgrade, fail-back' },
    file: fleetFileOption,
    json: { says: 'list the transcripts: [{ file, at, what, bytes }]' },
  },
  examples: [
    'bootfleet console edge-1',
    'bootfleet console edge-1 local --replay --speed 4',
    'bootfleet console edge-1 --json',
  ],
  async run({ values, positionals }) {
    const [machine = ''] = positionals;
    const stack = stackOf('console', positionals.slice(1));
    // It becomes part of paths.
    if (machine.length > longestName)
      throw usageWrong({ command: 'console', problem: `'${machine.slice(0, 20)}...' is no server's name` });
    if (values.json) {
      printJson((await listTranscripts(stack.name, machine)).filter(ofKind(values.what)));
      return 0;
    }
    if (values.replay) {
      await replay(stack.name, machine, speedOf(values.speed), values.what);
      return 0;
    }
    return await attachTo(stack, machine, values.file);
  },
});

const ofKind =
  (kind: string | undefined) =>
  ({ what }: { what: string }): boolean =>
    kind === undefined || what === kind;

/** 0 stands for no pauses at all. */
function speedOf(text = '1'): number {
  const speed = Number(text);
  if (text.trim() === '' || !Number.isFinite(speed) || speed < 0)
    throw usageWrong({ command: 'console', problem: `--speed takes a number from 0 on, not '${text}'` });
  return speed === 0 ? Infinity : speed;
}

async function replay(
  stack: string,
  machine: string,
  speed: number,
  what: string | undefined,
): Promise<void> {
  const newest = (await listTranscripts(stack, machine)).filter(ofKind(what)).at(-1);
  if (!newest) throw transcriptMissing({ machine, folder: transcriptFolder(stack, machine) });
  const cast = parseCast(await readFile(newest.file, 'utf8'));
  if ('reason' in cast) throw transcriptUnreadable({ file: newest.file, ...cast });
  process.stderr.write(`${cast.header.title}, ${newest.at}\n`);
  for (const step of replaySteps(cast.events, { speed })) {
    if (step.pause >= 1) await pause(step.pause);
    process.stdout.write(step.text);
  }
  process.stdout.write('\n');
}

async function attachTo(stack: StackName, machine: string, file: string | undefined): Promise<number> {
  const fleet = loadFleetFile(stackFleetFile(stack, file), stack.given);
  const cloud = await connectCloud(fleet.cloud);
  const views = await stackServers(cloud, fleet.fleet, ownerOf(stack), await readStackState(stack));
  const view = views.get(machine);
  if (!view) {
    const names = [...new Set([...views.keys(), ...fleet.servers.map(({ name }) => name)])];
    const known = fleet.servers.some(({ name }) => name === machine);
    throw serverUnknown({ machine, stack: stack.given, known, nearest: nearestWord(machine, names) ?? '' });
  }
  const transport = await cloud.openConsole(view.id, Deadline.after(30));
  process.stderr.write(`${transport.description}; ~. at the start of a line leaves\n`);
  const ended = await attach(transport, {
    input: process.stdin,
    output: process.stdout,
    remarks: process.stderr,
  });
  if (ended) throw ended;
  process.stderr.write('\r\nleft the console\n');
  return 0;
}
