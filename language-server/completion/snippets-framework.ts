import { fields, flow, items, stop, type Snippet } from './sketch.ts';

const entry = flow(fields({ id: stop('A-01'), name: stop('What it is called'), group: stop('A') }));

/** What a framework of the workspace's own is made of. */
export const frameworkSnippets: readonly Snippet[] = [
  {
    at: '',
    label: 'framework',
    detail: 'Ids that policies can map their controls to',
    whole: true,
    sketch: fields({
      id: stop('acme-controls'),
      version: stop('"2027"'),
      title: stop('Acme control catalogue'),
      publisher: stop('Acme'),
      entries: items(entry),
    }),
  },
];
