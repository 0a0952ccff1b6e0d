import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LineTypist, type LineTypistOptions, type TypingStep } from '../../../console/typing/line-typist.ts';
import { Pace } from '../../../console/typing/pace.ts';
import { LossyLine, seeded, type Faults } from './lossy-line.ts';
import { runs } from '../../property-runs.ts';

const perfect: Faults = {
  keyLost: 0,
  keyGarbled: 0,
  echoLost: 0,
  echoGarbled: 0,
  doubling: 'never',
  chatter: 0,
  delay: 60,
  buffer: 16,
};

/** Types on a simulated line, with simulated time. */
function type(
  line: string,
  wire: LossyLine,
  options: Partial<LineTypistOptions> = {},
): { state: TypingStep['state']; attempts: number; keys: number } {
  const typist = new LineTypist(line, { pace: new Pace(), ...options });
  let now = 0;
  let keys = 0;
  let step = typist.start(now);
  for (;;) {
    keys += step.send.length;
    if (step.send !== '') wire.send(step.send, now);
    if (step.state !== 'busy') return { state: step.state, attempts: typist.attempt, keys };
    const next = wire.next();
    if (next && next.at <= now + step.wait) {
      now = Math.max(now, next.at);
      step = typist.receive(wire.take(), now);
    } else {
      now += step.wait;
      step = typist.silence();
    }
  }
}

const character = fc.integer({ min: 33, max: 125 }).map((code) => String.fromCharCode(code));
const anyLine = fc
  .tuple(character, fc.array(fc.oneof(character, fc.constantFrom(' ', 't', '/')), { maxLength: 80 }))
  .map(([first, rest]) => first + rest.join(''));
const chance = fc.constantFrom(0, 0, 0.01, 0.05, 0.2);
const faults = fc.record({
  keyLost: chance,
  keyGarbled: chance,
  echoLost: chance,
  echoGarbled: chance,
  doubling: fc.constantFrom('never' as const, 'never' as const, 'always' as const),
  chatter: fc.constantFrom(0, 0, 0.02),
  delay: fc.constantFrom(1, 60, 3_000),
  buffer: fc.constantFrom(1, 5, 16, 100),
});

test('a perfect line takes one attempt, and only the marker and Ctrl-U beside the line itself', () => {
  const wire = new LossyLine(perfect, seeded(1));
  const line = 'chain http://10.0.2.2:8080/boot/0123456789abcdef.ipxe';
  expect(type(line, wire)).toEqual({ state: 'entered', attempts: 1, keys: line.length + 4 });
  expect(wire.entered).toEqual([line]);
});

test('a clean line needs no marker', () => {
  const wire = new LossyLine(perfect, seeded(1));
  expect(type('dhcp', wire, { clean: true })).toEqual({ state: 'entered', attempts: 1, keys: 5 });
});

test('an echo that doubles every character is understood', () => {
  const wire = new LossyLine({ ...perfect, doubling: 'always' }, seeded(1));
  expect(type('chain http://server/aabb', wire).state).toBe('entered');
  expect(wire.entered).toEqual(['chain http://server/aabb']);
});

test('what somebody left in the line editor is taken away first', () => {
  const wire = new LossyLine(perfect, seeded(1), 'rm -rf');
  type('dhcp', wire);
  expect(wire.entered).toEqual(['dhcp']);
});

test('windows shrink to what a small buffer can hold', () => {
  const pace = new Pace();
  const wire = new LossyLine({ ...perfect, buffer: 3 }, seeded(1));
  const line = 'set x 0123456789012345678901234567890123456789';
  for (let count = 0; count < 5; count += 1)
    expect(type(line, wire, { pace, attempts: 30 }).state).toBe('entered');
  expect(wire.entered).toEqual(Array(5).fill(line));
});

test('a dead line ends after the attempts asked for, without Enter', () => {
  const wire = new LossyLine({ ...perfect, keyLost: 1 }, seeded(1));
  expect(type('dhcp', wire, { attempts: 3 })).toMatchObject({ state: 'failed', attempts: 3 });
  expect(wire.entered).toEqual([]);
});

test('property: no wrong line is ever entered', () => {
  fc.assert(
    fc.property(
      anyLine,
      faults,
      fc.nat(),
      fc.constantFrom('', 'junk', 'zq'),
      (line, drawn, seed, leftOver) => {
        const wire = new LossyLine(drawn, seeded(seed), leftOver);
        const { state } = type(line, wire);
        expect(wire.entered.length).toBeLessThanOrEqual(1);
        for (const entered of wire.entered) expect(entered).toBe(line);
        // Somebody's line end may pass for the echo of an Enter that was lost; the next wait finds that out.
        if (state === 'entered' && drawn.chatter === 0) expect(wire.entered).toEqual([line]);
      },
    ),
    { numRuns: runs(1_000) },
  );
});

test('property: nor on a line that doubles characters now and then, when it is typed carefully', () => {
  fc.assert(
    fc.property(anyLine, faults, fc.nat(), (line, drawn, seed) => {
      const wire = new LossyLine({ ...drawn, doubling: 'sometimes' }, seeded(seed));
      const pace = new Pace();
      pace.careful = true;
      type(line, wire, { pace });
      expect(wire.entered.length).toBeLessThanOrEqual(1);
      for (const entered of wire.entered) expect(entered).toBe(line);
    }),
    { numRuns: runs(1_000) },
  );
});

test('property: a line that loses one key in a hundred gets there', () => {
  fc.assert(
    fc.property(anyLine, fc.nat(), (line, seed) => {
      const wire = new LossyLine({ ...perfect, keyLost: 0.01 }, seeded(seed));
      expect(type(line, wire, { attempts: 50, repeatEnter: true }).state).toBe('entered');
      expect(wire.entered[0]).toBe(line);
    }),
    { numRuns: runs(300) },
  );
});
