/**
 * How a cloud says that it refused to switch a server on because its host has no room: the server is `stopped`, and its state
 * detail is `did not start: BF1843: <sentence with the numbers>`. Asking again at once does not help.
 */

/** The code of the refusal; see errors/localcloud.ts. */
export const refusalCode = 'BF1843';

const refused = new RegExp(`^did not start: ${refusalCode}: (.*)`);

/** The sentence, out of a server's state detail; `undefined` when it tells of something else. */
export function parseRefusedStart(detail: string): string | undefined {
  return refused.exec(detail)?.[1];
}
