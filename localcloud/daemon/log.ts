import { appendFileSync, renameSync, statSync } from 'node:fs';

/** One line of the daemon's log. */
export interface LogLine {
  readonly at: string;
  readonly message: string;
}

/** Bytes after which the log becomes `daemon.log.1` and a new one begins. */
const longestLog = 5 * 1024 * 1024;

/** A function that writes lines to the daemon's log. */
export function openLog(file: string): (message: string) => void {
  return (message) => {
    const line: LogLine = { at: new Date().toISOString(), message };
    try {
      if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > longestLog) renameSync(file, `${file}.1`);
      appendFileSync(file, `${JSON.stringify(line)}\n`, { mode: 0o600 });
    } catch (thrown) {
      // A full disk must not end the cloud because of its log; the process's own output is the last resort.
      process.stderr.write(`${line.at} ${message} (log: ${String(thrown)})\n`);
    }
  };
}

/** The lines of a log, oldest first; a line that is cut short is shown as it is. */
export function parseLog(text: string): readonly LogLine[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      try {
        const { at, message } = JSON.parse(line) as Partial<LogLine>;
        return { at: at ?? '', message: message ?? line };
      } catch {
        return { at: '', message: line };
      }
    });
}
