import type * as pulumi from '@pulumi/pulumi';
import type { SlotUpgradeInputs, SlotUpgradeState } from './args.ts';

/** Kept in the state of each resource as text: it captures nothing and only calls handler.ts. */
export const slotUpgradeProvider: pulumi.dynamic.ResourceProvider<SlotUpgradeInputs, SlotUpgradeState> = {
  async check(olds, news) {
    return (await import('bootfleet/components/rollout/slot-upgrade/handler')).check(olds, news);
  },
  async diff(id, olds, news) {
    return (await import('bootfleet/components/rollout/slot-upgrade/handler')).diff(id, olds, news);
  },
  async create(inputs) {
    return (await import('bootfleet/components/rollout/slot-upgrade/handler')).create(inputs);
  },
  async read(id, props) {
    return (await import('bootfleet/components/rollout/slot-upgrade/handler')).read(id, props);
  },
  async update(id, olds, news) {
    return (await import('bootfleet/components/rollout/slot-upgrade/handler')).update(id, olds, news);
  },
  async delete() {
    return (await import('bootfleet/components/rollout/slot-upgrade/handler')).delete();
  },
};
