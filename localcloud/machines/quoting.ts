/**
 * A value inside one of QEMU's `key=value,key=value` options: a comma is written twice.
 * Source: qemu(1), "Device URL syntax" and `qemu-option.c`.
 */
export function optionValue(text: string): string {
  return text.replaceAll(',', ',,');
}

/**
 * A Unix socket's path as part of a socat address, where `:`, `,`, `!` and quotes mean something.
 * Source: socat(1), "ADDRESS SPECIFICATIONS": a backslash takes away the next character's meaning.
 */
export function socatPath(path: string): string {
  return path.replace(/[^A-Za-z0-9/._-]/g, (character) => `\\${character}`);
}

/**
 * One argument of a command that QEMU's user network starts: no shell is involved, the text is split by GLib's
 * `g_shell_parse_argv`, which knows single quotes as a shell does.
 */
export function forwardArgument(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
