import type { FileFacts, SlotFacts } from './args.ts';
export function inspectLayout(
  _artifact: string,
  _img: { file: string } & FileFacts,
  _fs: { file: string; size: number } | undefined,
): Promise<SlotFacts[]> {
  return Promise.resolve([]);
}
