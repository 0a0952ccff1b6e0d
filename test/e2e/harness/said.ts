/** A command that ran or still runs, and what it printed so far. */
export interface SaidCommand {
  readonly command: string;
  readonly output: () => string;
}

const said: SaidCommand[] = [];

/** Notes a command, for whoever has to tell what led to a failure. */
export function noteCommand(command: string, output: () => string): void {
  said.push({ command, output });
}

/** The commands noted since the last call. */
export function takeCommands(): readonly SaidCommand[] {
  return said.splice(0);
}
