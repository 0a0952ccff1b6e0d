import type * as pulumi from '@pulumi/pulumi';
import type { ImageInputs, ImageState } from './args.ts';

/** Kept in the state of each resource as text: it captures nothing and only calls handler.ts. */
export const imageArtifactProvider: pulumi.dynamic.ResourceProvider<ImageInputs, ImageState> = {
  async check(olds, news) {
    return (await import('bootfleet/components/image-artifact/handler')).check(olds, news);
  },
  async diff(id, olds, news) {
    return (await import('bootfleet/components/image-artifact/handler')).diff(id, olds, news);
  },
  async create(inputs) {
    return (await import('bootfleet/components/image-artifact/handler')).create(inputs);
  },
  async read(id, props) {
    return (await import('bootfleet/components/image-artifact/handler')).read(id, props);
  },
  async update(id, olds, news) {
    return (await import('bootfleet/components/image-artifact/handler')).update(id, olds, news);
  },
  async delete(id, props) {
    return (await import('bootfleet/components/image-artifact/handler')).delete(id, props);
  },
};
