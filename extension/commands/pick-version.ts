import * as vscode from 'vscode';
import type { VersionRow } from '../../schemas/generated/messages.ts';
import { FailureError } from '../base/failure.ts';
import { plain } from '../connect/words.ts';
import {
  localRegistry,
  nameOfPlace,
  type AssessmentEntry,
  type RegistryPlace,
  type VersionEntry,
  type VersionPlace,
} from '../registry/registry-book.ts';
import { versionItem } from '../registry/registry-items.ts';
import { describeAssessment, versionName } from '../registry/words.ts';
import type { CommandContext } from './context.ts';

/** A version by name; its row where it was chosen from a list. */
export type NamedVersion = VersionPlace & { readonly row?: VersionRow };

interface VersionPick {
  readonly title: string;
  readonly many?: boolean;
  readonly filter?: (version: NamedVersion) => boolean;
  /** Also those of registries elsewhere, as far as they were read. */
  readonly elsewhere?: boolean;
}

/** A list longer than this is searched in the Registry view. */
const mostChoices = 2_000;
const largestPage = 1_000;

/**
 * The versions a command is for: those it was given, as rows of the Registry view or as `{model, version}`, else the user's
 * choice. Empty when the user chose none.
 */
export async function chooseVersions(
  context: CommandContext,
  given: readonly unknown[],
  pick: VersionPick,
): Promise<NamedVersion[]> {
  const places = given.flatMap(placesOf);
  if (places.length === 0) return await pickVersions(context, pick);
  return [...new Map(places.map(place => [`${place.folder ?? ''}\n${nameOfPlace(place)}`, place])).values()];
}

/** The one version a command is for, with all that is known of it. */
export async function resolveVersion(
  context: CommandContext,
  given: unknown,
  pick: Omit<VersionPick, 'many'>,
): Promise<VersionEntry | undefined> {
  const [place] = await chooseVersions(context, [given], pick);
  return place === undefined ? undefined : await context.registry.find(place);
}

export function placeOf({ folder, registry, details }: VersionEntry): VersionPlace & RegistryPlace {
  return { folder, registry, model: details.version.model, version: details.version.version };
}

/** Versions in what menus, pages and other commands pass: a place, a row, or a list of them. */
export function placesOf(value: unknown): VersionPlace[] {
  if (Array.isArray(value)) return value.flatMap(placesOf);
  if (typeof value !== 'object' || value === null) return [];
  const { folder, registry, model, version } = value as Partial<Record<keyof VersionPlace, unknown>>;
  if (typeof model !== 'string' || typeof version !== 'string') return [];
  return [
    {
      ...(typeof folder === 'string' ? { folder } : {}),
      ...(typeof registry === 'string' ? { registry } : {}),
      model,
      version,
    },
  ];
}

async function pickVersions(
  context: CommandContext,
  { title, many = false, filter = () => true, elsewhere = false }: VersionPick,
): Promise<NamedVersion[]> {
  const { versions, isWhole } = await listVersions(context, elsewhere);
  const choices = versions.filter(filter).map(version => {
    const { description, icon } = versionItem(version.row);
    return {
      label: plain(nameOfPlace(version)),
      description: plain(description),
      iconPath: new vscode.ThemeIcon(icon),
      version,
    };
  });
  if (choices.length === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t('There is no model version for this: {0}', title));
    return [];
  }
  const options = {
    title,
    matchOnDescription: true,
    ...(isWhole
      ? {}
      : { placeHolder: vscode.l10n.t('The first {0} versions; filter the Registry view for others', mostChoices) }),
  };
  if (many) {
    const chosen = await vscode.window.showQuickPick(choices, { ...options, canPickMany: true });
    return (chosen ?? []).map(choice => choice.version);
  }
  const chosen = await vscode.window.showQuickPick(choices, options);
  return chosen === undefined ? [] : [chosen.version];
}

type ListedVersion = VersionPlace & RegistryPlace & { readonly row: VersionRow };

/** Versions of the models that are not archived. */
async function listVersions(
  { registry }: CommandContext,
  elsewhere: boolean,
): Promise<{ versions: ListedVersion[]; isWhole: boolean }> {
  await registry.load(registry.state.kind === 'failed');
  if (registry.state.kind === 'failed') throw new FailureError(registry.state.failure);
  const places = registry
    .folders()
    .flatMap(({ folder, registries }) => registries.map(({ name }) => ({ folder, registry: name })))
    .filter(place => elsewhere || place.registry === localRegistry);
  const versions: ListedVersion[] = [];
  for (const place of places) {
    let after: string | undefined;
    do {
      const asked = { registry: place.registry, limit: largestPage, ...(after === undefined ? {} : { after }) };
      const page = await registry.versions(place.folder, asked);
      versions.push(...page.versions.map(row => ({ ...place, model: row.model, version: row.version, row })));
      after = page.versions.length === 0 ? undefined : page.next;
      if (versions.length >= mostChoices)
        return { versions: versions.slice(0, mostChoices), isWhole: after === undefined };
    } while (after !== undefined);
  }
  return { versions, isWhole: true };
}

/** The aliases of a version's model with the version of each. */
export async function aliasesOf(
  { registry }: CommandContext,
  { folder, registry: name, details }: VersionEntry,
): Promise<ReadonlyMap<string, string>> {
  const asked = { registry: name, model: details.version.model, archived: true, limit: largestPage };
  const { versions } = await registry.versions(folder, asked);
  return new Map(versions.flatMap(({ version, aliases }) => aliases.map(alias => [alias, version] as const)));
}

/** The assessment a command is for: by its id or row, the newest of a version, or the user's choice. */
export async function resolveAssessment(
  context: CommandContext,
  given: unknown,
  title: string,
): Promise<AssessmentEntry | undefined> {
  const id = assessmentIdOf(given);
  if (id !== undefined) return await context.registry.findAssessment(id);
  const [place] = placesOf(given);
  if (place === undefined) return await pickAssessment(context, title);
  const entry = await context.registry.find(place);
  const [newest] = entry.details.assessments;
  if (newest !== undefined) return { folder: entry.folder, assessment: newest };
  throw new FailureError({
    code: 'record-not-found',
    message: vscode.l10n.t('{0} has not been assessed yet.', versionName(entry.details)),
    remedy: vscode.l10n.t('Assess it first.'),
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

/** A version that was assessed, then which of its assessments where it has several. */
async function pickAssessment(context: CommandContext, title: string): Promise<AssessmentEntry | undefined> {
  const { versions } = await listVersions(context, false);
  const isAssessed = ({ row }: NamedVersion): boolean => row?.gate !== undefined;
  if (!versions.some(isAssessed)) {
    void vscode.window.showInformationMessage(vscode.l10n.t('There is no assessment yet.'));
    return undefined;
  }
  const entry = await resolveVersion(context, undefined, { title, filter: isAssessed });
  if (entry === undefined) return undefined;
  const choices = entry.details.assessments.map(assessment => ({
    label: describeAssessment(assessment, Date.now()),
    detail: plain(assessment.policies.join(', ')),
    assessment,
  }));
  const chosen = choices.length > 1 ? await vscode.window.showQuickPick(choices, { title }) : choices[0];
  return chosen === undefined ? undefined : { folder: entry.folder, assessment: chosen.assessment };
}
