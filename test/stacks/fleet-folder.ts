import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import { readFleetFile } from '../../stacks/load.ts';

/** A folder with a fleet file and everything that it names. */
export interface FleetFolder {
  readonly folder: string;
  /** Writes the fleet file and says where it is. */
  readonly write: (text: string) => string;
  /** Each problem of such a file on one line: code, line:column, path, what is wrong, next step. */
  readonly problemsOf: (text: string) => string[];
}

/** A fleet file without a mistake. */
export const good = `fleet: demo
cloud:
  scaleway: { zone: fr-par-1, endpoint: local }
images:
  edge:
    img: images/edge.img
    fs: images/edge.fs
    checksum: images/edge.fs.cksum
    signature: { signify: images/edge.pub }
servers:
  edge:
    count: 3
    type: START1-XS
    image: edge
    boot: { mode: ipxe-console, script: flash-image }
    ssh: { user: root, key: images/key }
    tags: [demo]
rollout:
  waves: [1, 50%, 100%]
  maxInFlight: 2
  maxFailures: 0
  soak: 30s
  health:
    - http: { port: 80, path: /health, status: 200 }
  onFailure: rollback
ephemeral: { ttl: 2h }
`;

/** The good file with one piece of text replaced. */
export function altered(from: string, to: string): string {
  expect(good).toContain(from);
  return good.replace(from, to);
}

/** Makes such a folder for the tests of a file, and takes it away behind them. */
export function fleetFolder(): FleetFolder {
  const folder = mkdtempSync(path.join(tmpdir(), 'bootfleet-file-'));
  beforeAll(() => {
    mkdirSync(path.join(folder, 'images'));
    for (const name of ['edge.img', 'edge.fs', 'edge.fs.cksum', 'edge.pub', 'key', 'open-key'])
      writeFileSync(path.join(folder, 'images', name), '');
    chmodSync(path.join(folder, 'images', 'key'), 0o600);
    chmodSync(path.join(folder, 'images', 'open-key'), 0o644);
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });
  const write = (text: string): string => {
    const file = path.join(folder, 'test.fleet.yaml');
    writeFileSync(file, text);
    return file;
  };
  return {
    folder,
    write,
    problemsOf: (text) => {
      const result = readFleetFile(write(text), 'test');
      if ('fleet' in result) return [];
      return result.problems.map(({ code, facts, summary, next }) => {
        const { line, column, path: where } = facts;
        return `${code} ${line ?? ''}:${column ?? ''} ${where ?? ''} | ${summary} | ${next}`;
      });
    },
  };
}
