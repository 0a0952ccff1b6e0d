import * as pulumi from '@pulumi/pulumi';

/**
 * The URN of a dynamic resource, to be passed to it as an input: Pulumi gives its provider none, and both progress
 * and the stack's own folder need it. It is known at preview.
 *
 * @param kind the class's name. Example: `ImageArtifact`.
 * @param name the resource's name.
 * @param opts the same options as given to the resource (its parent is part of the URN).
 */
export function dynamicUrn(
  kind: string,
  name: string,
  opts: pulumi.CustomResourceOptions | undefined,
): pulumi.Output<string> {
  const urn = pulumi.createUrn(name, `pulumi-nodejs:dynamic/bootfleet:${kind}`, opts?.parent);
  // By way of a promise the output forgets that it came from the parent: to depend on a component is to depend on all
  // its children, this resource among them, and would wait for ever. A URN is known in previews too.
  return pulumi.output(new Promise<string>((resolve) => urn.apply(resolve)));
}

/** What a URN says. Source: https://www.pulumi.com/docs/iac/concepts/resources/names/#urns */
export interface UrnParts {
  readonly stack: string;
  readonly project: string;
  /** Types of the parents and the resource, outermost first. */
  readonly types: readonly string[];
  readonly name: string;
}

/** Takes a URN apart. Throws an Error on anything else: a URN never comes from a user. */
export function parseUrn(urn: string): UrnParts {
  const match = /^urn:pulumi:(.*?)::(.*?)::(.*?)::(.*)$/s.exec(urn);
  if (!match) throw new Error(`not a Pulumi URN: ${urn}`);
  const [, stack = '', project = '', types = '', name = ''] = match;
  return { stack, project, types: types.split('$'), name };
}
