import * as vscode from 'vscode';
import { FailureError } from '../base/failure.ts';
import { webAddress } from '../registry/item.ts';
import { nameOfPlace, referenceTo, type VersionPlace } from '../registry/registry-book.ts';
import { modelNameOf } from '../registry/words.ts';
import { registerCommand, rowsOf, type CommandContext } from './context.ts';
import { chooseVersions, placeOf, resolveAssessment, resolveVersion, type NamedVersion } from './pick-version.ts';

/** Commands that show what is registered, without changing it. */
export function registerRegistryCommands(context: CommandContext): vscode.Disposable[] {
  return [
    registerCommand(context, 'aiwb.openVersion', (given: unknown) => openVersion(context, given)),
    registerCommand(context, 'aiwb.compareVersions', (...given: unknown[]) => compareVersions(context, given)),
    registerCommand(context, 'aiwb.openScorecard', (given: unknown) => openScorecard(context, given)),
    registerCommand(context, 'aiwb.openInRegistry', (given: unknown) => openInRegistry(given)),
    registerCommand(context, 'aiwb.copyVersionName', (given: unknown) => copyVersionName(context, given)),
    registerCommand(context, 'aiwb.copyRegistryId', (given: unknown) => copyRegistryId(context, given)),
  ];
}

async function openVersion(context: CommandContext, given: unknown): Promise<void> {
  const entry = await resolveVersion(context, given, { title: vscode.l10n.t('Open a Version'), elsewhere: true });
  if (entry === undefined) return;
  context.pages.showVersions({ folder: entry.folder, versions: [referenceTo(placeOf(entry))] });
}

async function compareVersions(context: CommandContext, given: readonly unknown[]): Promise<void> {
  const rows = rowsOf(given).length > 0 ? rowsOf(given) : context.selectedVersions();
  const title = vscode.l10n.t('Choose Two or More Versions to Compare');
  let places = await chooseVersions(context, rows, { title, many: true, elsewhere: true });
  const [only] = places;
  if (places.length === 1 && only !== undefined) {
    const isOther = (place: NamedVersion): boolean =>
      place.folder === only.folder && nameOfPlace(place) !== nameOfPlace(only);
    const others = { title: vscode.l10n.t('Compare with …'), many: true, elsewhere: true, filter: isOther };
    places = [only, ...(await chooseVersions(context, [], others))];
  }
  const [first] = places;
  if (first === undefined || places.length < 2) return;
  if (places.some(({ folder }) => folder !== first.folder)) {
    throw new FailureError({
      code: 'usage',
      message: vscode.l10n.t('These versions lie in the registries of different folders.'),
      remedy: vscode.l10n.t('Choose versions of one folder.'),
    });
  }
  context.pages.showVersions({
    ...(first.folder === undefined ? {} : { folder: first.folder }),
    versions: places.map(referenceTo),
  });
}

async function openScorecard(context: CommandContext, given: unknown): Promise<void> {
  const chosen = await resolveAssessment(context, given, vscode.l10n.t('Open a Scorecard'));
  if (chosen === undefined) return;
  context.pages.showAssessment({ folder: chosen.folder, assessmentId: chosen.assessment.id });
}

/** Opens a page of the registry's own, of the row or of an address, once VS Code has asked whether it may be. */
async function openInRegistry(given: unknown): Promise<void> {
  const address = addressOf(given);
  if (address === undefined) {
    throw new FailureError({
      code: 'usage',
      message: vscode.l10n.t('No page of the registry is known for this.'),
      remedy: vscode.l10n.t('Name the address of its pages as "ui" of the registry in workbench.yaml.'),
    });
  }
  await vscode.env.openExternal(vscode.Uri.parse(address, true));
}

function addressOf(given: unknown): string | undefined {
  if (typeof given !== 'object' || given === null) return undefined;
  const { url, row, entry } = given as { url?: unknown; row?: { url?: unknown }; entry?: { ui?: unknown } };
  const address = url ?? row?.url ?? entry?.ui;
  return typeof address === 'string' ? webAddress(address) : undefined;
}

async function copyVersionName(context: CommandContext, given: unknown): Promise<void> {
  const title = vscode.l10n.t('Copy the Name of a Version');
  const entry = await resolveVersion(context, given, { title, elsewhere: true });
  if (entry === undefined) return;
  await copy(modelNameOf({ ...entry.details.version, registry: entry.registry }));
}

/** The id that the registry has for a model or version; where it has none, the name. */
async function copyRegistryId(context: CommandContext, given: unknown): Promise<void> {
  const { kind, row } = (given ?? {}) as { kind?: unknown; row?: { id?: unknown; name?: unknown } };
  if (kind === 'registeredModel') {
    const id = row?.id ?? row?.name;
    if (typeof id === 'string') await copy(id);
    return;
  }
  const title = vscode.l10n.t('Copy the Id of a Version');
  const entry = await resolveVersion(context, given, { title, elsewhere: true });
  if (entry === undefined) return;
  const place: VersionPlace = placeOf(entry);
  await copy(entry.details.version.id ?? nameOfPlace(place));
}

async function copy(text: string): Promise<void> {
  await vscode.env.clipboard.writeText(text);
  vscode.window.setStatusBarMessage(vscode.l10n.t('Copied {0}', text), 3_000);
}
