import { embeddedModelNames } from '../../engine/documents/formats.ts';
import { metricCatalogue } from '../../engine/metrics/catalogue.ts';
import type { ColouredPiece, TokenModifier, TokenType } from './legend.ts';
import { paintTemplate } from './template-pieces.ts';

/** What colouring knows beside the text. */
export interface Scene {
  /** All columns that a prompt's rows can have; absent while nobody knows. */
  readonly columns: ReadonlySet<string> | undefined;
}

/** Colours a scalar's value; places are offsets into it. Nothing for a text that has not the form. */
export type Paint = (text: string, scene: Scene) => readonly ColouredPiece[];

type Colour = readonly [type: TokenType, ...modifiers: readonly TokenModifier[]];

/** The whole text in one colour. */
export function paintAll(...colour: Colour): Paint {
  return text => paintGroups(text, /^([^]+)$/, [colour]);
}

/** Texts of a form whose groups follow each other without a gap, each group in its colour. */
function paintParts(form: RegExp, ...colours: readonly (Colour | undefined)[]): Paint {
  return text => paintGroups(text, form, colours);
}

function paintGroups(text: string, form: RegExp, colours: readonly (Colour | undefined)[]): readonly ColouredPiece[] {
  const groups = form.exec(text)?.slice(1) ?? [];
  let at = 0;
  return groups.flatMap((group: string | undefined, index): readonly ColouredPiece[] => {
    const start = at;
    at += group?.length ?? 0;
    const [type, ...modifiers] = colours[index] ?? [];
    return type === undefined || at === start ? [] : [{ start, end: at, type, modifiers }];
  });
}

export const paintTemplates: Paint = (text, { columns }) => (/\{[{%#]/.test(text) ? paintTemplate(text, columns) : []);

const versionColours: readonly Colour[] = [['operator'], ['number'], ['enumMember']];

/** `embedded:knn`, `checkpoint:job@best`, `registry:model@3`, `registry:shared/model@3`; a name alone is a connection's. */
export const paintModel: Paint = text => {
  if (!text.includes(':')) return paintGroups(text, /^(\S+)$/, [['variable']]);
  if (/^(?:hub|folder|service):/.test(text))
    return paintGroups(text, /^((?:hub|folder|service):)([^@]+)(@)?(\S+)?$/, [
      ['namespace', 'defaultLibrary'],
      ['class'],
      ['operator'],
      ['enumMember'],
    ]);
  const name: Colour = embeddedModelNames.some(known => known === text) ? ['class', 'defaultLibrary'] : ['class'];
  const form = /^((?:embedded|checkpoint|registry):)([^@/\s]+)?(\/)?([^@\s]+)?(@)?(?:(\d+)|(\S+))?$/;
  const isElsewhere = /^registry:[^@/\s]+\//.test(text);
  const before: Colour = isElsewhere ? ['namespace'] : name;
  return paintGroups(text, form, [['namespace', 'defaultLibrary'], before, ['operator'], name, ...versionColours]);
};

/** `ticket-triage@candidate`, `shared/ticket-triage@3`. */
export const paintRegisteredModel = paintParts(
  /^(?:([^@/\s]+)(\/))?([^@\s]+)(@)?(?:(\d+)|(\S+))?$/,
  ['namespace'],
  ['operator'],
  ['class'],
  ...versionColours,
);

/** `f1.macro`: a metric or the name a benchmark gives one, and which of its figures. */
export const paintFigure: Paint = text => {
  const [head = ''] = text.split('.');
  const isOurs = (metricCatalogue as ReadonlyMap<string, unknown>).has(head);
  const metric: Colour = isOurs ? ['function', 'defaultLibrary'] : ['function'];
  return paintGroups(text, /^([^.\s]+)(?:(\.)(\S+))?$/, [metric, undefined, ['property']]);
};

/** `model.riskTier`. */
export const paintFact = paintParts(/^(model)(\.)(\S+)$/, ['variable', 'defaultLibrary'], undefined, ['property']);

/** `30s`, `PT5M`, `P180D`. */
export const paintDuration = paintParts(/^((?:\d+(?:\.\d+)?s|P(?=[\dT])[\d.YMWDTHS]+))$/, ['number']);
/** `5.00 USD`. */
export const paintMoney = paintParts(/^(\d+(?:\.\d+)?)( +)?([A-Z]{3})$/, ['number'], undefined, ['keyword']);
/** `2%`. */
export const paintPercentage = paintParts(/^(\d+(?:\.\d+)?)(%)$/, ['number'], ['operator']);
/** `1.2.0`, `^1.0.0`, `>=1 <3`. */
export const paintVersion = paintParts(/^([\^~<>=]+)?( +)?([^\s<>=^~]+)$/, ['operator'], undefined, ['number']);
/** `2027-10-01`. */
export const paintDate = paintParts(/^(\d{4}-\d{2}-\d{2})$/, ['number']);
/** `>=`. */
export const paintComparison = paintParts(/^([<>]=?)$/, ['operator']);
