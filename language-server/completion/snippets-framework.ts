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
  {
    at: '',
    label: 'framework: next edition',
    detail: 'Ids that say what they were in the edition before, so that policies can be upgraded',
    whole: true,
    sketch: fields({
      id: stop('acme-controls'),
      version: stop('"2028"'),
      title: stop('Acme control catalogue'),
      predecessor: stop('"2027"'),
      relatedTitle: stop('In 2027'),
      retired: items(flow(fields({ id: stop('A-09'), name: stop('What it was called'), replacedBy: stop('A-01') }))),
      entries: items(flow(fields({ id: stop('A-01'), name: stop('What it is called'), related: stop('[A-01]') }))),
    }),
  },
];
