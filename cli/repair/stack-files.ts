import { userHome } from '../../contracts/environment.ts';
import type { BootfleetError } from '../../errors/error.ts';
import { organizationUnknown } from '../../errors/state.ts';
import { backendUrl } from '../../scripts/setup/pulumi/backend.ts';
import { ownerOf } from '../project.ts';
import type { StackName } from '../stack-name.ts';
import { backendFolder, stateFiles, type StateFiles } from './state-file.ts';

/**
 * The files of a stack, for commands that need its state as files or its lock.
 *
 * @param elsewhere makes the error for a backend that keeps none here.
 * @throws that error, BF2003 without a project, BF2010 for an organisation that the file backend does not have.
 */
export function stackFiles(
  stack: StackName,
  elsewhere: (facts: { stack: string; url: string }) => BootfleetError,
): StateFiles {
  const url = backendUrl();
  const folder = backendFolder(url, process.cwd(), userHome);
  if (folder === undefined) throw elsewhere({ stack: stack.given, url: withoutLogin(url) });
  const { organization = onlyOrganization } = stack;
  const owner = ownerOf(stack);
  if (organization !== onlyOrganization) throw organizationUnknown({ organization, ...owner });
  return stateFiles(folder, owner);
}

/** Source: `ParseReference` in pulumi/pkg/backend/diy/store.go */
const onlyOrganization = 'organization';

/** A database's URL may hold a password. */
function withoutLogin(url: string): string {
  return url.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/?#]*@/i, '$1');
}
