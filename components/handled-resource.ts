import * as pulumi from '@pulumi/pulumi';
import { shortenStackTraces } from './fleet/stack-traces.ts';

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

/**
 * A resource of bootfleet's own: Pulumi's dynamic provider runs its handler.ts. Like `pulumi.dynamic.Resource`, but that
 * the provider is named instead of captured.
 *
 * Outputs that are not inputs must be listed in `props` as `undefined`; in subclasses they are declared with `declare`,
 * or the field would overwrite them.
 */
export abstract class HandledResource extends pulumi.CustomResource {
  /**
   * @param folder of the handler, in components. Example: `boot-mode`.
   * @param kind the class's name; part of the type and therefore of the URN. Example: `BootMode`.
   */
  constructor(
    folder: string,
    kind: string,
    name: string,
    props: pulumi.Inputs,
    opts: pulumi.CustomResourceOptions | undefined,
  ) {
    const type = `pulumi-nodejs:dynamic/bootfleet:${kind}`;
    // Pulumi takes a stack trace for each of the four promises that it makes a property. The place would be the
    // constructor of the subclass, which says nothing, in the state of each of a thousand machines.
    const restore = shortenStackTraces(0);
    try {
      super(type, name, { ...props, __provider: providerCode(folder) }, opts);
    } finally {
      restore();
    }
  }
}
