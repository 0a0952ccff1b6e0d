import type { MachineView } from '../../../../../clouds/cloud.ts';
import type { UpgradeReport } from '../../../../../components/rollout/slot-upgrade/run.ts';
import type { UpgradeOrder } from '../upgrade-machine.ts';

/** What the orchestrator's process may ask of the machine's power and console, which belong to the test. */
export type CloudCall =
  | { readonly what: 'observe' | 'powerOn' | 'powerOff' | 'hardReboot' }
  | { readonly what: 'open-console' | 'close-console'; readonly console: number }
  | { readonly what: 'write-console'; readonly console: number; readonly bytes: string };

/** From the orchestrator's process to the test. Bytes are base64. */
export type FromOrchestrator =
  | { readonly type: 'ready' }
  | { readonly type: 'step'; readonly text: string }
  | { readonly type: 'ended'; readonly report: UpgradeReport }
  | { readonly type: 'broken'; readonly error: string }
  | { readonly type: 'call'; readonly id: number; readonly call: CloudCall };

/** From the test to the orchestrator's process. */
export type ToOrchestrator =
  | { readonly type: 'upgrade'; readonly order: UpgradeOrder }
  | {
      readonly type: 'answer';
      readonly id: number;
      readonly view?: MachineView | undefined;
      readonly error?: string | undefined;
    }
  | { readonly type: 'console'; readonly console: number; readonly bytes: string };
