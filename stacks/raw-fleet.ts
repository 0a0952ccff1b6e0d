import type { RolloutPolicy } from '../components/rollout/policy.ts';

/** A fleet file as written, once the schema has accepted it and filled in its defaults. */
export interface RawFleet {
  readonly fleet: string;
  readonly cloud: { readonly scaleway: { readonly zone: string; readonly endpoint?: string } };
  readonly images: Readonly<Record<string, RawImage>>;
  readonly servers: Readonly<Record<string, RawGroup>>;
  readonly rollout?: RolloutPolicy;
  readonly ephemeral?: { readonly ttl: string | number };
}

export interface RawImage {
  readonly img: string;
  readonly fs?: string;
  readonly build?: string | number;
  readonly checksum?: string | readonly string[];
  readonly signature?: { readonly signify: string };
}

export interface RawGroup {
  readonly count: number;
  readonly type: string;
  readonly image?: string;
  readonly disk?: number;
  readonly boot: RawBoot;
  readonly ssh?: RawSsh;
  readonly tags: readonly string[];
  readonly ports: readonly number[];
}

/** Which keys go with which script is checked in boot-checks.ts. */
export interface RawBoot {
  readonly mode: 'ipxe-console';
  readonly script: 'flash-image' | 'kernel' | 'chain' | 'iso';
  readonly url?: string;
  readonly initrds?: readonly string[];
  readonly arguments?: readonly string[];
  readonly proof?: RawProof;
  readonly restart?: string | number;
  readonly reinstall?: string | number;
  readonly waits?: Readonly<Record<string, number>>;
}

/** Exactly one of the first three is there. */
export interface RawProof {
  readonly console?: { readonly pattern: string };
  readonly metadata?: { readonly state: string };
  readonly ssh?: { readonly command?: readonly string[] };
  readonly within: string | number;
}

export interface RawSsh {
  readonly user: string;
  readonly key: string;
  readonly port: number;
}

/** Names of the servers of a group. Example: `edge-1`, `edge-2`. */
export function serverNames(group: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${group}-${index + 1}`);
}
