/** A state as Pulumi's file backend keeps it, cut down to what is looked at. */
export function sampleState(time: string, resources: number): string {
  const latest = {
    manifest: { time, magic: 'x', version: 'v3.259.0' },
    resources: Array.from({ length: resources }, (_, at) => ({ urn: `urn:pulumi:local::p::t::r${at}` })),
  };
  return JSON.stringify({ version: 3, checkpoint: { stack: 'organization/bootfleet/local', latest } });
}
