/**
 * What a cloud says of a machine whose processor its host stopped: QEMU cannot go on, a disk of the host is full, somebody
 * paused it. The machine is still on, and shows nothing any more; only a power cycle, or its host, makes it go on. Said in
 * two places: the server's state detail, for whoever asks, and a line on the serial console, for whoever listens.
 */

const detailLead = 'stopped by its host: ';
const lineLead = 'bootfleet-cloud: ';
/** Longest cause, so that the detail and the line stay one line of a screen or two. */
const longest = 240;

const time = String.raw`(\d{4}-\d\d-\d\dT[\d:.]{1,20}Z)`;
// Bounded: a guest may print beginnings of it as often as it likes, without a line end.
const stopLine = new RegExp(
  `${lineLead}stopped by its host at=${time}: ([^\\r\\n]{0,${longest}})\\r?\\n`,
  'g',
);

/** The state detail of a server that stands still. */
export function hostStopDetail(why: string): string {
  return `${detailLead}${oneLine(why)}`;
}

/** The cause, out of a server's state detail; `undefined` when it tells of something else. */
export function parseHostStopDetail(detail: string): string | undefined {
  return detail.startsWith(detailLead) ? detail.slice(detailLead.length) : undefined;
}

/** What the cloud writes on the console of a machine that stands still. @param at ISO 8601, UTC */
export function hostStopLine(at: string, why: string): string {
  return `\r\n${lineLead}stopped by its host at=${at}: ${oneLine(why)}\r\n`;
}

/** What the cloud writes when the machine goes on after all. */
export function hostResumeLine(at: string): string {
  return `\r\n${lineLead}goes on at=${at}\r\n`;
}

/**
 * The cause of the last stop since a moment, out of what a console showed; whole lines only. Consoles begin with what they
 * showed long ago, hence the moment.
 *
 * @param since milliseconds since 1970
 */
export function findHostStop(shown: string, since: number): string | undefined {
  const stops = [...shown.matchAll(stopLine)].filter(([, at = '']) => Date.parse(at) >= since);
  return stops.at(-1)?.[2];
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim().slice(0, longest);
}
