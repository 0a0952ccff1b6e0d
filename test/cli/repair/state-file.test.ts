import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { backendFolder, isWholeNote, readStateText, stateFiles } from '../../../cli/repair/state-file.ts';
import { sampleState } from './sample-state.ts';

test.each([
  ['file:///var/state', '/var/state'],
  ['file:///var/state?metadata=skip', '/var/state'],
  ['file://~', '/home/me'],
  ['file://~/state?metadata=skip', '/home/me/state'],
  ['file://./here', '/project/here'],
  ['s3://bucket', undefined],
  ['https://api.pulumi.com', undefined],
])('the folder of %s', (url, folder) => {
  expect(backendFolder(url, '/project', () => '/home/me')).toBe(folder);
});

test('the files of a stack', () => {
  expect(stateFiles('/s', { project: 'bootfleet', stack: 'local' })).toEqual({
    state: '/s/.pulumi/stacks/bootfleet/local.json',
    note: '/s/.pulumi/stacks/bootfleet/local.json.attrs',
    previous: '/s/.pulumi/stacks/bootfleet/local.json.bak',
    backups: '/s/.pulumi/backups/bootfleet/local',
    locks: '/s/.pulumi/locks/organization/bootfleet/local',
    history: '/s/.pulumi/history/bootfleet/local',
  });
});

describe('the text of a state', () => {
  const whole = sampleState('2026-11-21T09:51:56Z', 3);

  test('tells its time and its number of resources', () => {
    expect(readStateText(whole)).toEqual({ time: '2026-11-21T09:51:56Z', resources: 3 });
    expect(readStateText('{"version":3,"checkpoint":{"stack":"organization/p/s"}}')).toEqual({
      time: '',
      resources: 0,
    });
  });

  test('that is empty, of zeros, or something else is broken', () => {
    expect(readStateText('')).toEqual({ broken: 'is empty' });
    expect(readStateText('\n')).toEqual({ broken: 'is empty' });
    expect(readStateText('\0'.repeat(500))).toEqual({ broken: 'is no whole JSON' });
    for (const text of ['{}', '[]', 'null', '3', '{"checkpoint":null}'])
      expect(readStateText(text), text).toEqual({ broken: 'holds no state of a stack' });
  });

  test('that is cut anywhere is broken', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: whole.length - 1 }), (end) => {
        expect(readStateText(whole.slice(0, end))).toHaveProperty('broken');
      }),
    );
  });

  test('never makes it throw', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        readStateText(text);
      }),
    );
  });
});

test("the backend's note", () => {
  expect(isWholeNote('{"user.content_type":"text/plain","md5":"a6st"}')).toBe(true);
  for (const text of ['', '{"user.content', 'null', '\0\0']) expect(isWholeNote(text), text).toBe(false);
});
