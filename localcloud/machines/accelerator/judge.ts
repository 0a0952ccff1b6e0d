/**
 * What is seen of a machine that is probed. `stopped`: its processor stands still although nobody asked for that;
 * `ended`: its process is gone; `late`: its time is over.
 */
export type Observation =
  | { readonly seen: 'console'; readonly text: string }
  | { readonly seen: 'stopped'; readonly why: string }
  | { readonly seen: 'ended'; readonly how: string }
  | { readonly seen: 'late'; readonly seconds: number };

/** Where the dialogue with iPXE is. */
export interface Dialogue {
  readonly phase: 'banner' | 'typing' | 'answer';
  /** What the console said that no step has used up yet. */
  readonly unread: string;
  /** Characters of the line that were typed. */
  readonly typed: number;
}

/** What follows: keys to press and further waiting, or the end. */
export type Judgement =
  | { readonly kind: 'wait'; readonly dialogue: Dialogue; readonly keys: string }
  | { readonly kind: 'works' }
  | { readonly kind: 'fails'; readonly problem: string };

/** The probe's network card. Its address is the answer that proves that iPXE ran a typed line. */
export const probeMacAddress = '52:54:00:b0:07:f1';

/** Typed at the prompt. The answer is not in it, so that the echo alone proves nothing. */
export const probeLine = 'echo ${net0/mac}';

const ctrlB = '\x02';
const banner = onceOrTwice('Press Ctrl-B');
const prompt = onceOrTwice('iPXE>');
const answer = onceOrTwice(probeMacAddress);

/** The beginning: nothing was said yet. */
export const silence: Dialogue = { phase: 'banner', unread: '', typed: 0 };

/**
 * One step of the proof that a processor runs what machines run: iPXE's banner, Ctrl-B, the prompt, a line typed with
 * each echo awaited, and its answer. Pure; fed with what is seen, in its order.
 */
export function judge(dialogue: Dialogue, observation: Observation): Judgement {
  switch (observation.seen) {
    case 'stopped':
      return { kind: 'fails', problem: `the processor stopped ${when[dialogue.phase]}: ${observation.why}` };
    case 'ended':
      return { kind: 'fails', problem: `QEMU ended ${when[dialogue.phase]}: ${observation.how}` };
    case 'late':
      return { kind: 'fails', problem: `${missing[dialogue.phase]} within ${observation.seconds} s` };
    case 'console':
      return read({ ...dialogue, unread: unreadOf(dialogue.unread + observation.text) });
  }
}

const when = {
  banner: "before iPXE's prompt",
  typing: "at iPXE's prompt",
  answer: "at iPXE's prompt",
} as const;

const missing = {
  banner: "iPXE's prompt did not come",
  typing: 'iPXE did not take a typed line',
  answer: 'iPXE did not answer a typed line',
} as const;

function read(dialogue: Dialogue): Judgement {
  const { phase, unread, typed } = dialogue;
  if (phase === 'banner') {
    const atPrompt = after(prompt, unread);
    if (atPrompt !== undefined) return type({ phase: 'typing', unread: atPrompt, typed: 0 });
    // The ROM's first banner may pass before a key is read: each one is answered.
    const atBanner = after(banner, unread);
    return {
      kind: 'wait',
      dialogue: { ...dialogue, unread: atBanner ?? unread },
      keys: atBanner === undefined ? '' : ctrlB,
    };
  }
  if (phase === 'typing') {
    const echoed = unread.indexOf(probeLine.charAt(typed - 1));
    if (echoed < 0) return { kind: 'wait', dialogue, keys: '' };
    return type({ ...dialogue, unread: unread.slice(echoed + 1) });
  }
  return answer.test(unread) ? { kind: 'works' } : { kind: 'wait', dialogue, keys: '' };
}

/** Presses the next key of the line. One at a time: a serial line's buffer holds 16. */
function type({ unread, typed }: Dialogue): Judgement {
  return typed === probeLine.length
    ? { kind: 'wait', dialogue: { phase: 'answer', unread, typed }, keys: '\r' }
    : {
        kind: 'wait',
        dialogue: { phase: 'typing', unread, typed: typed + 1 },
        keys: probeLine.charAt(typed),
      };
}

/** A text as a console may show it: firmware and iPXE may both draw a character. */
function onceOrTwice(text: string): RegExp {
  return new RegExp(Array.from(text, (char) => `${char}{1,2}`).join(''));
}

function after(pattern: RegExp, text: string): string | undefined {
  const found = pattern.exec(text);
  return found === null ? undefined : text.slice(found.index + found[0].length);
}

/** The longest text that is waited for is far shorter. */
const mostUnread = 2000;

/** Without the control sequences with which firmware places its text (ECMA-48, 5.4); a last one may be unfinished. */
function unreadOf(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replace(/\x1b\[[0-?]*[ -/]*[@-~]/g, '').slice(-mostUnread);
}
