/**
 * A stack's name without its organization and project. The program and its resources know a stack by this one, and call
 * files and folders after it. Pure. Source: https://www.pulumi.com/docs/iac/concepts/stacks/
 *
 * @example bareStackName('organization/bootfleet/local') // 'local'
 */
export function bareStackName(stack: string): string {
  return stack.slice(stack.lastIndexOf('/') + 1);
}
