import { afterEach, beforeEach, expect, test } from 'vitest';
import * as bootScript from '../../../components/boot-script/handler.ts';
import { checkPublished, urlsIn } from '../../../components/boot-script/published.ts';
import * as image from '../../../components/image-artifact/handler.ts';
import { StoreLab } from '../fleet-store/lab.ts';

let lab: StoreLab;
beforeEach(async () => {
  lab = await StoreLab.open();
});
afterEach(() => lab.close());

/** A script that names an image in its own bucket, and one elsewhere. */
async function publish(): Promise<{ script: string; image: string }> {
  const url = (await image.create(lab.imageInputs())).outs?.url ?? '';
  const initrds = ['http://boot.example.org/initrd'];
  const does = { kind: 'kernel', kernel: url, initrds } as const;
  return { script: (await bootScript.create(lab.scriptInputs(does))).outs?.url ?? '', image: url };
}

test('what is there is found, each object asked for once; what others serve is not asked for', async () => {
  const { script, image: url } = await publish();
  lab.server.asked.length = 0;
  await checkPublished(lab.cloud, 'edge-1', [script, script, 'http://boot.example.org/menu.ipxe']);
  const heads = lab.server.asked.filter(({ action }) => action === 'AnonymousHead').map(({ key }) => key);
  expect(heads).toEqual([script, url].map((one) => new URL(one).pathname.split('/').slice(2).join('/')));
});

test.each(['boot/', 'images/'])(
  'an object of %s that is missing is BF1516, with its URL and the next step',
  async (kind) => {
    const { script, image: url } = await publish();
    for (const key of lab.server.objects.keys()) if (key.startsWith(kind)) lab.server.objects.delete(key);
    await expect(checkPublished(lab.cloud, 'edge-1', [script], { spreading: 0 })).rejects.toMatchObject({
      code: 'BF1516',
      facts: { machine: 'edge-1', url: kind === 'boot/' ? script : url, status: 404 },
      message: expect.stringContaining('pulumi refresh') as string,
    });
  },
);

test('URLs are the ends of words of a script', () => {
  const script =
    '#!ipxe\nkernel http://s/b/k bootfleet.url=http://s/b/i x=http://s/other/y\ninitrd http://s/b/k\nboot\n';
  expect(urlsIn(script, 'http://s/b/')).toEqual(['http://s/b/k', 'http://s/b/i']);
});
