import type { DocumentPath } from './diagnostic.ts';
import type { DocumentKind } from './kinds.ts';

/** What a path leads to. */
export type PathSort =
  | 'answers'
  | 'benchmark'
  | 'card'
  | 'certificate'
  | 'dataset'
  | 'document'
  | 'image'
  | 'model'
  | 'privateKey'
  | 'prompt'
  | 'rubric'
  | 'schema'
  | 'scorecard'
  | 'sound'
  | 'store'
  | 'words';

/** A field whose text is a path that starts from the document's folder. */
export interface PathField {
  /** The place as `a.*.b`: `*` is any one step. */
  readonly field: string;
  readonly sort: PathSort;
  /** The text may as well be something else: it is a path only where there is such a file. */
  readonly isLoose?: true;
  /** The text is a path only where it begins so; the path follows. */
  readonly prefix?: string;
}

const path = (field: string, sort: PathSort): PathField => ({ field, sort });
const loose = (field: string, sort: PathSort): PathField => ({ field, sort, isLoose: true });

/** The name of a model, which is a folder where it says so. */
const model = (field: string): PathField => ({ field, sort: 'model', prefix: 'folder:' });

/** `split.train` and `split.test` start from the dataset and move with it. */
const dataset = (at: string): readonly PathField[] => [path(`${at}.path`, 'dataset'), path(`${at}.card`, 'card')];

const metrics = (at: string): readonly PathField[] => [
  path(`${at}.*.*.rubric`, 'rubric'),
  path(`${at}.*.*.words`, 'words'),
  path(`${at}.*.*.prompt`, 'prompt'),
  path(`${at}.*.json-schema.schema`, 'schema'),
];

const messages: readonly PathField[] = [
  loose('messages.*.content.*.image', 'image'),
  loose('messages.*.content.*.audio', 'sound'),
];

const fields: Readonly<Record<DocumentKind, readonly PathField[]>> = {
  bench: [
    ...dataset('dataset'),
    path('perturbations.*.paraphrases.path', 'dataset'),
    path('prompts.*', 'prompt'),
    model('models.*'),
    model('metrics.*.pairwise.baseline'),
    model('compare.baseline'),
    model('gate.*.model'),
    ...metrics('metrics'),
  ],
  tune: [
    model('base'),
    ...dataset('aspects.*.dataset'),
    ...dataset('aspects.*.datasets.*'),
    path('aspects.*.benchmark', 'benchmark'),
    ...metrics('evaluation.metrics'),
    path('register.card', 'card'),
  ],
  policy: [loose('source.document', 'document'), path('assess.scorecard', 'scorecard')],
  framework: [],
  prompt: messages,
  trial: [...messages, model('models.*'), ...dataset('dataset')],
  comparison: [],
  workbench: [
    path('connections.*.path', 'answers'),
    path('store', 'store'),
    path('network.caCertificates.*', 'certificate'),
    path('network.clientCertificate.cert', 'certificate'),
    path('network.clientCertificate.key', 'privateKey'),
  ],
};

/** Every field of a kind of document that holds a path from the document's folder; the one list of them. */
export function pathFields(kind: DocumentKind): readonly PathField[] {
  return fields[kind];
}

/** A text of a document's value. */
export interface PlacedText {
  readonly path: DocumentPath;
  readonly text: string;
}

/** The texts of a document's value that are paths from its folder, with their places. Takes drafts of any shape. */
export function* findPaths(kind: DocumentKind, value: unknown): Iterable<PlacedText & { readonly field: PathField }> {
  for (const field of fields[kind]) for (const found of textsAt(value, field.field)) yield { field, ...found };
}

/** The texts of a draft at the places that `field` means, whose `*` is any one step. Blank ones are left out. */
export function textsAt(value: unknown, field: string): readonly PlacedText[] {
  const found: PlacedText[] = [];
  const steps = field.split('.');
  const path: (string | number)[] = [];
  function visit(node: unknown, depth: number): void {
    const step = steps[depth];
    if (step === undefined) {
      if (typeof node === 'string' && node.trim() !== '') found.push({ path: [...path], text: node });
      return;
    }
    if (typeof node !== 'object' || node === null) return;
    for (const [key, child] of Object.entries(node)) {
      if (step !== '*' && (Array.isArray(node) || step !== key)) continue;
      path.push(Array.isArray(node) ? Number(key) : key);
      visit(child, depth + 1);
      path.pop();
    }
  }
  visit(value, 0);
  return found;
}
