/**
 * Lets Node itself write stack traces, instead of the source map support that Pulumi installs.
 *
 * Pulumi keeps a stack trace of every promise that it makes, four for each property of each resource, in case one is
 * never resolved. With source maps looked up for every frame, those nobody reads take half of a program's time with
 * 100 servers. A program that Node strips of its types has no source maps: its lines and columns are what they were.
 */
export function plainStackTraces(): void {
  // Not set is what Node starts with; its type has no word for that.
  (Error as { prepareStackTrace: unknown }).prepareStackTrace = undefined;
}
