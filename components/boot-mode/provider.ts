import type * as pulumi from '@pulumi/pulumi';
import type { BootInputs, BootState } from './args.ts';

/** Kept in the state of each resource as text: it captures nothing and only calls handler.ts. */
export const bootModeProvider: pulumi.dynamic.ResourceProvider<BootInputs, BootState> = {
  async check(olds, news) {
    return (await import('bootfleet/components/boot-mode/handler')).check(olds, news);
  },
  async diff(id, olds, news) {
    return (await import('bootfleet/components/boot-mode/handler')).diff(id, olds, news);
  },
  async create(inputs) {
    return (await import('bootfleet/components/boot-mode/handler')).create(inputs);
  },
  async read(id, props) {
    return (await import('bootfleet/components/boot-mode/handler')).read(id, props);
  },
  async update(id, olds, news) {
    return (await import('bootfleet/components/boot-mode/handler')).update(id, olds, news);
  },
  async delete() {
    return (await import('bootfleet/components/boot-mode/handler')).delete();
  },
};
