import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { DueItem, HostToScorecardPage, ScorecardView } from '../../schemas/generated/messages.ts';
import { createEmitter, type Nothing } from '../base/emitter.ts';
import { FailureError } from '../base/failure.ts';
import type { Engine } from '../engine/engine.ts';
import { createScorecardSession } from './scorecard-session.ts';

const file = path.join(import.meta.dirname, '../../test/fixtures/scorecards/passed.json');
const stored = (): ScorecardView => JSON.parse(readFileSync(file, 'utf8')) as ScorecardView;
const settle = (): Promise<void> => new Promise(resolve => setTimeout(resolve, 5));

const due: DueItem[] = [
  { kind: 'attestation', title: 'Attest OVR-01', state: 'due', model: 'ticket-triage', version: '3' },
  { kind: 'attestation', title: 'Attest OVR-01', state: 'due', model: 'ticket-triage', version: '2' },
  { kind: 'policy-review', title: 'Review the policy', state: 'overdue' },
];

/** A session over an engine whose answers the test gives; a function answers anew each time. */
function open(answers: Record<string, unknown>) {
  const registry = createEmitter<Nothing>();
  const runs = createEmitter<Nothing>();
  const posted: HostToScorecardPage[] = [];
  const asked: string[] = [];
  const commands: unknown[] = [];
  const engine = {
    folder: '/w',
    async request(method: string) {
      asked.push(method);
      const given = answers[method];
      const answer: unknown = typeof given === 'function' ? (given as () => unknown)() : given;
      if (answer instanceof Error) throw answer;
      if (answer === undefined) throw new FailureError({ code: 'usage', message: `There is no ${method}.` });
      return answer;
    },
  } as unknown as Engine;
  const session = createScorecardSession({
    subject: { assessmentId: 'a-0006' },
    engines: () => [engine],
    onRegistryChanged: registry.event,
    onRunsChanged: runs.event,
    post: message => posted.push(message),
    command: async message => void commands.push(message),
    openEvidence: async () => {},
    onTitle: () => {},
  });
  return { session, posted, asked, commands, registry, runs };
}

function scorecardsOf(posted: readonly HostToScorecardPage[]) {
  return posted.filter(message => message.type === 'scorecard');
}

describe('scorecard page', () => {
  const preview = { at: 5, changes: [], open: 2 };

  it('shows the record at once, then what would change and what waits at this version', async () => {
    const { session, posted } = open({
      'assessments/get': stored(),
      'assessments/preview': { ...stored(), preview },
      'governance/due': { items: due },
    });
    await session.receive({ type: 'ready' });
    await settle();
    const [first, second, ...others] = scorecardsOf(posted);
    assert.ok(first !== undefined && second !== undefined);
    assert.deepEqual([first.view.preview, first.due], [undefined, undefined]);
    assert.deepEqual(second.view.preview, preview);
    assert.deepEqual(second.due, due.slice(0, 1));
    assert.deepEqual(others, []);
    session.dispose();
  });

  it('is seen all the same where neither can be told', async () => {
    const { session, posted } = open({ 'assessments/get': stored() });
    await session.receive({ type: 'ready' });
    await settle();
    assert.deepEqual(
      posted.map(({ type }) => type),
      ['scorecard'],
    );
    session.dispose();
  });

  it('looks again when runs and records change, and says so only where something is new', async () => {
    let making = 0;
    let at = 0;
    const { session, posted, runs, registry } = open({
      'assessments/get': stored,
      'assessments/preview': () => ({ ...stored(), preview: { at: ++at, changes: [], open: making } }),
      'governance/due': { items: [] },
    });
    await session.receive({ type: 'ready' });
    await settle();
    assert.equal(scorecardsOf(posted).length, 2);
    making = 3;
    runs.fire(undefined);
    await settle();
    assert.equal(scorecardsOf(posted).at(-1)?.view.preview?.open, 3);
    const before = scorecardsOf(posted).length;
    registry.fire(undefined);
    await settle();
    assert.equal(scorecardsOf(posted).length, before + 1, 'the record again, and nothing new beside it');
    session.dispose();
  });

  it('asks for no preview of an assessment that another one followed', async () => {
    const view = stored();
    const [own] = view.history;
    const newer = { ...own!, id: 'a-0009', assessedAt: own!.assessedAt + 1 };
    const { session, asked } = open({ 'assessments/get': { ...view, history: [newer, ...view.history] } });
    await session.receive({ type: 'ready' });
    await settle();
    assert.deepEqual(asked, ['assessments/get', 'governance/due']);
    session.dispose();
  });

  it('answers what the page asks with its number, and a failure in the host’s words', async () => {
    const comparison = { before: {}, after: {}, changes: [], unchanged: 1, policies: [] };
    const { session, posted } = open({
      'assessments/get': stored(),
      'assessments/compare': comparison,
      'assessments/controlHistory': { control: 'PERF-01', entries: [] },
      'documents/text': { digest: 'd', name: 'a.md', text: 'one two three', pages: [], headings: [] },
    });
    await session.receive({ type: 'ready' });
    await settle();
    posted.length = 0;
    await session.receive({ type: 'compare', request: 1, before: 'a', after: 'b' });
    await session.receive({ type: 'controlHistory', request: 2, control: 'PERF-01' });
    await session.receive({ type: 'documentText', request: 3, document: 'd', start: 4, end: 7 });
    await session.receive({ type: 'documentText', request: 4, document: 'd', start: 4, end: 70 });
    assert.deepEqual(posted.slice(0, 3), [
      { type: 'comparison', request: 1, comparison },
      { type: 'controlHistory', request: 2, history: { control: 'PERF-01', entries: [] } },
      { type: 'documentText', request: 3, excerpt: { name: 'a.md', before: 'one ', quote: 'two', after: ' three' } },
    ]);
    const last = posted.at(-1);
    assert.ok(last?.type === 'failure' && last.request === 4, JSON.stringify(last));
    session.dispose();
  });

  it('passes commands on with what they stand on', async () => {
    const { session, commands } = open({ 'assessments/get': stored() });
    await session.receive({ type: 'command', command: 'assessAgain' });
    assert.deepEqual(commands, [], 'nothing is shown yet');
    await session.receive({ type: 'ready' });
    await session.receive({ type: 'command', command: 'attest', control: 'OVR-01' });
    assert.deepEqual(commands, [
      { message: { type: 'command', command: 'attest', control: 'OVR-01' }, view: stored(), folder: '/w' },
    ]);
    session.dispose();
  });
});
