import * as vscode from 'vscode';
import type { OrphanedJob, Orphans } from '../../schemas/generated/messages.ts';
import type { Engine } from '../engine/engine.ts';
import { registerCommand, type CommandContext } from './context.ts';

/** Machines that tuning runs have left on platforms that cost money. Platforms are asked when a person asks, never by themselves. */
export function registerOrphanCommands(context: CommandContext): vscode.Disposable[] {
  return [registerCommand(context, 'aiwb.findOrphanedMachines', () => findOrphanedMachines(context))];
}

interface OrphanChoice extends vscode.QuickPickItem {
  readonly engine: Engine;
  readonly job: OrphanedJob;
}

async function findOrphanedMachines(context: CommandContext): Promise<void> {
  const title = vscode.l10n.t('Asking the platforms what is left');
  const found = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    async (_progress, token) => {
      const stop = new AbortController();
      token.onCancellationRequested(() => stop.abort());
      return await Promise.all(
        context.engines
          .all()
          .map(async engine => ({ engine, orphans: await engine.request('tuning/orphans', {}, stop.signal) })),
      );
    },
  );
  tellFailures(found.map(({ orphans }) => orphans));
  const choices = found.flatMap(({ engine, orphans }) => orphans.jobs.map(job => toChoice(engine, job)));
  if (choices.length === 0) {
    tellNothingLeft(found.map(({ orphans }) => orphans));
    return;
  }
  const chosen = await vscode.window.showQuickPick(choices, {
    title: vscode.l10n.t('Machines of Tuning Runs: Choose Which to End'),
    canPickMany: true,
    matchOnDescription: true,
    matchOnDetail: true,
  });
  const ending = chosen?.filter(({ job }) => job.verdict !== 'in-use') ?? [];
  if (chosen === undefined || chosen.length === 0) return;
  if (ending.length === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t('What is in use is not ended. Cancel its run instead.'));
    return;
  }
  if (await confirm(ending.map(({ job }) => job))) await end(ending);
}

/** Of a platform that could not be asked nothing is known: that it failed is told, and no more. */
function tellNothingLeft(results: readonly Orphans[]): void {
  const names = results.flatMap(({ platforms, failures }) =>
    platforms.filter(name => !failures.some(({ platform }) => platform === name)),
  );
  if (names.length > 0)
    void vscode.window.showInformationMessage(
      vscode.l10n.t('Nothing of a tuning run is left on {0}.', names.join(', ')),
    );
  else if (results.every(({ platforms }) => platforms.length === 0))
    void vscode.window.showInformationMessage(vscode.l10n.t('No platform in workbench.yaml rents machines.'));
}

function toChoice(engine: Engine, job: OrphanedJob): OrphanChoice {
  const { verdict, platform, id, tag, raw, why, hourlyPrice } = job;
  const price = hourlyPrice === undefined ? '' : ` · ${vscode.l10n.t('{0} USD an hour', hourlyPrice.toFixed(2))}`;
  return {
    engine,
    job,
    label: `${icons[verdict]} ${platform}: ${id}`,
    description: `${tag} · ${raw}${price}`,
    detail: why,
    picked: verdict === 'orphan',
  };
}

const icons: Readonly<Record<OrphanedJob['verdict'], string>> = {
  orphan: '$(warning)',
  foreign: '$(question)',
  'in-use': '$(sync)',
  saved: '$(save)',
};

/** The cost is named before anything is ended, and foreign machines apart from the others. */
async function confirm(jobs: readonly OrphanedJob[]): Promise<boolean> {
  const foreign = jobs.filter(({ verdict }) => verdict === 'foreign');
  const saved = jobs.filter(({ verdict }) => verdict === 'saved');
  const hourly = jobs.reduce((sum, { hourlyPrice = 0 }) => sum + hourlyPrice, 0);
  const detail = [
    ...(hourly > 0 ? [vscode.l10n.t('Cost: {0} USD an hour.', hourly.toFixed(2))] : []),
    ...(foreign.length > 0
      ? [
          vscode.l10n.t(
            'No run of this workspace made these; they may be somebody else’s: {0}.',
            foreign.map(({ id }) => id).join(', '),
          ),
        ]
      : []),
    ...(saved.length > 0
      ? [
          vscode.l10n.t(
            'Runs that were to go on from these begin anew when they are resumed: {0}.',
            saved.map(({ id }) => id).join(', '),
          ),
        ]
      : []),
    vscode.l10n.t('What has not been saved to the storage is lost.'),
  ].join('\n\n');
  const verb = vscode.l10n.t('End');
  const question =
    jobs.length === 1
      ? vscode.l10n.t('End {0} for good?', jobs[0]?.id ?? '')
      : vscode.l10n.t('End these {0} for good?', jobs.length);
  return (await vscode.window.showWarningMessage(question, { modal: true, detail }, verb)) === verb;
}

async function end(chosen: readonly OrphanChoice[]): Promise<void> {
  const title = vscode.l10n.t('Ending machines');
  const results = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title },
    async () =>
      await Promise.all(
        [...new Set(chosen.map(({ engine }) => engine))].map(async engine => {
          const terminate = chosen
            .filter(choice => choice.engine === engine)
            .map(({ job: { platform, id } }) => ({ platform, id }));
          return await engine.request('tuning/orphans', { terminate });
        }),
      ),
  );
  tellFailures(results);
  const ended = results.flatMap(({ jobs }) => jobs).filter(({ terminated }) => terminated === true).length;
  if (ended > 0) void vscode.window.showInformationMessage(vscode.l10n.t('Ended: {0}.', ended));
}

function tellFailures(results: readonly Orphans[]): void {
  for (const { platform, message, remedy } of results.flatMap(({ failures }) => failures))
    void vscode.window.showErrorMessage(`${platform}: ${message}${remedy === undefined ? '' : ` ${remedy}`}`);
}
