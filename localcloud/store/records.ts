/** What the embedded cloud remembers: plain records, each in one table. Relations are kept by id. */

/** What every resource has. Times are ISO 8601 in UTC with microseconds, as the API shows them. */
interface ResourceRecord {
  readonly id: string;
  readonly zone: string;
  readonly projectId: string;
  readonly name: string;
  readonly tags: readonly string[];
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** The API's words for a server's state. Source: recorded traffic of instance v1. */
export type ServerState = 'stopped' | 'starting' | 'running' | 'stopping' | 'stopped in place';

/** The actions that change a server's power. */
export type PowerAction = 'poweron' | 'poweroff' | 'reboot' | 'stop_in_place' | 'terminate';

export type BootType = 'local' | 'bootscript' | 'rescue';

/** A volume as its server holds it. */
export interface AttachedVolume {
  /** `0` is the root volume. */
  readonly slot: string;
  readonly volumeId: string;
  readonly boot: boolean;
}

export interface ServerRecord extends ResourceRecord {
  readonly commercialType: string;
  readonly bootType: BootType;
  readonly imageId: string | null;
  readonly volumes: readonly AttachedVolume[];
  readonly ipIds: readonly string[];
  readonly securityGroupId: string;
  readonly macAddress: string;
  readonly dynamicIpRequired: boolean;
  readonly protected: boolean;
  readonly state: ServerState;
  readonly stateDetail: string;
  /** Whether it has a node: from provisioning until power-off, also while stopped in place. */
  readonly allocated: boolean;
  /** The action under way; taken up again when the daemon was killed in it. */
  readonly pending: PowerAction | null;
  /** Values in base64, because they may be any bytes. */
  readonly userData: Readonly<Record<string, string>>;
}

export interface VolumeRecord extends ResourceRecord {
  /** `l_ssd` belongs to the instance API, `sbs` to the block API. */
  readonly kind: 'l_ssd' | 'sbs';
  /** Bytes. */
  readonly size: number;
  /** `sbs` only: 5000 or 15000. */
  readonly iops: number;
  readonly status: 'creating' | 'available' | 'error';
  readonly serverId: string | null;
  /** Id of the attachment, as the block API names it. */
  readonly referenceId: string | null;
  readonly attachedAt: string | null;
  readonly lastDetachedAt: string | null;
  readonly parentSnapshotId: string | null;
}

export interface SnapshotRecord extends ResourceRecord {
  readonly kind: 'l_ssd' | 'sbs';
  readonly size: number;
  readonly status: 'creating' | 'available' | 'error';
  readonly volumeId: string | null;
  readonly volumeName: string | null;
  readonly volumeIops: number;
}

export interface IpRecord extends ResourceRecord {
  /** 127.66.x.y */
  readonly address: string;
  readonly serverId: string | null;
  readonly reverse: string | null;
}

export interface SecurityRule {
  readonly id: string;
  readonly protocol: 'TCP' | 'UDP' | 'ICMP' | 'ANY';
  readonly direction: 'inbound' | 'outbound';
  readonly action: 'accept' | 'drop';
  readonly ipRange: string;
  readonly portFrom: number | null;
  readonly portTo: number | null;
}

export interface SecurityGroupRecord extends ResourceRecord {
  readonly description: string;
  readonly stateful: boolean;
  readonly inboundDefaultPolicy: 'accept' | 'drop';
  readonly outboundDefaultPolicy: 'accept' | 'drop';
  readonly enableDefaultSecurity: boolean;
  readonly projectDefault: boolean;
  readonly rules: readonly SecurityRule[];
}

/** An image that a user made of snapshots. The marketplace's are in api/marketplace. */
export interface ImageRecord extends ResourceRecord {
  readonly arch: string;
  readonly public: boolean;
  readonly rootSnapshotId: string;
  readonly extraSnapshotIds: Readonly<Record<string, string>>;
}

/** All tables by name. */
export interface Tables {
  readonly server: ServerRecord;
  readonly volume: VolumeRecord;
  readonly snapshot: SnapshotRecord;
  readonly ip: IpRecord;
  readonly securityGroup: SecurityGroupRecord;
  readonly image: ImageRecord;
}

export type TableName = keyof Tables;

/** The tables in the order in which the journal writes them. */
export const tableNames: readonly TableName[] = [
  'server',
  'volume',
  'snapshot',
  'ip',
  'securityGroup',
  'image',
];
