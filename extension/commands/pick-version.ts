import * as vscode from 'vscode';
import type { AssessmentSummary } from '../../schemas/generated/messages.ts';
import { FailureError } from '../base/failure.ts';
import type { VersionEntry, VersionPlace } from '../registry/registry-book.ts';
import { versionItem } from '../registry/registry-items.ts';
import { describeAssessment, versionName } from '../registry/words.ts';
import type { CommandContext } from './context.ts';

interface VersionPick {
  readonly title: string;
  readonly many?: boolean;
  readonly filter?: (entry: VersionEntry) => boolean;
}

/**
 * The versions a command is for: those it was given, as rows of the Registry view or as `{model, version}`, else the user's
 * choice. Empty when the user chose none.
 */
export async function resolveVersions(
  context: CommandContext,
  given: readonly unknown[],
  pick: VersionPick,
): Promise<VersionEntry[]> {
  const places = given.flatMap(placesOf);
  if (places.length > 0) {
    const found = await Promise.all(places.map(place => findVersion(context, place)));
    return [...new Map(found.map(entry => [`${entry.folder}\n${versionName(entry.details)}`, entry])).values()];
  }
  return await pickVersions(context, pick);
}

/** The one version a command is for. */
export async function resolveVersion(
  context: CommandContext,
  given: unknown,
  pick: Omit<VersionPick, 'many'>,
): Promise<VersionEntry | undefined> {
  const [entry] = await resolveVersions(context, [given], pick);
  return entry;
}

async function findVersion({ registry }: CommandContext, place: VersionPlace): Promise<VersionEntry> {
  await registry.load();
  const known = registry.find(place);
  if (known !== undefined) return known;
  // It may be newer than what is known here.
  await registry.load(true);
  const found = registry.find(place);
  if (found !== undefined) return found;
  if (registry.state.kind === 'failed') throw new FailureError(registry.state.failure);
  throw new FailureError({
    code: 'registry-not-found',
    message: vscode.l10n.t('There is no {0} in the registry of this workspace.', `${place.model}@${place.version}`),
  });
}

/** Versions in what menus, pages and other commands pass: a place, a row, or a list of them. */
function placesOf(value: unknown): VersionPlace[] {
  if (Array.isArray(value)) return value.flatMap(placesOf);
  if (typeof value !== 'object' || value === null) return [];
  const { folder, model, version } = value as Partial<Record<keyof VersionPlace, unknown>>;
  if (typeof model !== 'string' || typeof version !== 'string') return [];
  return [{ ...(typeof folder === 'string' ? { folder } : {}), model, version }];
}

async function pickVersions(
  context: CommandContext,
  { title, many = false, filter = () => true }: VersionPick,
): Promise<VersionEntry[]> {
  const choices = (await listVersions(context)).filter(filter).map(entry => {
    const { description, icon } = versionItem(entry);
    return { label: versionName(entry.details), description, iconPath: new vscode.ThemeIcon(icon), entry };
  });
  if (choices.length === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t('There is no model version for this: {0}', title));
    return [];
  }
  const options = { title, matchOnDescription: true };
  if (many) {
    const chosen = await vscode.window.showQuickPick(choices, { ...options, canPickMany: true });
    return (chosen ?? []).map(choice => choice.entry);
  }
  const chosen = await vscode.window.showQuickPick(choices, options);
  return chosen === undefined ? [] : [chosen.entry];
}

/** Versions of the models that are not archived. */
async function listVersions({ registry }: CommandContext): Promise<VersionEntry[]> {
  await registry.load(registry.state.kind === 'failed');
  if (registry.state.kind === 'failed') throw new FailureError(registry.state.failure);
  return registry.versions().filter(({ model }) => model.state === 'LIVE');
}

export interface AssessmentPlace {
  readonly folder: string;
  readonly assessment: AssessmentSummary;
}

/** The assessment a command is for: by its id or row, the newest of a version, or the user's choice. */
export async function resolveAssessment(
  context: CommandContext,
  given: unknown,
  title: string,
): Promise<AssessmentPlace | undefined> {
  const id = assessmentIdOf(given);
  if (id !== undefined) return await findAssessment(context, id);
  const [place] = placesOf(given);
  if (place === undefined) return await pickAssessment(context, title);
  const entry = await findVersion(context, place);
  const [newest] = entry.details.assessments;
  if (newest !== undefined) return { folder: entry.folder, assessment: newest };
  throw new FailureError({
    code: 'record-not-found',
    message: vscode.l10n.t('{0} has not been assessed yet.', versionName(entry.details)),
    remedy: vscode.l10n.t('Assess it first.'),
  });
}

async function findAssessment({ registry }: CommandContext, id: string): Promise<AssessmentPlace> {
  await registry.load();
  if (registry.findAssessment(id) === undefined) await registry.load(true);
  const found = registry.findAssessment(id);
  if (found !== undefined) return found;
  throw new FailureError({
    code: 'record-not-found',
    message: vscode.l10n.t('There is no assessment {0} in this workspace.', id),
    remedy: vscode.l10n.t('It may lie in another store or folder.'),
  });
}

/** An id, or the row of an assessment. */
function assessmentIdOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return undefined;
  const { item } = value as { item?: { open?: { kind?: unknown; assessmentId?: unknown } } };
  const id = item?.open?.kind === 'assessment' ? item.open.assessmentId : undefined;
  return typeof id === 'string' ? id : undefined;
}

async function pickAssessment(context: CommandContext, title: string): Promise<AssessmentPlace | undefined> {
  const choices = (await listVersions(context)).flatMap(({ folder, details }) =>
    details.assessments.map(assessment => ({
      label: versionName(details),
      description: describeAssessment(assessment, Date.now()),
      detail: assessment.policies.join(', '),
      place: { folder, assessment },
    })),
  );
  if (choices.length === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t('There is no assessment yet.'));
    return undefined;
  }
  choices.sort((a, b) => b.place.assessment.assessedAt - a.place.assessment.assessedAt);
  return (await vscode.window.showQuickPick(choices, { title, matchOnDescription: true }))?.place;
}
