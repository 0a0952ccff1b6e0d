import * as pulumi from '@pulumi/pulumi';
import { shortenStackTraces } from './fleet/stack-traces.ts';
import { dynamicUrn } from './resource-urn.ts';

/**
 * The code that Pulumi stores with a resource, twice, and runs in its provider process: it only names handler.ts, whose
 * exports (`check`, `diff`, `create`, `read`, `update`, `delete`) are the provider.
 *
 * Pulumi would write such code itself from an object with these methods (`pulumi.dynamic.Resource`), but needs 2 KB for
 * it, and loads the TypeScript compiler in order to do so. The form is the one that it writes: a module with a function
 * `handler` that returns the provider; a promise of it will do, because it is awaited. Source: getProvider in
 * pulumi/sdk/nodejs/cmd/dynamic-provider/index.ts.
 *
 * @param folder of the handler, in components. Example: `boot-mode`.
 */
export function providerCode(folder: string): string {
  return `exports.handler=()=>import('bootfleet/components/${folder}/handler')`;
}

/** What sets one kind of resource apart. */
export interface ResourceKind {
  /** Of its handler.ts, in components. Example: `boot-mode`. */
  readonly folder: string;
  /** The class's name; part of the type and therefore of the URN. Example: `BootMode`. */
  readonly name: string;
  /** Outputs that are no inputs: Pulumi puts only those on the object that are named. Example: `['address']`. */
  readonly outputs: readonly string[];
}

/**
 * A resource of bootfleet's own: Pulumi's dynamic provider runs its handler.ts. Like `pulumi.dynamic.Resource`, but that
 * the provider is named instead of captured, and that the resource is given its own URN (`resourceUrn`).
 *
 * In subclasses outputs are declared with `declare`, or the field would overwrite them.
 */
export abstract class HandledResource extends pulumi.CustomResource {
  constructor(
    kind: ResourceKind,
    name: string,
    inputs: pulumi.Inputs,
    opts: pulumi.CustomResourceOptions | undefined,
  ) {
    const type = `pulumi-nodejs:dynamic/bootfleet:${kind.name}`;
    const props = {
      ...inputs,
      ...Object.fromEntries(kind.outputs.map((output) => [output, undefined])),
      resourceUrn: dynamicUrn(kind.name, name, opts),
      __provider: providerCode(kind.folder),
    };
    // Pulumi takes a stack trace for each of the four promises that it makes a property. The place would be the
    // constructor of the subclass, which says nothing, in the state of each of a thousand machines.
    const restore = shortenStackTraces(0);
    try {
      super(type, name, props, opts);
    } finally {
      restore();
    }
  }
}
