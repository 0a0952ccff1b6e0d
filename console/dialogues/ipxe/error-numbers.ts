/**
 * iPXE's error numbers as sentences.
 *
 * A number has 32 bits: 30 to 24 are a POSIX error, 23 to 13 the source file, 12 to 8 tell several errors of one file
 * apart, 7 to 0 are the platform's own. Source: iPXE, src/include/errno.h; every number has a page at
 * https://ipxe.org/<number>. Known numbers are matched by their leading digits, the longest first.
 */

const KNOWN: Readonly<Record<string, string>> = {
  '02': 'Access was denied',
  '020c6': 'The server wants a password (HTTP 401)',
  '022c6': 'The server wants a password (HTTP 401)',
  '04': 'The address is not available',
  '040ee': 'No DHCP server answered',
  '0b': 'It was cancelled by a key',
  '0d': 'The connection was given up',
  '0e': 'The server refused the connection',
  '0f': 'The server reset or refused the connection',
  '1c': 'iPXE calls the argument invalid',
  '1d': 'Reading or writing failed',
  '1d0c6': 'The server answered with an HTTP error (5xx or another that iPXE does not know)',
  '26': 'The network is down',
  '28': 'The network of that address cannot be reached; is there a default route?',
  '2a': 'There was no room for another packet',
  '2c': 'There is no such device',
  '2d': 'There is no such file',
  '2d0c6': 'The server has no such file (HTTP 404)',
  '2e': 'That file is nothing that iPXE can run (Exec format error)',
  '31': 'The machine has not enough memory',
  '38': 'The network cable or link is down',
  '3c': 'This build of iPXE does not support that (a protocol such as https, or a file format)',
  '3e': 'There is no such device or name',
  '3e11': 'The host name does not exist (DNS)',
  '41': 'It is not permitted',
  '410c6': 'The server denied access to the file (HTTP 403)',
  '410de': "The server's certificate is not trusted (TLS)",
  '43': 'The other side does not keep to the protocol',
  '4c': 'The other side did not answer in time',
  '4c0a6': 'The server did not answer (TCP connection timed out)',
  '4c11': 'The name server did not answer (DNS)',
};

/** An iPXE error found in output. */
export interface IpxeError {
  /** Eight hexadecimal digits, or fewer for very old builds. */
  readonly number: string;
  /** A sentence with the link to iPXE's own page, ending with a full stop. */
  readonly sentence: string;
}

/** What a number means. The sentence always has the link, also for numbers that nobody has met. */
export function explainIpxeError(number: string): IpxeError {
  let sentence = 'iPXE reports an error that this list does not have';
  for (let length = number.length; length >= 2; length -= 1) {
    const known = KNOWN[number.slice(0, length)];
    if (known === undefined) continue;
    sentence = known;
    break;
  }
  return { number, sentence: `${sentence} (https://ipxe.org/${number}).` };
}

/** The last error link in output. A console that breaks lines at 80 columns may have broken it. */
export function findIpxeError(output: string): IpxeError | undefined {
  const link = 'ipxe.org/'.split('').join('\\n?').replaceAll('.', '\\.');
  const found = [...output.matchAll(new RegExp(`${link}\\n?((?:[0-9a-f]\\n?){6,8})\\)`, 'g'))].at(-1);
  const number = found?.[1]?.replaceAll('\n', '');
  return number === undefined ? undefined : explainIpxeError(number);
}
