import {
  digestWrongWhileWriting,
  diskTooSmallForWriter,
  imageNotFetched,
  scriptNotLoaded,
} from '../../errors/boot.ts';
import { BootfleetError } from '../../errors/error.ts';
import { ipxeCommandFailed, writerFailed } from '../../errors/console.ts';
import type { BootInputs } from './args.ts';

/**
 * What a failed dialogue means for the installation, where that can be said better than by the console's own error:
 * the writer's reasons, and a boot script that was not loaded. Pure.
 */
export function explained(error: unknown, { machine, image, scriptUrl }: BootInputs): unknown {
  if (!(error instanceof BootfleetError)) return error;
  const { reason = '', detail = '' } = error.facts as { reason?: string; detail?: string };
  const options = { cause: error };
  if (error.code === ipxeCommandFailed.definition.code)
    return scriptNotLoaded({ machine, url: scriptUrl, reason }, options);
  if (error.code !== writerFailed.definition.code) return error;
  switch (reason) {
    case 'too-small':
    case 'no-disk':
      return diskTooSmallForWriter({ machine, image: image.name, detail }, options);
    case 'digest':
    case 'short':
    case 'long':
    case 'format':
      return digestWrongWhileWriting({ machine, image: image.name, detail: `${reason}: ${detail}` }, options);
    case 'http':
      return imageNotFetched({ machine, image: image.name, detail }, options);
    default:
      return error;
  }
}
