import type { Command } from 'commander';
import type { ExitCode } from '../../engine/base/errors.ts';
import type { GovernancePorts } from '../../engine/ports/governance.ts';
import { passOn } from '../../engine/handoff/pass-on.ts';
import { approve, requestApproval } from '../../engine/promotion/approval.ts';
import { lockBaseline } from '../../engine/promotion/baseline.ts';
import { demote, type StepBack } from '../../engine/promotion/demote.ts';
import { promote } from '../../engine/promotion/promote.ts';
import { revoke } from '../../engine/promotion/revoke.ts';
import { rollBack } from '../../engine/promotion/roll-back.ts';
import type { PromotionStep } from '../../engine/promotion/step.ts';
import { nameOfVersion } from '../../engine/base/version-name.ts';
import { describeVersion } from '../../engine/versions/details.ts';
import type { VersionDetails } from '../../schemas/generated/messages.ts';
import { globalOptions, type GlobalOptions } from '../options.ts';
import { requireLocalVersion } from '../version-reference.ts';
import { printNote } from '../output.ts';
import { print, withRegistries, type Run } from './governed.ts';

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
  const addBack = (name: string, description: string, step: BackStep, told: string): void => {
    registry
      .command(name)
      .description(description)
      .argument('<version>', 'MODEL@V')
      .requiredOption('--reason <text>', 'why; kept with the record')
      .action((version: string, { reason }: { readonly reason: string }, self: Command) =>
        run(() => stepBack(version, reason, step, told, globalOptions(self))),
      );
  };
  addBack('demote', 'Take a version out of production', demote, 'No longer in production; it stays a baseline.');
  addBack('revoke', 'Say for good that a version may not be used', revoke, 'Revoked. Its aliases are gone.');
  registry
    .command('rollback')
    .description('Put back into production the version that the newest promotion replaced')
    .argument('<model>')
    .option('--comment <text>', 'kept with the record')
    .action((model: string, { comment }: StepOptions, self: Command) =>
      run(() => backToEarlier(model, comment, globalOptions(self))),
    );
}

type BackStep = (step: StepBack, ports: GovernancePorts, signal: AbortSignal) => Promise<unknown>;

function stepBack(
  name: string,
  reason: string,
  step: BackStep,
  told: string,
  options: GlobalOptions,
): Promise<ExitCode> {
  const { model, version } = requireLocalVersion(name);
  return withSteps(options, model, async (ports, folder, signal) => {
    const { version: found } = await ports.store.registry.getVersion(model, version, signal);
    await step({ model, version: found, reason, folder }, ports, signal);
    const details = await describeVersion(model, found, ports.store, signal);
    print(details, `${nameOfVersion(details.version)}: ${told}`, options);
    return 0;
  });
}

function backToEarlier(model: string, comment: string | undefined, options: GlobalOptions): Promise<ExitCode> {
  return withSteps(options, model, async (ports, folder, signal) => {
    const { version, rolledBackFrom } = await rollBack(
      { model, folder, ...(comment === undefined ? {} : { comment }) },
      ports,
      signal,
    );
    const details = await describeVersion(model, version, ports.store, signal);
    const from = rolledBackFrom === undefined ? '' : ` Version ${rolledBackFrom} is out of production.`;
    print(details, `${nameOfVersion(details.version)} is in production again.${from}`, options);
    return 0;
  });
}

function takeStep(
  name: string,
  { comment }: StepOptions,
  step: Step,
  tell: (details: VersionDetails) => string,
  options: GlobalOptions,
): Promise<ExitCode> {
  const { model, version } = requireLocalVersion(name);
  return withSteps(options, model, async (ports, folder, signal) => {
    // An alias may move with the step: the version is what it stands for now.
    const { version: found } = await ports.store.registry.getVersion(model, version, signal);
    await step({ model, version: found, folder, ...(comment === undefined ? {} : { comment }) }, ports, signal);
    const details = await describeVersion(model, found, ports.store, signal);
    print(details, `${nameOfVersion(details.version)}: ${tell(details)}`, options);
    return 0;
  });
}

/** Takes a step of a model here, and then tells the registries that its versions were published to. */
function withSteps(
  options: GlobalOptions,
  model: string,
  take: (ports: GovernancePorts, folder: string, signal: AbortSignal) => Promise<ExitCode>,
): Promise<ExitCode> {
  return withRegistries(options, {}, async (ports, registries, folder, signal) => {
    const code = await take(ports, folder, signal);
    for (const note of await passOn(model, folder, { ...ports, registries }, signal)) printNote(note);
    return code;
  });
}
