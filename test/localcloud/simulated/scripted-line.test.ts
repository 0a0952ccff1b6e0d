import { expect, test } from 'vitest';
import { ScriptedLine } from '../../../localcloud/simulated/scripted-line.ts';

/** A viewer and what it has seen. */
function watch(line: ScriptedLine): { seen: () => string; write(text: string): void; detach(): void } {
  let seen = '';
  const viewer = line.attach();
  viewer.onData((bytes) => {
    seen += Buffer.from(bytes).toString();
  });
  return {
    seen: () => seen,
    write: (text) => {
      viewer.write(Buffer.from(text));
    },
    detach: () => {
      viewer.detach();
    },
  };
}

test('all viewers see what is said; a late one what was said before, a detached one nothing more', () => {
  const line = new ScriptedLine();
  const first = watch(line);
  line.say('one\r\n');
  const late = watch(line);
  line.say('two\r\n');
  first.detach();
  line.say('three\r\n');
  expect(first.seen()).toBe('one\r\ntwo\r\n');
  expect(late.seen()).toBe('one\r\ntwo\r\nthree\r\n');
});

test('a viewer has one listener: a second one takes the place of the first', () => {
  const line = new ScriptedLine();
  const viewer = line.attach();
  const heard: string[] = [];
  viewer.onData(() => heard.push('first'));
  viewer.onData(() => heard.push('second'));
  line.say('x');
  expect(heard).toEqual(['second']);
});

test('the past is bounded', () => {
  const line = new ScriptedLine();
  for (let round = 0; round < 100; round += 1) line.say('x'.repeat(1000));
  line.say('end');
  const late = watch(line).seen();
  expect(late).toHaveLength(16 * 1024);
  expect(late.endsWith('xend')).toBe(true);
});

test('what is typed goes to whoever plays the machine; to nobody when nobody does', () => {
  const line = new ScriptedLine();
  const viewer = watch(line);
  viewer.write('lost');
  const typed: string[] = [];
  line.onTyped = (text) => typed.push(text);
  viewer.write('dhcp\r');
  expect(typed).toEqual(['dhcp\r']);
  expect(viewer.seen()).toBe('');
});
