import type { Row } from '../names/table.ts';
import type { ThingKind } from '../names/things.ts';
import type { TokenType } from './legend.ts';
import { paintAll, paintFigure, paintModel, paintRegisteredModel, paintTemplates, type Paint } from './paints.ts';

/** The colour of a name, or how its parts are coloured; absent for what themes show as text. */
const paints: Readonly<Partial<Record<ThingKind, TokenType | Paint>>> = {
  aspect: 'enumMember',
  benchmark: 'class',
  check: 'function',
  column: 'property',
  connection: 'variable',
  control: 'class',
  framework: paintAll('namespace', 'defaultLibrary'),
  'framework-id': paintAll('enumMember', 'readonly'),
  job: 'class',
  metric: paintFigure,
  model: paintModel,
  platform: 'variable',
  policy: 'namespace',
  'registered-model': 'class',
  registry: 'namespace',
  result: 'variable',
  slice: 'property',
  variable: paintTemplates,
};

/** How the names are coloured that a row of the table is about. */
export function paintName({ names, role }: Pick<Row, 'names' | 'role'>): Paint | undefined {
  if (names === 'registered-model' && role === 'reference') return paintRegisteredModel;
  const paint = paints[names];
  if (typeof paint !== 'string') return paint;
  return role === 'declaration' ? paintAll(paint, 'declaration') : paintAll(paint);
}
