/**
 * Scaleway's server types as far as bootfleet must know them before it asks the cloud: which exist (a typo is found at
 * preview), whether their first disk is local (`l_ssd`) or block storage (`sbs`), and their firmware.
 * Source: https://www.scaleway.com/en/docs/instances/reference-content/choosing-instance-type/ and, for the START1
 * types that are no longer sold but that the embedded cloud offers, Scaleway's price list of 2018.
 */
export interface ServerType {
  readonly name: string;
  readonly storage: 'l_ssd' | 'sbs';
  /** Size of the disk in GB that a server gets when none is named; for l_ssd also the largest one. */
  readonly disk: number;
  readonly firmware: 'bios' | 'uefi';
}

const start1 = (size: string, disk: number): ServerType => ({
  name: `START1-${size}`,
  storage: 'l_ssd',
  disk,
  firmware: 'bios',
});
const local = (name: string, disk: number): ServerType => ({
  name,
  storage: 'l_ssd',
  disk,
  firmware: 'uefi',
});
const block = (name: string): ServerType => ({ name, storage: 'sbs', disk: 20, firmware: 'uefi' });

/** All known types. */
export const serverTypes: readonly ServerType[] = [
  start1('XS', 25),
  start1('S', 50),
  start1('M', 100),
  start1('L', 200),
  local('STARDUST1-S', 10),
  local('DEV1-S', 20),
  local('DEV1-M', 40),
  local('DEV1-L', 80),
  local('DEV1-XL', 120),
  local('GP1-XS', 150),
  local('GP1-S', 300),
  local('GP1-M', 600),
  local('GP1-L', 600),
  local('GP1-XL', 600),
  ...['PICO', 'NANO', 'MICRO'].map((size) => block(`PLAY2-${size}`)),
  ...['XXS', 'XS', 'S', 'M', 'L'].map((size) => block(`PRO2-${size}`)),
  ...['2C-8G', '4C-16G', '8C-32G', '16C-64G', '32C-128G', '64C-256G'].map((size) => block(`POP2-${size}`)),
  ...['2C-4G', '4C-8G', '8C-16G', '16C-32G', '32C-64G', '64C-128G'].map((size) => block(`POP2-HC-${size}`)),
  ...['2C-16G', '4C-32G', '8C-64G', '16C-128G', '32C-256G', '64C-512G'].map((size) =>
    block(`POP2-HM-${size}`),
  ),
];

/** The type of this name; `undefined` when there is none. */
export function serverTypeNamed(name: string): ServerType | undefined {
  return serverTypes.find((type) => type.name === name);
}
