import fc from 'fast-check';
import { expect, test } from 'vitest';
import { metadataPortOf, openMetadataPorts, parseUsernet } from '../../../localcloud/machines/usernet.ts';

// As QEMU 7.2 printed it.
const recorded = `Hub -1 (n0):\r
  Protocol[State]    FD  Source Address  Port   Dest. Address  Port RecvQ SendQ\r
  TCP[ESTABLISHED]   18   169.254.42.15 51736   169.254.42.42    80     0     0\r
  TCP[TIME_WAIT]     -1   169.254.42.15   700   169.254.42.42    80   118     0\r
  TCP[ESTABLISHED]   21   169.254.42.15 61000      127.0.0.1 40002     0     0\r
  TCP[HOST_FORWARD]   9      127.66.9.9 20022   169.254.42.15    22     0     0\r
  UDP[236 sec]       11   169.254.42.15    68   169.254.42.3    53     0     0\r
`;

test('reads what QEMU prints', () => {
  expect(parseUsernet(recorded)).toHaveLength(4);
  expect(openMetadataPorts(recorded)).toEqual([51736]);
  expect(metadataPortOf(openMetadataPorts(''))).toBeUndefined();
});

test.each(['FIN_WAIT_1', 'FIN_WAIT_2', 'CLOSING', 'LAST_ACK', 'TIME_WAIT', 'SYN_RCVD', 'HOST_FORWARD'])(
  'no request waits on a connection in state %s',
  (state) => {
    expect(openMetadataPorts(` TCP[${state}] 5 169.254.42.15 700 169.254.42.42 80 0 0`)).toEqual([]);
  },
);

test('with several open connections the highest port counts, so none borrows privilege', () => {
  const ports = fc.array(fc.integer({ min: 1, max: 65535 }), { maxLength: 8 });
  fc.assert(
    fc.property(ports, (open) => {
      const text = open
        .map((port) => ` TCP[ESTABLISHED] 5 169.254.42.15 ${port} 169.254.42.42 80 0 0`)
        .join('\n');
      expect(metadataPortOf(openMetadataPorts(text))).toBe(open.length === 0 ? undefined : Math.max(...open));
    }),
  );
});
