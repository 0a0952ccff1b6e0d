import { randomBytes, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { settingsBad } from '../../errors/localcloud.ts';
import { writeWhole } from './write-file.ts';

/** What an embedded cloud keeps from its first start on. Holds the secret key: the file is its owner's alone. */
export interface Settings {
  readonly version: 1;
  readonly accessKey: string;
  readonly secretKey: string;
  readonly projectId: string;
  readonly organizationId: string;
  /** Port of the API; `null` before the first start. Kept, because states and scripts hold URLs. */
  readonly apiPort: number | null;
  readonly portOffset: number;
  /** Id of the journal in `state.jsonl`, so that a state that is gone is noticed; `null` before the first start. */
  readonly journal: string | null;
}

/** Reads the settings, or makes new ones with a new key pair. @throws BF1805 */
export async function loadSettings(file: string): Promise<Settings> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (thrown) {
    const error = thrown as NodeJS.ErrnoException;
    if (error.code === 'ENOENT') return newSettings();
    throw settingsBad({ file, problem: error.message }, { cause: thrown });
  }
  return parseSettings(text, file);
}

export async function saveSettings(file: string, settings: Settings): Promise<void> {
  await writeWhole(file, `${JSON.stringify(settings, undefined, 2)}\n`);
}

/** Access keys look like the real cloud's: `SCW` and 17 letters and digits. */
function newSettings(): Settings {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
  const letters = [...randomBytes(17)].map((byte) => alphabet[byte % alphabet.length] ?? 'A');
  const projectId = randomUUID();
  return {
    version: 1,
    accessKey: `SCW${letters.join('')}`,
    secretKey: randomUUID(),
    projectId,
    // As on a real account, the first project has the organization's id.
    organizationId: projectId,
    apiPort: null,
    portOffset: 0,
    journal: null,
  };
}

function parseSettings(text: string, file: string): Settings {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw settingsBad({ file, problem: 'it is not JSON' });
  }
  const settings = value as Partial<Settings> | null;
  if (settings?.version !== 1) throw settingsBad({ file, problem: 'its version is not 1' });
  const missing = (['accessKey', 'secretKey', 'projectId', 'organizationId'] as const).filter(
    (key) => typeof settings[key] !== 'string',
  );
  if (missing.length > 0) throw settingsBad({ file, problem: `without ${missing.join(', ')}` });
  return { apiPort: null, portOffset: 0, journal: null, ...settings } as Settings;
}
