/** Errors BF2000 to BF2099: the state that Pulumi keeps of a stack. */
import { defineError } from './error.ts';

export const stateBroken = defineError<{ stack: string; reason: string }>({
  code: 'BF2000',
  title: "A stack's state is empty or cut short",
  message: (f) => `Pulumi cannot load the state of stack ${f.stack}: ${f.reason}`,
  cause:
    'A command of Pulumi was killed while it saved the state, the disk was full, or the machine crashed.',
  next: (f) => `See what can be restored: bootfleet repair ${f.stack}`,
  example: { stack: 'local', reason: 'failed to load checkpoint: EOF' },
});

export const stateLocked = defineError<{ stack: string; holder: string; file: string }>({
  code: 'BF2001',
  title: 'A command holds the lock of a stack',
  message: (f) => `stack ${f.stack} is locked by ${f.holder} (${f.file})`,
  cause:
    'A command runs on this stack, here or on another machine; what it writes must not be replaced, and what it makes not be removed.',
  next: (f) => `Wait for its end, or end it. If nothing runs any more: rm ${f.file}`,
  example: {
    stack: 'local',
    holder: 'me@laptop, process 4711, since 2026-11-21T09:51:56Z',
    file: '.bootfleet/state/.pulumi/locks/organization/bootfleet/local/9b1d.json',
  },
});

export const stateElsewhere = defineError<{ stack: string; url: string }>({
  code: 'BF2002',
  title: 'A state that is not kept in files cannot be repaired here',
  message: (f) => `the state of stack ${f.stack} is kept at ${f.url}, not in files of this machine`,
  cause: 'PULUMI_BACKEND_URL names another backend; those replace a state in one step.',
  next: (f) =>
    `If the state is really lost, take an earlier version of it from there: pulumi stack import --stack ${f.stack}`,
  example: { stack: 'production', url: 's3://state' },
});

export const projectMissing = defineError<{ file: string }>({
  code: 'BF2003',
  title: 'There is no Pulumi project here',
  message: (f) => `${f.file} is not there, or names no project`,
  cause: 'The command was started in another folder than the project’s.',
  next: () => 'Run it again in the folder that holds Pulumi.yaml',
  example: { file: '/home/me/Pulumi.yaml' },
});

export const stateUnknown = defineError<{ stack: string; file: string }>({
  code: 'BF2004',
  title: 'There is no such stack',
  message: (f) => `there is no state of stack ${f.stack} (${f.file})`,
  cause: 'The name is misspelt, the stack was removed, or its state is kept elsewhere (BOOTFLEET_DATA).',
  next: () => 'List the stacks with `pulumi stack ls`, in the environment of `bootfleet env`',
  example: { stack: 'locla', file: '.bootfleet/state/.pulumi/stacks/bootfleet/locla.json' },
});

export const stateBeyondRepair = defineError<{ file: string; broken: string; looked: string }>({
  code: 'BF2005',
  title: 'A broken state without an earlier one',
  message: (f) => `${f.file} ${f.broken}, and no earlier state can be read (looked at ${f.looked})`,
  cause: 'The disk was full for a while, or the files were deleted.',
  next: () =>
    'Restore the folder from a backup of yours. Without one, bring what the cloud holds back with `pulumi import`, or remove it there and begin anew',
  example: {
    file: 'stacks/bootfleet/local.json',
    broken: 'is empty',
    looked: 'stacks/bootfleet/local.json.bak, backups/bootfleet/local',
  },
});

export const stackMissing = defineError<{ stack: string; project: string }>({
  code: 'BF2006',
  title: 'Pulumi knows no such stack',
  message: (f) => `project ${f.project} has no stack ${f.stack}, so nothing is known to be its`,
  cause:
    'The name is misspelt, the stack was never made or was removed, or its state is kept elsewhere (BOOTFLEET_DATA, PULUMI_BACKEND_URL).',
  next: (f) =>
    `List the stacks with \`pulumi stack ls\`, in the environment of \`bootfleet env\`; make one with \`pulumi stack init ${f.stack}\``,
  example: { stack: 'locla', project: 'bootfleet' },
});

export const organizationUnknown = defineError<{ organization: string; project: string; stack: string }>({
  code: 'BF2010',
  title: 'A state that is kept in files has no organisations',
  message: (f) => `there is no organisation ${f.organization}: the state is kept in files, which know none`,
  cause: 'The name is one of Pulumi Cloud, or its parts are in another order.',
  next: (f) => `Name the stack as it is there: organization/${f.project}/${f.stack}`,
  example: { organization: 'acme', project: 'bootfleet', stack: 'production' },
});

export const lockElsewhere = defineError<{ stack: string; url: string }>({
  code: 'BF2011',
  title: 'Leaks are removed only while the lock of the state is held',
  message: (f) => `the state of stack ${f.stack} is kept at ${f.url}, whose lock cannot be held from here`,
  cause:
    'PULUMI_BACKEND_URL names another backend. A `pulumi up` could run meanwhile, and what it has just made looks as if it leaked.',
  next: (f) =>
    `While nobody runs pulumi up, see what leaks, and remove it by hand in the cloud's console: bootfleet leaks ${f.stack}`,
  example: { stack: 'production', url: 's3://state' },
});

export const stateEmpty = defineError<{ stack: string; why: string }>({
  code: 'BF2012',
  title: 'The state holds nothing, and the cloud holds a fleet',
  message: (f) => `the state of stack ${f.stack} holds no resource, but ${f.why}: nothing is removed`,
  cause:
    'The state was lost and the stack made anew, or it is kept elsewhere (BOOTFLEET_DATA). By such a state all that the fleet has leaks.',
  next: (f) =>
    `If the state was lost, restore its folder from a backup. If all of it may go, remove in the cloud's console what this shows: bootfleet leaks ${f.stack}`,
  example: { stack: 'production', why: 'Pulumi never made or removed anything of it' },
});
