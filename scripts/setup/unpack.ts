import { runTool } from './run-tool.ts';

/**
 * Unpacks a gzipped tar archive into a folder, without its first path component.
 * Owners in the archive are not kept; GNU tar refuses names that would leave the folder.
 */
export async function unpack(archive: string, folder: string, strip = 1): Promise<void> {
  await runTool('tar', ['-xzf', archive, '-C', folder, `--strip-components=${strip}`, '--no-same-owner'], {
    limit: 120,
  });
}
