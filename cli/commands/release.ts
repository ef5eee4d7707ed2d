import type { Command } from 'commander';
import type { ExitCode } from '../../engine/base/errors.ts';
import type { GovernancePorts } from '../../engine/governance/ports.ts';
import { approve, requestApproval } from '../../engine/promotion/approval.ts';
import { lockBaseline } from '../../engine/promotion/baseline.ts';
import { promote } from '../../engine/promotion/promote.ts';
import { nameOfVersion, type PromotionStep } from '../../engine/promotion/version.ts';
import { describeVersion } from '../../engine/registry/details.ts';
import type { VersionDetails } from '../../schemas/generated/messages.ts';
import { globalOptions, type GlobalOptions } from '../options.ts';
import { requireVersion } from '../version-reference.ts';
import { print, withGovernance, type Run } from './governed.ts';

type Step = (step: PromotionStep, ports: GovernancePorts, signal: AbortSignal) => Promise<unknown>;

interface StepOptions {
  readonly comment?: string;
}

/** The steps from candidate to production, as subcommands of `registry`. */
export function addReleaseSteps(registry: Command, run: Run): void {
  const add = (name: string, description: string, step: Step, tell: (details: VersionDetails) => string): void => {
    const command = registry.command(name).description(description).argument('<version>', 'MODEL@V');
    if (step !== lockBaseline) command.option('--comment <text>', 'kept with the record');
    command.action((version: string, options: StepOptions, self: Command) =>
      run(() => takeStep(version, options, step, tell, globalOptions(self))),
    );
  };
  add(
    'request-approval',
    "Put a version up for approval: its newest assessment's gate must be passed, and its benchmarks' gates met",
    requestApproval,
    ({ approval }) => approval.sentence,
  );
  add(
    'approve',
    'Approve what was put up; not by its author, trainer, assessor or requester',
    approve,
    ({ approval }) => approval.sentence,
  );
  add(
    'baseline',
    'Lock an approved version with its figures, for good',
    lockBaseline,
    ({ baseline }) => `Locked with ${String(baseline?.metrics.length ?? 0)} figures; digest ${baseline?.digest ?? ''}.`,
  );
  add(
    'promote',
    'Move an approved version to production; the one there is retired',
    promote,
    ({ approval }) => `In production. ${approval.sentence}`,
  );
}

function takeStep(
  name: string,
  { comment }: StepOptions,
  step: Step,
  tell: (details: VersionDetails) => string,
  options: GlobalOptions,
): Promise<ExitCode> {
  const { model, version } = requireVersion(name);
  return withGovernance(options, async (ports, folder, signal) => {
    // An alias may move with the step: the version is what it stands for now.
    const { version: found } = await ports.store.registry.getVersion(model, version, signal);
    await step({ model, version: found, folder, ...(comment === undefined ? {} : { comment }) }, ports, signal);
    const details = await describeVersion(model, found, ports.store, signal);
    print(details, `${nameOfVersion(details.version)}: ${tell(details)}`, options);
    return 0;
  });
}
