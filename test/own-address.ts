import { freePort } from '../localcloud/addresses/free-port.ts';

/**
 * An address of the loopback network that no other process of the tests has. On 127.0.0.1 a port that was free a moment
 * ago may be given to anybody who asks for any: to a test beside this one, or to the engine of a Pulumi.
 */
export const ownAddress = `127.${128 + (process.pid >> 16)}.${(process.pid >> 8) & 255}.${process.pid & 255}`;

/** A port of `ownAddress` on which nobody listens. */
export async function ownPort(): Promise<number> {
  return await freePort(ownAddress);
}
