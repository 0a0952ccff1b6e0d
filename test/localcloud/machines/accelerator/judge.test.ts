import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  judge,
  probeLine,
  probeMacAddress,
  silence,
  type Judgement,
  type Observation,
} from '../../../../localcloud/machines/accelerator/judge.ts';

/** Firmware and iPXE as they talk under the probe's command line; each key gets its echo. */
const boot =
  '\x1bcSeaBIOS (version 1.16.2)\r\n\x1b[1;37miPXE (PCI 00:03.0) starting execution\r\nPress Ctrl-B to configure iPXE...';
const banner =
  '\r\niPXE 1.21.1 -- Open Source Network Boot Firmware\r\nPress Ctrl-B for the iPXE command line...';
const prompt = '\r\n\x1b[1mi\x1b[0mPXE> ';

/** Plays a machine: `said` at first, then what `press` answers to each key. */
function played(
  said: readonly Observation[],
  press: (key: string) => readonly Observation[] = () => [],
): { outcome: Judgement; keys: string } {
  let dialogue = silence;
  let keys = '';
  const waiting = [...said];
  for (;;) {
    const observation = waiting.shift() ?? { seen: 'late', seconds: 10 };
    const next = judge(dialogue, observation);
    if (next.kind !== 'wait') return { outcome: next, keys };
    dialogue = next.dialogue;
    for (const key of next.keys) {
      keys += key;
      waiting.push(...press(key));
    }
  }
}

const says = (text: string): Observation => ({ seen: 'console', text });
const answering = (key: string): readonly Observation[] => {
  if (key === '\x02') return [says(prompt)];
  return [says(key === '\r' ? `\r\n${probeMacAddress}${prompt}` : key)];
};

test('iPXE that answers a typed line works, whatever the pieces in which the console talks', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: boot.length }), { maxLength: 8 }), fc.boolean(), (cuts, doubled) => {
      const places = [0, ...cuts.sort((a, b) => a - b), boot.length];
      const pieces = places.slice(1).map((end, at) => boot.slice(places[at], end));
      // Some firmware draws what iPXE draws once more.
      const echo = (key: string): readonly Observation[] =>
        doubled && key > ' ' ? [says(key + key)] : answering(key);
      const { outcome, keys } = played(pieces.map(says), echo);
      expect(outcome).toEqual({ kind: 'works' });
      expect(keys).toBe(`\x02${probeLine}\r`);
    }),
  );
});

test('a first banner that passes unheard is answered at the next one', () => {
  let presses = 0;
  const { outcome } = played([says(boot)], (key) => {
    if (key === '\x02' && ++presses === 1) return [says(banner)];
    return answering(key);
  });
  expect(outcome).toEqual({ kind: 'works' });
  expect(presses).toBe(2);
});

test('a KVM that runs a boot sector and dies in iPXE fails, with the words of QEMU', () => {
  const why = 'QEMU cannot go on (KVM internal error. Suberror: 1, emulation failure)';
  const stopped: Observation = { seen: 'stopped', why };
  expect(played([says('Booting from Hard Disk...\r\ndisk-boot'), stopped]).outcome).toEqual({
    kind: 'fails',
    problem: `the processor stopped before iPXE's prompt: ${why}`,
  });
  // In its real-mode code, when the first key is to be echoed.
  const dying = (key: string): readonly Observation[] => (key === '\x02' ? [says(prompt)] : [stopped]);
  expect(played([says(boot)], dying).outcome).toEqual({
    kind: 'fails',
    problem: `the processor stopped at iPXE's prompt: ${why}`,
  });
});

test('silence, a prompt without echo, an echo without an answer: each fails when the time is over, and says which', () => {
  const problem = (outcome: Judgement): string => (outcome.kind === 'fails' ? outcome.problem : outcome.kind);
  expect(problem(played([]).outcome)).toBe("iPXE's prompt did not come within 10 s");
  const deaf = (key: string): readonly Observation[] => (key === '\x02' ? [says(prompt)] : []);
  expect(problem(played([says(boot)], deaf).outcome)).toBe('iPXE did not take a typed line within 10 s');
  const mute = (key: string): readonly Observation[] => (key === '\r' ? [says(prompt)] : answering(key));
  expect(problem(played([says(boot)], mute).outcome)).toBe('iPXE did not answer a typed line within 10 s');
});

test('a QEMU that ends is told by its words', () => {
  expect(played([says('SeaBIOS'), { seen: 'ended', how: 'SIGABRT' }]).outcome).toEqual({
    kind: 'fails',
    problem: "QEMU ended before iPXE's prompt: SIGABRT",
  });
});
