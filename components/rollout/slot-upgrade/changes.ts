import type * as pulumi from '@pulumi/pulumi';
import { sayUnseen } from '../../unseen.ts';
import { briefReason } from './brief-reason.ts';
import { describeSameBuild, shownBuild } from './builds.ts';
import type { SlotUpgradeInputs, SlotUpgradeState } from './args.ts';
import { isSuccess } from './outcome.ts';

/** What an update would do, with the reason for a person. */
export interface UpgradeChanges extends pulumi.dynamic.DiffResult {
  readonly reason: string;
}

/**
 * Compares state and arguments, offline. Paths, waves and policies change nothing by themselves: only another image, an
 * end that was no success, what a refresh found, or what the state cannot tell.
 */
export function changesOf(olds: SlotUpgradeState, news: SlotUpgradeInputs): UpgradeChanges {
  const replaces = olds.target.server === news.target.server ? [] : ['target'];
  if (replaces.length > 0) return { changes: true, replaces, reason: 'its server is another one' };
  const reason = upgradeReason(olds, news);
  return { changes: reason !== '', replaces, reason };
}

/** Why a machine is upgraded, or at least looked at; empty when it is left as it is. Pure. */
export function upgradeReason(
  olds: SlotUpgradeState,
  news: Pick<SlotUpgradeInputs, 'machine' | 'installation' | 'skip' | 'found'>,
): string {
  if (news.skip !== '') return '';
  if (isOtherInstallation(olds, news)) return 'its disk is written anew';
  if (olds.drift !== '') return olds.drift;
  if (!isSuccess(olds.outcome)) {
    const why = briefReason(news.machine, olds.why);
    return `the last attempt ended as ${olds.outcome}${why === '' ? '' : ` (${why})`}`;
  }
  if (olds.found?.sha256 !== news.found?.sha256) {
    const from = { build: olds.running.build || olds.found?.build, sha256: olds.found?.sha256 };
    return (
      describeSameBuild(from, news.found ?? {}) ??
      `${shownBuild(olds.running.build)} -> ${news.found ? shownBuild(news.found.build) : 'another image'}`
    );
  }
  return isUnnoted(olds, news) ? unnoted : '';
}

/**
 * Why what was known of a machine before says nothing about what it will be asked to do, so that it is looked at first;
 * undefined when it does. Pure.
 */
export function whyUnknown(
  olds: SlotUpgradeState,
  news: Parameters<typeof upgradeReason>[1],
): string | undefined {
  if (isOtherInstallation(olds, news)) return 'what it runs then is what its disk was written with';
  const { unseenSince: since } = olds.running;
  if (since !== undefined) return `what it runs is ${sayUnseen(since)}`;
  return upgradeReason(olds, news) === unnoted
    ? 'whether its disk was written since is not known'
    : undefined;
}

type Installed = Pick<SlotUpgradeInputs, 'installation'>;

function isOtherInstallation(olds: Installed, news: Installed): boolean {
  return (
    news.installation !== undefined &&
    olds.installation !== undefined &&
    olds.installation !== news.installation
  );
}

/**
 * A state of an earlier version, which noted no installation: the disk may have been written since, and a machine that it
 * calls unchanged was compared by the name of its build alone. One look notes both.
 */
function isUnnoted(olds: Installed, news: Installed): boolean {
  return news.installation !== undefined && olds.installation === undefined;
}

const unnoted = 'an earlier version upgraded it last';
