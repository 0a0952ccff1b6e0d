import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isOpen, parseWindow, secondsUntilOpen } from '../../../../components/rollout/plan/window.ts';
import { runs } from '../../../property-runs.ts';

const at = (text: string): number => Date.parse(text.includes('+') ? text : `${text}Z`);

describe('the wait for a window', () => {
  test.each([
    // 2026-11-21 is a Saturday.
    ['2026-11-21T02:30:00', ['02:00-04:00'], 0],
    ['2026-11-21T04:00:00', ['02:00-04:00'], 22 * 3600],
    ['2026-11-21T12:00:00', ['Mon-Fri 02:00-04:00'], 38 * 3600],
    ['2026-11-21T23:59:30', ['Sun 00:00-06:00'], 30],
    ['2026-11-22T01:00:00', ['Sat 22:00-02:00 UTC'], 0],
    ['2026-11-22T02:00:00', ['Fri-Sat 22:00-02:00'], (5 * 24 + 20) * 3600],
    ['2026-11-21T12:00:00', [], 0],
    ['2026-11-21T12:00:00', ['daily 13:00-14:00'], 3600],
    ['2026-11-21T12:00:00', ['Mon,Wed 00:00-24:00', 'Sun 18:00-20:00'], 30 * 3600],
    ['2026-11-21T12:00:00', ['Tue-Wed,Sun 00:00-01:00'], 12 * 3600],
    ['2026-11-21T12:00:00', ['Sat-Mon 13:00-14:00'], 3600],
    // Paris is an hour ahead of UTC in winter, two in summer.
    ['2026-11-21T00:30:00', ['Sat 02:00-04:00 Europe/Paris'], 1800],
    ['2026-07-04T00:30:00', ['Sat 02:00-04:00 Europe/Paris'], 0],
    ['2026-11-21T01:30:00', ['Fri 20:00-22:00 America/New_York'], 0],
    // Clocks skip 02:00 to 03:00 on 29 March 2026: the window begins where they land.
    ['2026-03-29T00:00:00', ['Sun 02:30-04:00 Europe/Paris'], 3600],
    // A window that is skipped as a whole: the next is a week later, when 02:15 is an hour earlier in UTC.
    ['2026-03-29T00:00:00', ['Sun 02:15-02:45 Europe/Paris'], (7 * 24 + 1) * 3600 - 3600 + 900],
    // They show 02:00 to 03:00 twice on 25 October 2026: between the two, 02:30 to 03:00 is outside.
    ['2026-10-25T00:30:00', ['Sun 02:00-02:30 Europe/Paris'], 1800],
    ['2026-10-25T01:15:00', ['Sun 02:00-02:30 Europe/Paris'], 0],
    // In New York's last hour before the day of 8 March 2026, which has 23: 24 hours later that day is over.
    ['2026-03-08T04:30:00', ['Sun 00:00-24:00 America/New_York'], 1800],
    ['2026-03-08T04:30:00', ['Sun 01:00-02:00 America/New_York'], 5400],
  ])('%s in %j: %i s', (now, windows, expected) => {
    expect(secondsUntilOpen(windows, at(now))).toBe(expected);
  });

  const zones = [
    'UTC',
    'Europe/Paris',
    'America/New_York',
    'Australia/Lord_Howe',
    'Asia/Kolkata',
    'Pacific/Apia',
  ];
  // Around changes of the clocks in each of them, and at other times.
  const moment = fc
    .tuple(
      fc.constantFrom(
        '2026-03-08',
        '2026-03-29',
        '2026-04-05',
        '2026-10-04',
        '2026-10-25',
        '2026-11-01',
        '2026-07-01',
      ),
      fc.integer({ min: -2 * 1440, max: 2 * 1440 }),
      fc.nat({ max: 59 }),
    )
    .map(([date, minutes, seconds]) => at(`${date}T00:00:00`) + (minutes * 60 + seconds) * 1000);
  const names = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
  const two = (value: number): string => String(value).padStart(2, '0');
  const time = fc
    .integer({ min: 0, max: 95 })
    .map((quarter) => `${two(Math.floor(quarter / 4))}:${two((quarter % 4) * 15)}`);
  const days = fc.uniqueArray(fc.constantFrom(...names), { minLength: 1 });
  const window = fc.record({ days, from: time, to: time, zone: fc.constantFrom(...zones) });

  /** What a person reads off the clock, by another way of asking for it. */
  function showsTimeInside(
    w: { days: string[]; from: string; to: string; zone: string },
    now: number,
  ): boolean {
    const text = (options: Intl.DateTimeFormatOptions, when: number): string =>
      new Date(when).toLocaleString('en-GB', { timeZone: w.zone, ...options });
    const clock = text({ hour: '2-digit', minute: '2-digit' }, now);
    const today = text({ weekday: 'short' }, now);
    const yesterday = names[(names.indexOf(today) + 6) % 7] ?? '';
    if (w.to > w.from) return w.days.includes(today) && clock >= w.from && clock < w.to;
    return (w.days.includes(today) && clock >= w.from) || (w.days.includes(yesterday) && clock < w.to);
  }

  test('is over exactly when the clock on the wall shows a time inside, in every zone and around every change', () => {
    fc.assert(
      fc.property(window, moment, (w, now) => {
        const text = `${w.days.join(',')} ${w.from}-${w.to} ${w.zone}`;
        expect(isOpen(parseWindow(text), now)).toBe(showsTimeInside(w, now));
        const wait = secondsUntilOpen([text], now);
        expect(showsTimeInside(w, now + wait * 1000)).toBe(true);
        // Nothing before: windows and changes of clocks lie on quarters of an hour.
        const quarter = 900_000;
        for (let when = Math.ceil(now / quarter) * quarter; when < now + wait * 1000; when += quarter)
          expect(showsTimeInside(w, when)).toBe(false);
        if (wait > 0) expect(showsTimeInside(w, now)).toBe(false);
      }),
      { numRuns: runs(150) },
    );
  });

  test('for several windows is the shortest of them', () => {
    fc.assert(
      fc.property(fc.array(window, { minLength: 1, maxLength: 3 }), moment, (ws, now) => {
        const texts = ws.map((w) => `${w.days.join(',')} ${w.from}-${w.to} ${w.zone}`);
        expect(secondsUntilOpen(texts, now)).toBe(
          Math.min(...texts.map((text) => secondsUntilOpen([text], now))),
        );
      }),
      { numRuns: runs(50) },
    );
  });
});

describe('a window', () => {
  test.each([
    ['02:00-04:00', [0, 1, 2, 3, 4, 5, 6], 'UTC'],
    ['Daily 2:00-4:00', [0, 1, 2, 3, 4, 5, 6], 'UTC'],
    ['mon 02:00-04:00 utc', [1], 'utc'],
    ['Monday-Wednesday 02:00 - 04:00', [1, 2, 3], 'UTC'],
    ['Sat, Sun 02:00-04:00 Europe/Paris', [0, 6], 'Europe/Paris'],
    ['Fri-Mon,Wed 02:00-04:00', [0, 1, 3, 5, 6], 'UTC'],
  ])('"%s" is read', (text, days, zone) => {
    expect(parseWindow(text)).toEqual({ days, start: 120, length: 120, zone });
  });

  test.each([
    ['', ''],
    ['2-4', ''],
    ['Mon 02:00', ''],
    ['Foo 02:00-04:00', 'no day "Foo"'],
    ['Mon-Foo 02:00-04:00', 'no day "Foo"'],
    ['Mon-Wed-Fri 02:00-04:00', 'no range of days'],
    ['Mon, 02:00-04:00', 'no day ""'],
    ['25:00-26:00', '25:00 is no time of day'],
    ['02:00-24:01', '24:01 is no time of day'],
    ['02:60-04:00', '02:60 is no time of day'],
    ['24:00-02:00', 'cannot begin at 24:00'],
    ['02:00-04:00 Europe/Pari', 'no time zone Europe/Pari'],
    ['02:00-04:00 UTC UTC', ''],
  ])('"%s" is refused', (text, why) => {
    expect(() => parseWindow(text)).toThrow(RangeError);
    expect(() => parseWindow(text)).toThrow(new RegExp(`is not a window.*${why}.*write for instance`));
  });

  test('whatever is given is read or refused with what was expected', () => {
    const word = fc.constantFrom('Mon', '-', ',', ' ', '02:00', '24:00', 'UTC', 'daily', 'Europe/Paris', 'x');
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(word).map((words) => words.join('')),
        ),
        (text) => {
          try {
            const { days, start, length } = parseWindow(text);
            expect(days.length).toBeGreaterThan(0);
            expect(start >= 0 && start < 1440 && length > 0 && length <= 1440).toBe(true);
          } catch (error) {
            expect(error).toBeInstanceOf(RangeError);
          }
        },
      ),
      { numRuns: runs(1000) },
    );
  });
});
