/**
 * Marks an error after which the resource stays in Pulumi's state, with what is known of it: the next update begins
 * there. Pulumi stores just these properties, so that the provider's code has to be among them, or nothing can refresh
 * or delete the resource any more. Source: `grpcResponseFromError` in pulumi/sdk/nodejs/cmd/dynamic-provider/index.ts.
 *
 * @param inputs as Pulumi gave them to the handler.
 * @example throw keepState(gateFailed({ wave, why, table }), { id, state, inputs });
 */
export function keepState<E extends Error>(
  error: E,
  { id, state, inputs }: { readonly id: string; readonly state: object; readonly inputs: object },
): E & { readonly id: string; readonly properties: object; readonly reasons: readonly string[] } {
  const code = (inputs as { readonly __provider?: string }).__provider;
  const properties = { ...state, ...(code !== undefined && { __provider: code }) };
  return Object.assign(error, { id, properties, reasons: [error.message] });
}
