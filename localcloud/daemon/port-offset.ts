import { bindProblem } from '../addresses/free-port.ts';
import { publicPorts } from '../compute/machine-spec.ts';

/** The offset where the guests' own ports cannot be had. */
const otherwise = 20_000;

/** An address that no server gets: block 0 begins at .1. */
const testAddress = '127.66.0.0';

/**
 * 0 when the guests' ports can be had on this machine, else 20000: without root, or with another program on
 * port 22 of all addresses.
 */
export async function choosePortOffset(): Promise<number> {
  for (const port of publicPorts) {
    if ((await bindProblem(testAddress, port)) !== undefined) return otherwise;
  }
  return 0;
}
