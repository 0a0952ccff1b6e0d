import { expect, test } from 'vitest';
import { EscapeKeys } from '../../../console/attach/escape.ts';

test.each([
  ['~.', '', 'leave'],
  ['ls\r~.', 'ls\r', 'leave'],
  ['a~.', 'a~.', 'none'],
  ['~~x', '~x', 'none'],
  ['~x', '~x', 'none'],
  ['~?', '', 'help'],
])('%j sends %j and means %s', (typed, keys, action) => {
  expect(new EscapeKeys().feed(typed)).toEqual({ keys, action });
});

test('the escape is found across pieces', () => {
  const escape = new EscapeKeys();
  expect(escape.feed('\r~')).toEqual({ keys: '\r', action: 'none' });
  expect(escape.feed('.')).toEqual({ keys: '', action: 'leave' });
});
