/**
 * What a system says on the console at its first boot, as docs/architecture.md has it ("the guest's console
 * lines"). Lines may be preceded by other text.
 */
export type GuestLine =
  | { readonly kind: 'ssh-host-key'; readonly algorithm: string; readonly key: string }
  | { readonly kind: 'booted'; readonly build: string; readonly slot: string };

/** Reads one console line; `undefined` for anything that is not a whole line of the guest. */
export function parseGuestLine(line: string): GuestLine | undefined {
  const said = /bootfleet-guest: (.*)$/.exec(line)?.[1]?.trimEnd();
  if (said === undefined) return undefined;
  const key =
    /^ssh-host-key (ssh-ed25519|ecdsa-sha2-\S+|ssh-rsa|rsa-sha2-\S+) ([A-Za-z0-9+/]{40,}={0,2})$/.exec(said);
  if (key) return { kind: 'ssh-host-key', algorithm: key[1] ?? '', key: key[2] ?? '' };
  const booted = /^booted build=(\S{1,128}) slot=([a-p])$/.exec(said);
  if (booted) return { kind: 'booted', build: booted[1] ?? '', slot: booted[2] ?? '' };
  return undefined;
}
