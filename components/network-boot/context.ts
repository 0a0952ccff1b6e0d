import type { DialogueContext, LoginContext } from '../boot-mode/context.ts';
import type { NetworkBootInputs } from './args.ts';

/** One machine being worked on: its arguments, ways to reach it, and what was found. */
export interface NetworkBootContext extends DialogueContext, Pick<LoginContext, 'connect'> {
  readonly inputs: NetworkBootInputs;
}

/** The same for logging in. `check` has seen to it that a proof by SSH has a login. */
export function withLogin({ inputs, findings, connect }: NetworkBootContext): LoginContext {
  const { machine, ssh } = inputs;
  if (ssh === undefined) throw new Error(`${machine}: a proof by SSH without a login`);
  return { inputs: { machine, ssh }, findings, connect };
}
