import { expect } from 'vitest';
import { oneWord } from '../../../components/boot-script/argument.ts';

/** Values that look like quoting, expansion or another command, and are one word to iPXE all the same. */
export const harmlessWords = [
  "q='single'", 'a&&b', 'a||b', '&&x', '||x', 'x;y', ';x', '$HOME', '$(reboot)', '{curly}', 'back\\slash', '\\n', 'a\\tb',
  '50%', '%25', 'a#b', '<>|', '`tick`', '!bang', '~', '&', '|', "'", '--x', '$x}', '[*]', '?', '=', 'a=b=c',
]; // prettier-ignore
/** Values that iPXE or a kernel would read as more than one thing. */
export const harmfulWords = [
  'two words', 'tab\tbed', 'quiet\nreboot', 'quiet\r\nreboot', '"quoted"', '&&', '||', ';', '#comment', '${net0/ip}', 'x${', 'a$', 'x\\',
  '', 'ünicode', 'nul\0byte', 'esc\x1b[2J', '\u2028',
]; // prettier-ignore

/** Which words are taken. */
export function sorted(words: readonly string[]): { accepted: string[]; refused: string[] } {
  const accepted: string[] = [];
  const refused: string[] = [];
  for (const word of words) {
    try {
      accepted.push(oneWord('word', word));
    } catch (error) {
      expect(error).toMatchObject({ code: 'BF1271' });
      refused.push(word);
    }
  }
  return { accepted, refused };
}
