import { findMigrations, type Migration } from '../../engine/edits/migrations.ts';
import type { Diagnostic, DiagnosticCode } from '../../engine/documents/diagnostic.ts';
import { offerConversion, offerTestData } from './convert.ts';
import { createConnection } from './create-connection.ts';
import { createMissingFile } from './create-file.ts';
import { extractWrittenPrompt } from './extract.ts';
import {
  addMissing,
  fillFile,
  fillValue,
  removeConflict,
  removeRepeated,
  removeSecond,
  removeUnknown,
} from './fix-fields.ts';
import { addSlice, addSplit, askModel, computeFigure, giveParameters } from './fix-names.ts';
import { repairSyntax } from './fix-syntax.ts';
import { referToKey, removeTag, replaceWithMeant, suggestAnchor } from './fix-values.ts';
import { actionKinds, type FixMaker, type Offer, type Scene } from './offer.ts';
import { spanOf } from './spots.ts';
import { suppress } from './suppress.ts';

/** What can be done about each kind of finding, the likeliest first. */
const makers: Readonly<Partial<Record<DiagnosticCode, readonly FixMaker[]>>> = {
  'yaml-syntax': [repairSyntax],
  'duplicate-key': [removeSecond],
  'unknown-anchor': [suggestAnchor],
  'unknown-tag': [removeTag],
  'empty-file': [fillFile],
  'unknown-field': [removeUnknown],
  'missing-field': [addMissing],
  'missing-value': [fillValue],
  'wrong-type': [extractWrittenPrompt],
  'duplicate-item': [removeRepeated],
  'conflicting-fields': [removeConflict],
  'unknown-connection': [createConnection],
  'missing-file': [extractWrittenPrompt, createMissingFile],
  'missing-split': [addSplit],
  'metric-unsuitable': [giveParameters],
  'unknown-model': [askModel],
  'unknown-figure': [computeFigure],
  'unknown-slice': [addSlice],
  'secret-in-file': [referToKey],
};

/** Everything that can be done about one finding; hiding it comes last. */
export async function offerFixes(finding: Diagnostic, scene: Scene, signal: AbortSignal): Promise<readonly Offer[]> {
  const meant = migrationsOf(finding, scene);
  const offers: Offer[] = meant.length > 0 ? meant : [...(await replaceWithMeant(finding, scene, signal))];
  if (isAboutWhole(finding)) {
    offers.unshift(...offerConversion(scene, actionKinds.fix), ...offerTestData(scene, actionKinds.fix));
  }
  const own = Object.hasOwn(makers, finding.code) ? (makers[finding.code] ?? []) : [];
  for (const make of own) {
    offers.push(...(await make(finding, scene, signal)));
    signal.throwIfAborted();
  }
  return keepOnePreferred([...offers, ...(await suppress(finding, scene, signal))]);
}

/** The fix of a finding that nobody needs to look at. Cheap: nothing is read, and nothing tried out. */
export async function offerSureFix(finding: Diagnostic, scene: Scene, signal: AbortSignal): Promise<Offer | undefined> {
  const meant = migrationsOf(finding, scene);
  const offers = meant.length > 0 ? meant : [...(await replaceWithMeant(finding, scene, signal))];
  if (finding.code === 'unknown-tag') offers.push(...(await removeTag(finding, scene, signal)));
  if (finding.code === 'duplicate-item') offers.push(...(await removeRepeated(finding, scene, signal)));
  return offers.find(({ isSure }) => isSure === true);
}

function isAboutWhole({ code }: Diagnostic): boolean {
  return code === 'unknown-field' || code === 'missing-field';
}

/** Older and other tools' notations that a finding comes from: of the field it underlines, or of the one it misses. */
function migrationsOf(finding: Diagnostic, scene: Scene): Offer[] {
  const { start } = spanOf(finding, scene);
  const lacking = finding.missing?.anyOf.map(field => [...(finding.missing?.at ?? []), field].join('\n')) ?? [];
  const isMeant = ({ at, to }: Migration): boolean => {
    if (lacking.length > 0) return lacking.includes(to.join('\n'));
    return (['key', 'value'] as const).some(part => {
      const range = scene.parsed.locate(at, part);
      return scene.document.offsetAt(range.start) === start;
    });
  };
  return offerMigrations(findMigrations(scene.parsed).filter(isMeant));
}

/** Offers of migrations, each once. */
export function offerMigrations(migrations: readonly Migration[]): Offer[] {
  return migrations.map(({ title, changes }) => ({
    title,
    kind: actionKinds.fix,
    isPreferred: true,
    isSure: true,
    edits: { changes },
  }));
}

/** A client chooses the preferred one by a key press: there can be only one. */
function keepOnePreferred(offers: readonly Offer[]): readonly Offer[] {
  let isTaken = false;
  return offers.map(offer => {
    if (offer.isPreferred !== true) return offer;
    if (!isTaken) {
      isTaken = true;
      return offer;
    }
    return { ...offer, isPreferred: false, isSure: false };
  });
}
