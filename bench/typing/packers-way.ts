import { setTimeout as pause } from 'node:timers/promises';
import { runCommand } from '../../console/dialogues/ipxe/commands.ts';
import { reachPrompt } from '../../console/dialogues/ipxe/reach-prompt.ts';
import { ConsoleSession } from '../../console/session.ts';
import { startIpxeMachine } from '../../test/console/machines/ipxe-machine.ts';
import { Deadline } from '../../waiting/deadline.ts';

/** Packer's default pause between two keys (`boot_key_interval`, 100 ms). It presses on without looking. */
const KEY_INTERVAL = 100;

/** Types `set x <value>` key by key with a fixed pause, then reads back what iPXE got. */
export async function typePackersWay(
  texts: readonly string[],
): Promise<{ whole: number; lines: number; perCharacter: number }> {
  const machine = await startIpxeMachine();
  const session = new ConsoleSession({ transport: machine.transport, machine: 'baseline' });
  let whole = 0;
  let characters = 0;
  let spent = 0;
  try {
    await reachPrompt(session);
    for (const text of texts) {
      const began = performance.now();
      for (const key of `set x ${text}\r`) {
        await session.send(key);
        await pause(KEY_INTERVAL);
        characters += 1;
      }
      spent += performance.now() - began;
      await session.expect([{ name: 'prompt', match: 'iPXE>' }], {
        deadline: Deadline.after(20),
        doing: 'prompt',
      });
      const shown = (await runCommand(session, 'echo ${x}')).replaceAll(/\s/g, '');
      if (shown === text) whole += 1;
    }
  } finally {
    await session.close();
    await machine.stop();
  }
  return { whole, lines: texts.length, perCharacter: spent / characters };
}
