import { consoleTimeout, ipxeCommandFailed, networkNotConfigured } from '../../../errors/console.ts';
import { BootfleetError } from '../../../errors/error.ts';
import { Deadline } from '../../../waiting/deadline.ts';
import type { ConsoleSession } from '../../session.ts';
import { findIpxeError } from './error-numbers.ts';
import { restartSigns } from '../restart-signs.ts';
import { prompt } from './patterns.ts';

/** How long a command may take. */
export interface CommandOptions {
  /** Default 60 s. */
  readonly deadline?: Deadline;
  /** Parts of the command that must appear in no transcript and no message. */
  readonly secrets?: readonly string[];
}

/**
 * Runs one command at `iPXE>` and returns what it printed, without the prompt behind it.
 *
 * @throws BF1312 when iPXE printed an error; BF1314 when the machine starts anew behind it; BF1303, BF1304, BF1305 and
 * BF1313 as `ConsoleSession`.
 */
export async function runCommand(
  session: ConsoleSession,
  command: string,
  { deadline = Deadline.after(60), secrets = [] }: CommandOptions = {},
): Promise<string> {
  const shown = secrets.reduce((text, secret) => text.replaceAll(secret, '********'), command);
  await session.typeLine(command, { deadline, secrets, repeatEnter: true });
  const answer = await session.expect([prompt, ...restartSigns(session, shown)], {
    deadline,
    doing: `waiting for the end of \`${shown}\``,
  });
  throwIfFailed(session, shown, answer.before);
  return answer.before.trim();
}

/**
 * Configures the network with `dhcp`.
 *
 * @throws BF1311 after so many attempts, or when the deadline passes.
 */
export async function configureNetwork(
  session: ConsoleSession,
  { attempts = 3, deadline = Deadline.after(180) }: { attempts?: number; deadline?: Deadline } = {},
): Promise<void> {
  let reason = '';
  let attempt = 0;
  do {
    attempt += 1;
    session.step(`dhcp, attempt ${attempt} of ${attempts}`);
    try {
      await runCommand(session, 'dhcp', { deadline });
      return;
    } catch (error) {
      if (!(error instanceof BootfleetError)) throw error;
      if (error.code === consoleTimeout.definition.code) {
        const late = `no end of it within ${String(error.facts['seconds'])} s`;
        reason = reason === '' ? `${late}.` : `${late}; the attempt before: ${reason}`;
        break;
      }
      if (error.code !== ipxeCommandFailed.definition.code) throw error;
      reason = String(error.facts['reason']);
      session.step(`dhcp failed: ${reason}`);
    }
  } while (attempt < attempts && !deadline.passed);
  throw networkNotConfigured({
    machine: session.machine,
    attempts: attempt,
    reason,
    screen: session.screen(),
  });
}

/**
 * Sets a variable. A `secret` value appears in no transcript and no message.
 *
 * @param name letters, digits and `-`, with `/` for a scope. Example: `net0/ip`.
 */
export async function setVariable(
  session: ConsoleSession,
  name: string,
  value: string,
  { secret = false, deadline }: { secret?: boolean; deadline?: Deadline } = {},
): Promise<void> {
  if (!/^[a-z0-9/:-]+$/i.test(name)) throw new RangeError(`not a name of an iPXE variable: ${name}`);
  await runCommand(session, `set ${name} ${value}`, {
    ...(deadline && { deadline }),
    ...(secret && { secrets: [value] }),
  });
}

/** Looks back only from an `ok` at the end of a line, and not far: a download may print thousands of dots. */
export const loaded = {
  name: 'loaded',
  match: /o\n?k\n(?<=\.\n?\.[ .\n]{0,20}(?:\d{1,3}[ \n]{0,4}%)?[ \n]{0,4}o\n?k\n)/,
  reach: 48,
};

/**
 * Downloads a script or an image and runs it. Returns as soon as it was downloaded; what it does then is for the
 * next watcher (see `boot-outcome`).
 *
 * @param url no blanks; keep it short, it is typed.
 * @throws BF1312 when iPXE could not get it or does not know what it is.
 */
export async function chain(
  session: ConsoleSession,
  url: string,
  { deadline = Deadline.after(120) }: { deadline?: Deadline } = {},
): Promise<void> {
  const command = `chain ${url}`;
  session.step(command);
  await session.typeLine(command, { deadline, repeatEnter: true });
  // iPXE prints the address, dots or a percentage, and `ok`; the console may break the line anywhere.
  const answer = await session.expect([loaded, prompt, ...restartSigns(session, command)], {
    deadline,
    doing: `waiting for \`${command}\``,
  });
  if (answer.name === loaded.name) return;
  throwIfFailed(session, command, answer.before);
  throw ipxeCommandFailed({
    machine: session.machine,
    command,
    reason: 'iPXE came back to its prompt without having downloaded anything.',
    screen: session.screen(),
  });
}

function throwIfFailed(session: ConsoleSession, command: string, output: string): void {
  const reason = failureIn(command, output);
  if (reason === undefined) return;
  throw ipxeCommandFailed({ machine: session.machine, command, reason, screen: session.screen() });
}

/** Why a command failed, from its output; `undefined` when it did not. */
export function failureIn(command: string, output: string): string | undefined {
  if (command === 'dhcp' && endsConfigured(output)) return undefined;
  const error = findIpxeError(output);
  if (error) return error.sentence;
  // Errors of the shell itself have no number of their own.
  const unknown = /^[ \t]*(\S+): command not found/m.exec(output)?.[1];
  return unknown === undefined ? undefined : `This build of iPXE has no command \`${unknown}\`.`;
}

/**
 * Whether the last interface that `dhcp` tried got its address. It tries them one after the other and stops at the first
 * that works; what it says of the ones before is no failure. Source: ifcommon_exec() in ipxe/src/hci/commands/ifmgmt_cmd.c,
 * ifconf() in ipxe/src/usr/ifmgmt.c.
 */
function endsConfigured(output: string): boolean {
  const last = output.slice(Math.max(0, output.lastIndexOf('Configuring (')));
  return /^Configuring \([^)]{1,200}\)[ .\n]{0,200}o\n?k\s*$/.test(last);
}
