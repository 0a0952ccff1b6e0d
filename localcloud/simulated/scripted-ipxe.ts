/** What iPXE does next: shows text, and perhaps goes to load a script. */
export interface IpxeAnswer {
  readonly shows: string;
  /** Address of a script that `chain` was given. */
  readonly chain?: string;
}

/** Shown first: real iPXE waits two seconds after it; the scripted one waits for ever. */
export const ipxeBanner = '\r\niPXE 1.21.1 (scripted)\r\n\r\nPress Ctrl-B for the iPXE command line...';

/** Shown when a command is over. */
export const ipxePrompt = '\r\niPXE> ';

const ctrlB = '\u0002';
const ctrlU = '\u0015';
const erased = '\b \b';

/**
 * As much of iPXE's command line as a boot dialogue uses: Ctrl-B, an editor with echo, backspace and Ctrl-U, `dhcp`,
 * `chain`. Pure: text in, text out. It is a stand-in for measurements of scale, not for tests of the dialogue: those
 * talk to the real iPXE.
 */
export class ScriptedIpxe {
  #atPrompt = false;
  #line = '';

  /** Takes what was typed. */
  type(text: string): IpxeAnswer {
    let shows = '';
    for (const key of text) {
      if (!this.#atPrompt) {
        if (key !== ctrlB) continue;
        this.#atPrompt = true;
        shows += ipxePrompt;
      } else if (key === '\r') {
        const { shows: answer, chain } = this.#enter();
        shows += answer;
        if (chain !== undefined) return { shows, chain };
      } else {
        shows += this.#edit(key);
      }
    }
    return { shows };
  }

  #edit(key: string): string {
    if (key === ctrlU) {
      const shows = erased.repeat(this.#line.length);
      this.#line = '';
      return shows;
    }
    if (key === '\b') {
      const shows = this.#line === '' ? '' : erased;
      this.#line = this.#line.slice(0, -1);
      return shows;
    }
    if (key < ' ' || key > '~') return '';
    this.#line += key;
    return key;
  }

  #enter(): IpxeAnswer {
    const [command = '', argument = ''] = this.#line.trim().split(/\s+/);
    this.#line = '';
    if (command === 'chain') {
      this.#atPrompt = false;
      return { shows: `\r\n${argument}...`, chain: argument };
    }
    if (command === 'dhcp') return { shows: `\r\nConfiguring (net0 scripted)...... ok${ipxePrompt}` };
    if (command === '') return { shows: ipxePrompt };
    return { shows: `\r\n${command}: command not found${ipxePrompt}` };
  }
}
