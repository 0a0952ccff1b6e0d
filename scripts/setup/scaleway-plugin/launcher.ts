/**
 * The text of the executable that Pulumi starts as the stand-in. Pulumi's plugin folder is shared by checkouts, so it
 * prefers the checkout that is being worked in (`BOOTFLEET_CHECKOUT`, set by `bootfleet env`) over the one it was
 * installed from.
 *
 * @param checkout absolute path of the checkout that installs it.
 */
export function launcher(checkout: string): string {
  return `#!/bin/sh
# bootfleet's stand-in of the Scaleway provider plugin, for its embedded cloud only; see standin/README.md there.
root=\${BOOTFLEET_CHECKOUT:-${quote(checkout)}}
if [ ! -x "$root/node_modules/.bin/node" ]; then
  echo "bootfleet's stand-in provider: $root is not set up; run: (cd $root && npm run setup)" >&2
  exit 1
fi
exec "$root/node_modules/.bin/node" "$root/standin/main.ts" "$@"
`;
}

/** A word of a POSIX shell that stands for the text itself. */
function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
