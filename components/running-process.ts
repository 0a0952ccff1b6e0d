import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { parseProcessStat } from '../formats/process-stat.ts';

/** What is known of a process. */
export interface ProcessSeen {
  /** Its command line. */
  readonly argv: readonly string[];
  /** The names of the programs of its parent, of that one's parent and so on. Example: `['sh', 'pulumi', 'bash']`. */
  readonly ancestors: readonly string[];
  /** Its current folder; for what Pulumi started, the project's. */
  readonly folder: string;
  /** `PULUMI_BACKEND_URL` in its environment; empty without. */
  readonly backend: string;
}

/** A process of this machine. Each part is read from /proc when it is asked for, and is empty once the process has ended. */
export class RunningProcess implements ProcessSeen {
  readonly pid: number;

  constructor(pid: number) {
    this.pid = pid;
  }

  get argv(): readonly string[] {
    return text(`/proc/${this.pid}/cmdline`).split('\0');
  }

  get ancestors(): readonly string[] {
    return ancestorsOf(this.pid);
  }

  get folder(): string {
    return unlessGone(() => readlinkSync(`/proc/${this.pid}/cwd`), '');
  }

  get backend(): string {
    const name = 'PULUMI_BACKEND_URL=';
    const variables = text(`/proc/${this.pid}/environ`).split('\0');
    return variables.find((line) => line.startsWith(name))?.slice(name.length) ?? '';
  }
}

/** All but this process itself; none where there is no /proc. */
export function runningProcesses(): readonly RunningProcess[] {
  return unlessGone(() => readdirSync('/proc'), [])
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && pid !== process.pid)
    .map((pid) => new RunningProcess(pid));
}

function ancestorsOf(pid: number): readonly string[] {
  const { parent = 0 } = parseProcessStat(text(`/proc/${pid}/stat`)) ?? {};
  if (parent === 0) return [];
  return [text(`/proc/${parent}/comm`).trim(), ...ancestorsOf(parent)];
}

function text(file: string): string {
  return unlessGone(() => readFileSync(file, 'utf8'), '');
}

/** A process that ends while it is looked at, or is another user's, is none. */
function unlessGone<T>(read: () => T, none: T): T {
  try {
    return read();
  } catch {
    return none;
  }
}
