import type * as pulumi from '@pulumi/pulumi';
import type { WaveGateInputs, WaveGateState } from './args.ts';

/** Kept in the state of each resource as text: it captures nothing and only calls handler.ts. */
export const waveGateProvider: pulumi.dynamic.ResourceProvider<WaveGateInputs, WaveGateState> = {
  async check(olds, news) {
    return (await import('bootfleet/components/rollout/wave-gate/handler')).check(olds, news);
  },
  async diff(id, olds, news) {
    return (await import('bootfleet/components/rollout/wave-gate/handler')).diff(id, olds, news);
  },
  async create(inputs) {
    return (await import('bootfleet/components/rollout/wave-gate/handler')).create(inputs);
  },
  async read(id, props) {
    return (await import('bootfleet/components/rollout/wave-gate/handler')).read(id, props);
  },
  async update(id, olds, news) {
    return (await import('bootfleet/components/rollout/wave-gate/handler')).update(id, olds, news);
  },
  async delete() {
    return (await import('bootfleet/components/rollout/wave-gate/handler')).delete();
  },
};
