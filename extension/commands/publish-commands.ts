import * as vscode from 'vscode';
import type { Publication, Published, RegistryEntry } from '../../schemas/generated/messages.ts';
import { describeFailure, FailureError } from '../base/failure.ts';
import { addRegistry } from '../connect/add-registry.ts';
import { runFlow } from '../connect/flow.ts';
import { quickAsker } from '../connect/quick-asker.ts';
import { plain } from '../connect/words.ts';
import { webAddress } from '../registry/item.ts';
import { publishedRun, publishRunSteps, registryChoices, type RunDraft } from '../registry/publish-steps.ts';
import { localRegistry, nameOfPlace, type VersionPlace } from '../registry/registry-book.ts';
import { versionName } from '../registry/words.ts';
import type { RunEntry } from '../runs/run-book.ts';
import { engineOf, registerCommand, type CommandContext } from './context.ts';
import { chooseVersions, placeOf, resolveVersion, type NamedVersion } from './pick-version.ts';
import { resolveRuns } from './pick.ts';

/** Commands that carry models between the local registry and those elsewhere. */
export function registerPublishCommands(context: CommandContext): vscode.Disposable[] {
  return [
    registerCommand(context, 'aiwb.addRegistry', (given: unknown) => addRegistry(context, given)),
    registerCommand(context, 'aiwb.publishVersion', (given: unknown) => publishVersion(context, given)),
    registerCommand(context, 'aiwb.publishRun', (given: unknown) => publishRun(context, given)),
    registerCommand(context, 'aiwb.pullVersion', (given: unknown) => pullVersion(context, given)),
    registerCommand(context, 'aiwb.retryPublication', (given: unknown) => retryPublication(context, given)),
  ];
}

async function publishVersion(context: CommandContext, given: unknown): Promise<void> {
  const title = vscode.l10n.t('Publish a Version');
  const entry = await resolveVersion(context, given, { title });
  if (entry === undefined) return;
  const registry = await chooseRegistry(context, entry.folder, title);
  if (registry === undefined) return;
  const { model, version } = placeOf(entry);
  const name = await askForName(
    vscode.l10n.t('Publish {0} to {1}', versionName(entry.details), registry),
    vscode.l10n.t('Name of the model there'),
    model,
  );
  if (name === undefined) return;
  const request = { model, version, registry, ...(name === model ? {} : { name }) };
  const published = await withProgress(
    vscode.l10n.t('Publishing {0} to {1}', versionName(entry.details), registry),
    signal => engineOf(context, entry).request('registry/publish', request, signal),
  );
  await context.registry.load(true);
  tell(published, versionName(entry.details));
}

async function publishRun(context: CommandContext, given: unknown): Promise<void> {
  const isPublishable = ({ run }: RunEntry): boolean => run.kind === 'benchmark' && run.state === 'succeeded';
  const title = vscode.l10n.t('Choose a Benchmark Run to Publish');
  const [entry] = await resolveRuns(context, [given], { title, filter: isPublishable });
  if (entry === undefined) return;
  if (!isPublishable(entry)) {
    throw new FailureError({
      code: 'usage',
      message: vscode.l10n.t('{0} is no benchmark run that succeeded.', entry.run.name),
      remedy: vscode.l10n.t('Only whole results are published.'),
    });
  }
  const registries = await registriesOf(context, entry.folder);
  const draft = await runFlow<RunDraft>({}, publishRunSteps(quickAsker, registries));
  if (draft === undefined) return;
  const published = await withProgress(vscode.l10n.t('Publishing {0}', entry.run.name), signal =>
    engineOf(context, entry).request('registry/publishRun', publishedRun(entry.run.id, draft), signal),
  );
  await context.registry.load(true);
  tell(published, entry.run.name);
}

async function pullVersion(context: CommandContext, given: unknown): Promise<void> {
  const isElsewhere = ({ registry }: NamedVersion): boolean => registry !== undefined && registry !== localRegistry;
  const title = vscode.l10n.t('Pull a Version of Another Registry');
  const [place] = await chooseVersions(context, [given], { title, elsewhere: true, filter: isElsewhere });
  if (place === undefined) return;
  const { registry, model, version } = place;
  if (registry === undefined || !isElsewhere(place)) {
    throw new FailureError({
      code: 'usage',
      message: vscode.l10n.t('{0} is in the local registry already.', nameOfPlace(place)),
    });
  }
  const { folder } = await context.registry.find(place);
  const name = await askForName(
    vscode.l10n.t('Pull {0}', nameOfPlace(place)),
    vscode.l10n.t('Name of the model in the local registry'),
    model,
  );
  if (name === undefined) return;
  const request = { registry, model, version, ...(name === model ? {} : { name }) };
  const pulled = await withProgress(vscode.l10n.t('Pulling {0}', nameOfPlace(place)), signal =>
    engineOf(context, { folder }).request('registry/pull', request, signal),
  );
  await context.registry.load(true);
  context.pages.showVersions({ folder, versions: [{ model: pulled.model, version: pulled.version }] });
}

/** Does again, as it was asked for, what a row of the Registry view says is still to be done; and what else waits for that registry. */
async function retryPublication(context: CommandContext, given: unknown): Promise<void> {
  const { version: place, item } = (given ?? {}) as {
    version?: VersionPlace & { folder: string };
    item?: { subject?: { registry: string } };
  };
  const registry = item?.subject?.registry;
  if (place === undefined || registry === undefined) return;
  const title = vscode.l10n.t('Publishing {0} to {1}', nameOfPlace(place), registry);
  const published = await withProgress(title, signal =>
    engineOf(context, place).request('registry/publishPending', { registry }, signal),
  );
  await context.registry.load(true);
  tell(published, nameOfPlace(place));
}

/** The registries of a folder that may be written to; offers to add one where there is none. */
async function chooseRegistry(context: CommandContext, folder: string, title: string): Promise<string | undefined> {
  const registries = await registriesOf(context, folder);
  const choices = registryChoices(registries.filter(({ type }) => type !== 'local'));
  const [only] = choices;
  if (only === undefined) {
    const add = vscode.l10n.t('Add Registry…');
    const message = vscode.l10n.t('There is no other registry that may be written to. Add one to workbench.yaml.');
    const answer = await vscode.window.showInformationMessage(message, add);
    if (answer === add) await vscode.commands.executeCommand('aiwb.addRegistry', { folder });
    return undefined;
  }
  if (choices.length === 1) return only.value;
  const picks = choices.map(({ label, description, value }) => ({
    label: plain(label),
    ...(description === undefined ? {} : { description: plain(description) }),
    value,
  }));
  return (await vscode.window.showQuickPick(picks, { title }))?.value;
}

async function registriesOf({ registry }: CommandContext, folder: string): Promise<readonly RegistryEntry[]> {
  await registry.load(registry.state.kind === 'failed');
  if (registry.state.kind === 'failed') throw new FailureError(registry.state.failure);
  return registry.folders().find(one => one.folder === folder)?.registries ?? [];
}

async function askForName(title: string, prompt: string, value: string): Promise<string | undefined> {
  const name = await vscode.window.showInputBox({
    title: plain(title),
    prompt,
    value,
    ignoreFocusOut: true,
    validateInput: text => (text.trim() === '' ? vscode.l10n.t('A name is needed.') : undefined),
  });
  return name?.trim();
}

async function withProgress<T>(title: string, task: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const options = { location: vscode.ProgressLocation.Notification, title: plain(title), cancellable: true };
  return await vscode.window.withProgress(options, async (_, token) => {
    const controller = new AbortController();
    token.onCancellationRequested(() => controller.abort());
    return await task(controller.signal);
  });
}

/** Says what was published, with its page where one is known; what failed is kept by the engine to be done again. */
function tell({ publications, notes = [] }: Published, what: string): void {
  const failed = publications.find(({ state }) => state === 'failed');
  if (failed !== undefined) {
    const why = failed.failure === undefined ? '' : ` ${describeFailure(failed.failure)}`;
    void vscode.window.showWarningMessage(
      vscode.l10n.t('{0} is not in {1} yet: publish it again later.', what, failed.registry) + why,
    );
    return;
  }
  if (publications.length === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t('Nothing of {0} was left to publish.', what));
    return;
  }
  const pending = publications.some(({ state }) => state === 'pending');
  const places = [...new Set(publications.map(placeWords))].join(', ');
  const message = pending
    ? vscode.l10n.t('{0} waits to be published: {1}', what, places)
    : vscode.l10n.t('Published {0}: {1}', what, places);
  const address = publications.map(({ url }) => webAddress(url)).find(url => url !== undefined);
  void showWithPage([message, ...notes].join(' '), address);
}

async function showWithPage(message: string, url: string | undefined): Promise<void> {
  const open = vscode.l10n.t('Open in Registry');
  const answer = await vscode.window.showInformationMessage(message, ...(url === undefined ? [] : [open]));
  if (answer === open) await vscode.commands.executeCommand('aiwb.openInRegistry', { url });
}

function placeWords({ registry, model, version }: Publication): string {
  return `${registry}/${model}@${version}`;
}
