import type * as pulumi from '@pulumi/pulumi';
import type { ScriptInputs, ScriptState } from './args.ts';

/** Kept in the state of each resource as text: it captures nothing and only calls handler.ts. */
export const bootScriptProvider: pulumi.dynamic.ResourceProvider<ScriptInputs, ScriptState> = {
  async check(olds, news) {
    return (await import('bootfleet/components/boot-script/handler')).check(olds, news);
  },
  async diff(id, olds, news) {
    return (await import('bootfleet/components/boot-script/handler')).diff(id, olds, news);
  },
  async create(inputs) {
    return (await import('bootfleet/components/boot-script/handler')).create(inputs);
  },
  async read(id, props) {
    return (await import('bootfleet/components/boot-script/handler')).read(id, props);
  },
  async update(id, olds, news) {
    return (await import('bootfleet/components/boot-script/handler')).update(id, olds, news);
  },
  async delete(id, props) {
    return (await import('bootfleet/components/boot-script/handler')).delete(id, props);
  },
};
