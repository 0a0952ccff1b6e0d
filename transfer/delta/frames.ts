import { promisify } from 'node:util';
import { deflate } from 'node:zlib';
import type { BlockSource } from './plan-blocks.ts';

const deflateBytes = promisify(deflate);

/**
 * Frames to the receiver on the target; their form is described in agent/80-receive.pl. All numbers are big-endian.
 */
export type FrameType = 'D' | 'Z' | 'E' | 'G' | 'P';

/** Most bytes of instructions in one frame before packing; the receiver refuses more than 2 MiB. */
export const frameSize = 1024 * 1024;

export function frame(type: FrameType, payload: Uint8Array = new Uint8Array()): Buffer {
  const bytes = Buffer.allocUnsafe(5 + payload.length);
  bytes.write(type, 0, 'latin1');
  bytes.writeUInt32BE(payload.length, 1);
  bytes.set(payload, 5);
  return bytes;
}

/** One instruction of a data frame. */
export function instruction(source: BlockSource): Buffer {
  switch (source.type) {
    case 'copy': {
      const bytes = Buffer.allocUnsafe(10);
      bytes.write(`C${source.slot}`, 0, 'latin1');
      bytes.writeUInt32BE(source.block, 2);
      bytes.writeUInt32BE(source.count, 6);
      return bytes;
    }
    case 'zero': {
      const bytes = Buffer.allocUnsafe(5);
      bytes.write('0', 0, 'latin1');
      bytes.writeUInt32BE(source.count, 1);
      return bytes;
    }
    case 'send': {
      const head = Buffer.allocUnsafe(5);
      head.write('L', 0, 'latin1');
      head.writeUInt32BE(source.bytes.length, 1);
      return Buffer.concat([head, source.bytes]);
    }
  }
}

/** A data frame, packed when that helps and the target can unpack. */
export async function dataFrame(instructions: readonly Buffer[], pack: boolean): Promise<Buffer> {
  const plain = Buffer.concat(instructions);
  if (!pack) return frame('D', plain);
  const packed = await deflateBytes(plain, { level: 6 });
  return packed.length < plain.length ? frame('Z', packed) : frame('D', plain);
}
