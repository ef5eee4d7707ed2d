import type { AskedPlace } from './card-record.ts';

/** A section of a model card. */
export interface CardSection {
  /** Also the slug of its heading, where policies look for it. */
  readonly id: string;
  readonly title: string;
  /** Slugs of headings under which other cards say the same. */
  readonly also: readonly string[];
  /** What it is for: asked of whoever writes it. */
  readonly hint: string;
  readonly required: boolean;
  /** Whether what the record says joins what people wrote under the same heading. */
  readonly joins?: boolean;
}

/** In the order they stand in a new card. */
export const cardSections: readonly CardSection[] = [
  {
    id: 'description',
    title: 'Description',
    also: ['model-description', 'model-details', 'model-summary', 'overview'],
    hint: 'What the model is and does, in a few sentences.',
    required: true,
  },
  {
    id: 'intended-use',
    title: 'Intended use',
    also: ['intended-uses', 'intended-uses--limitations', 'uses', 'use', 'direct-use', 'model-use'],
    hint: 'Who should use it, for what, and what follows from its answers.',
    required: true,
  },
  {
    id: 'out-of-scope-use',
    title: 'Out-of-scope use',
    also: ['out-of-scope', 'out-of-scope-uses', 'misuse-and-out-of-scope-use', 'misuse'],
    hint: 'What it must not be used for, and what it was never tried on.',
    required: true,
  },
  {
    id: 'how-to-use',
    title: 'How to use',
    also: ['how-to-get-started-with-the-model', 'usage', 'getting-started', 'quickstart', 'how-to-use-the-model'],
    hint: 'How it is asked.',
    required: false,
  },
  {
    id: 'training-data',
    title: 'Training data',
    also: ['data', 'training-dataset', 'training-datasets'],
    hint: 'What it learnt from: datasets, how many rows, their licences, and who looked for personal data.',
    required: true,
    joins: true,
  },
  {
    id: 'training-procedure',
    title: 'Training procedure',
    also: ['procedure', 'training', 'training-details'],
    hint: 'How it was trained: base, method, hyperparameters, hardware.',
    required: false,
    joins: true,
  },
  {
    id: 'evaluation',
    title: 'Evaluation',
    also: ['evaluation-results', 'results', 'eval-results', 'performance', 'benchmarks'],
    hint: 'What it was measured at, on which rows, with how sure each figure is.',
    required: true,
    joins: true,
  },
  {
    id: 'limitations',
    title: 'Limitations',
    also: ['bias-risks-and-limitations', 'limitations-and-bias', 'limitations-and-biases', 'risks-and-limitations'],
    hint: 'Where it fails, whom that hurts, and what it does not know.',
    required: true,
  },
  {
    id: 'governance',
    title: 'Governance',
    also: [],
    hint: 'What it was assessed by, and who approved it.',
    required: false,
    joins: true,
  },
  {
    id: 'lineage',
    title: 'Version and lineage',
    also: ['version-and-lineage', 'versions-and-lineage', 'lineage', 'provenance'],
    hint: 'Which version this is and what led to it.',
    required: false,
    joins: true,
  },
  {
    id: 'contact',
    title: 'Contact',
    also: ['model-card-contact', 'contacts', 'model-card-authors', 'authors'],
    hint: 'Who answers for the model.',
    required: true,
  },
];

/**
 * The sections of a card: those above, under the heading that a policy looks for where it names another one, and those that the
 * workspace's policies ask for beside them.
 */
export function sectionsFor(asked: readonly AskedPlace[]): readonly CardSection[] {
  const wanted = new Map(
    asked.flatMap((place): [string, AskedPlace][] => {
      const slug = place.path.slice(1).toLowerCase();
      return place.path.startsWith('#') && /^[a-z0-9][a-z0-9-]*$/.test(slug) ? [[slug, place]] : [];
    }),
  );
  const named = cardSections.map(section => {
    const { id, title, also } = section;
    if (wanted.has(slugOf(title)) || wanted.has(id)) return section;
    const other = also.find(slug => wanted.has(slug));
    return other === undefined ? section : { ...section, title: headingOf(other), also: [slugOf(title), ...also] };
  });
  const known = new Set(named.flatMap(slugsOf));
  const others = [...wanted].flatMap(([slug, { title, policy }]): CardSection[] =>
    known.has(slug)
      ? []
      : [{ id: slug, title: headingOf(slug), also: [], hint: `${title} (asked by ${policy}).`, required: true }],
  );
  const at = named.findIndex(({ id }) => id === 'governance');
  return [...named.slice(0, at), ...others, ...named.slice(at)];
}

function headingOf(slug: string): string {
  const words = slug.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Every slug that a section may stand under; the first is that of its own heading. */
export function slugsOf({ id, title, also }: CardSection): readonly string[] {
  return [...new Set([slugOf(title), id, ...also])];
}

function slugOf(title: string): string {
  return title.toLowerCase().replaceAll(' ', '-');
}
