import type { Fields } from '../../schema/fields.ts';
import { commonFields } from '../../schema/fields.ts';

/** The arguments of `scaleway.instance.Server` that the embedded cloud can honour. */
export const serverFields: Fields = {
  ...commonFields,
  additionalVolumeIds: { type: 'texts', standard: [], isId: true },
  bootType: { type: 'text', standard: 'local', oneOf: ['local', 'bootscript', 'rescue'] },
  cloudInit: { type: 'text', computed: true },
  enableDynamicIp: { type: 'boolean', standard: false },
  image: { type: 'text', computed: true, replaces: true, isId: true },
  ipId: { type: 'text', computed: true, isId: true, touches: ['publicIps'] },
  ipIds: { type: 'texts', computed: true, isId: true, touches: ['publicIps'] },
  name: { type: 'text', computed: true },
  protected: { type: 'boolean', standard: false },
  replaceOnTypeChange: { type: 'boolean', standard: false },
  rootVolume: {
    type: 'object',
    computed: true,
    parts: {
      boot: { type: 'boolean', standard: false },
      deleteOnTermination: { type: 'boolean', standard: true },
      name: { type: 'text', computed: true },
      sbsIops: { type: 'number', computed: true },
      sizeInGb: { type: 'number', computed: true },
      // Another one is an update in place, which is why programs need `replaceOnChanges`.
      volumeId: { type: 'text', computed: true, isId: true },
      volumeType: { type: 'text', computed: true, replaces: true, oneOf: ['l_ssd', 'sbs_volume'] },
    },
  },
  securityGroupId: { type: 'text', computed: true, isId: true },
  state: { type: 'text', standard: 'started', oneOf: ['started', 'stopped', 'standby'] },
  type: { type: 'text', required: true },
  userData: { type: 'map', computed: true, othersKey: 'cloud-init' },
};

/** Arguments of the real provider that the embedded cloud has no machinery for: refused, not ignored. */
export const refusedArguments = [
  'adminPasswordEncryptionSshKeyId',
  'bootscriptId',
  'filesystems',
  'placementGroupId',
  'privateIps',
  'privateNetworks',
  'publicIps',
] as const;
