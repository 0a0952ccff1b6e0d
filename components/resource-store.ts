import type { CloudRef } from '../clouds/cloud.ts';
import type { Store } from '../transfer/object-store.ts';
import { artifactStore } from './artifact-store.ts';
import { reportProgress } from './progress.ts';
import { parseUrn } from './resource-urn.ts';

/** What of a resource's inputs says which store is its own. */
export interface StoredResource {
  readonly cloud: CloudRef;
  readonly fleet: string;
  readonly resourceUrn: string;
}

/**
 * Opens the store of a resource's fleet, uses it and closes it. Trouble that passes is told on the resource's line.
 *
 * @param bucket where the state knows it, see `artifactStore`.
 */
export async function withStore<T>(
  { cloud, fleet, resourceUrn }: StoredResource,
  bucket: string | undefined,
  use: (store: Store) => Promise<T>,
): Promise<T> {
  const { project, stack } = parseUrn(resourceUrn);
  const onTrouble = (text: string): void => {
    reportProgress(resourceUrn, text);
  };
  const store = await artifactStore(cloud, { fleet, project, stack, bucket }, { onTrouble });
  try {
    return await use(store);
  } finally {
    store.client.destroy();
  }
}
