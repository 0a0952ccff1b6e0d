import type { QemuMachine } from '../qemu-machine.ts';

/** What a machine says about its slots. */
export interface Slots {
  /** Build and letter of the slot that runs. */
  readonly build: string;
  readonly slot: string;
  /** Build that the other slot is recorded to hold whole; empty when it is not. */
  readonly other: string;
}

const script = `
sed -n 's/^build date: /build=/p' /resflash/BUILD
mount | sed -n 's|^/dev/sd0\\(.\\) on / .*|slot=\\1|p'
mount /cfg
for letter in d e; do sed "s/^/$letter./" /cfg/bootfleet/slot.$letter 2>/dev/null; done
umount /cfg`;

/** Waits until the machine answers, up to three minutes, and asks what it runs. */
export async function lookAt(machine: QemuMachine): Promise<Slots> {
  return parseSlots(await machine.shell(script, 180));
}

/** Reads the answer of the script above. */
export function parseSlots(text: string): Slots {
  const said = new Map(
    text.split('\n').flatMap((line) => {
      const [, key = '', value = ''] = /^([a-z.]+)=(.*)$/.exec(line.trim()) ?? [];
      return key === '' ? [] : [[key, value] as const];
    }),
  );
  const slot = said.get('slot') ?? '';
  const other = slot === 'd' ? 'e' : 'd';
  const whole = ['complete', 'proven'].includes(said.get(`${other}.state`) ?? '');
  return { build: said.get('build') ?? '', slot, other: whole ? (said.get(`${other}.build`) ?? '') : '' };
}
