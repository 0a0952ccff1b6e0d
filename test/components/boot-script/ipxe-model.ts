/**
 * A model of how iPXE reads a script, for tests: lines, joined lines, labels, settings, words, ends of commands. Every
 * `${...}` becomes `(setting)`, replaced before the splitting as older versions do it, which is the more dangerous way.
 * Source: process_script() in ipxe/src/image/script.c, system() in ipxe/src/core/exec.c (its newer form looks at the
 * first character of a word for comments).
 */
export function ipxeCommands(script: string): string[][] {
  if (!/^#!ipxe\s/.test(script)) throw new Error('not a script');
  const lines: string[] = [];
  let joined = '';
  for (const line of script.split('\n')) {
    const whole = joined + line.replace(/\r$/, '');
    if (whole.endsWith('\\')) {
      joined = whole.slice(0, -1);
      continue;
    }
    joined = '';
    lines.push(whole);
  }
  return lines.flatMap(commandsOfLine);
}

function commandsOfLine(line: string): string[][] {
  const expanded = line.replace(/^[ \t\v\f\r]*:\S*/, '').replaceAll(/\$\{[^}]*\}/g, '(setting)');
  // isspace() of the C locale, and the end of the string at NUL.
  const words = (expanded.split('\0')[0] ?? '').split(/[ \t\n\v\f\r]+/).filter((word) => word !== '');
  const commands: string[][] = [[]];
  for (const word of words) {
    if (word.startsWith('#')) break;
    if (['||', '&&', ';'].includes(word)) commands.push([]);
    else commands.at(-1)?.push(word);
  }
  return commands.filter((command) => command.length > 0);
}
