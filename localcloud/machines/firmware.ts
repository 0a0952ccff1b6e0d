import { access } from 'node:fs/promises';
import { firmwareMissing } from '../../errors/localcloud.ts';

/** UEFI firmware: code (read only, shared) and the template of its variables (copied, one a machine). */
export interface UefiFirmware {
  readonly code: string;
  readonly variables: string;
}

/** Where distributions keep OVMF: Debian and Ubuntu, Fedora, Arch. The two files of a pair belong together. */
const candidates: readonly UefiFirmware[] = [
  { code: '/usr/share/OVMF/OVMF_CODE_4M.fd', variables: '/usr/share/OVMF/OVMF_VARS_4M.fd' },
  { code: '/usr/share/edk2/ovmf/OVMF_CODE.fd', variables: '/usr/share/edk2/ovmf/OVMF_VARS.fd' },
  { code: '/usr/share/edk2/x64/OVMF_CODE.4m.fd', variables: '/usr/share/edk2/x64/OVMF_VARS.4m.fd' },
];

/** Finds OVMF on this machine; BF1832 when there is none. */
export async function findUefiFirmware(): Promise<UefiFirmware> {
  for (const candidate of candidates) {
    if ((await exists(candidate.code)) && (await exists(candidate.variables))) return candidate;
  }
  throw firmwareMissing({ file: candidates[0]?.code ?? '', package: 'ovmf' });
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
