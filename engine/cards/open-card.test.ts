import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { openAssessable, refused, type Assessable } from '../../test/fakes/assessable.ts';
import { createMemoryRegistry, registriesOf } from '../../test/fakes/memory-registry.ts';
import { ada, newVersion } from '../../test/fakes/registry-contract.ts';
import { signal } from '../../test/fakes/governed.ts';
import type { Artifact, DocArtifact } from '../../schemas/generated/messages.ts';
import type { ModelRegistry } from '../ports/registry.ts';
import { describeVersion } from '../versions/details.ts';
import { findInCard } from '../governance/checks/card-text.ts';
import { keepCard } from './keep-card.ts';
import { openCard, writeCard, type CardPorts } from './open-card.ts';
import { cardsOf, newestCard, nextCardName } from '../registry/version-cards.ts';

const text = (name: string, slug: string): string => {
  const found = findInCard(name, slug);
  return 'place' in found ? (found.place?.text ?? '') : '';
};

describe('the model card of a version', () => {
  let world: Assessable;
  let ports: CardPorts;
  let shared: ModelRegistry;
  const reference = { model: 'triage', version: 'candidate' };
  beforeEach(async () => {
    world = await openAssessable();
    shared = createMemoryRegistry({ name: 'shared' });
    ports = { ...world.ports, registries: registriesOf(world.ports.store.registry, { shared }) };
  });
  afterEach(() => world.close());
  const open = (version = 'candidate', file?: string) =>
    openCard({ model: 'triage', version }, world.folder, ports, signal, file);
  const keep = (file: string, figures = false) =>
    keepCard({ reference, file: world.file(file), folder: world.folder, actor: ada, figures }, ports, signal);
  const artifacts = async (): Promise<readonly Artifact[]> =>
    (await describeVersion('triage', 'candidate', world.ports.store, signal)).artifacts;

  it('is made over the file that it was read from, and written there', async () => {
    const opened = await open();
    assert.equal(opened.card.path, 'card.md');
    assert.match(text(opened.card.text, '#use'), /Routing of tickets/);
    assert.equal(opened.card.digest, newestCard(await artifacts())?.digest);
    assert.equal(await writeCard(opened, world.file('card.md'), ports, signal), true);
    const again = await open();
    assert.equal(again.made.text, opened.made.text);
    assert.equal(await writeCard(again, world.file('card.md'), ports, signal), false);
  });

  it('asks for what the policies of the folder look for, and counts what they accept', async () => {
    const { fields } = (await open()).card;
    const use = fields.find(({ name }) => name === '#intended-use');
    assert.deepEqual([use?.state, use?.required], ['filled', true]);
    assert.match(use?.hint ?? '', /corp/);
    assert.equal(fields.find(({ name }) => name === 'owner')?.state, 'missing');
  });

  it('is made over the kept text where the file is gone, and for a model without either from nothing', async () => {
    await world.ports.files.writeText(world.file('elsewhere.md'), '---\nlicense: mit\n---\n## Use\n\nAnother.\n');
    rmSync(world.file('card.md'));
    const opened = await open();
    assert.equal(opened.card.path, 'cards/triage.md');
    assert.match(text(opened.card.text, '#use'), /Routing of tickets/);
    await world.register('other', { model: 'plain' });
    const plain = await openCard({ model: 'plain', version: '1' }, world.folder, ports, signal);
    assert.deepEqual([plain.card.path, plain.card.digest, plain.earlier], ['cards/plain.md', undefined, '']);
  });

  it('leaves the file of a newer version alone', async () => {
    const first = await open('1');
    await writeCard(first, world.file('card.md'), ports, signal);
    await world.register('newer', { card: world.file('card.md') });
    const second = await open('2');
    assert.equal(second.card.path, 'card.md', 'the newer version takes the file over');
    await writeCard(second, world.file('card.md'), ports, signal);
    const old = await open('1');
    assert.equal(old.card.path, 'cards/triage-1.md');
    assert.match(text(old.card.text, '#use'), /Routing of tickets/);
  });

  it('is kept as a new card beside those before, and none twice', async () => {
    await world.write('second.md', '---\nlicense: mit\n---\n## Use\n\nSecond.\n');
    const kept = await keep('second.md');
    assert.deepEqual([kept.artifact.name, kept.was, kept.artifact.path], ['model-card.2', false, 'second.md']);
    assert.equal((await keep('second.md')).was, true);
    assert.deepEqual(
      cardsOf(await artifacts()).map(({ name }) => name),
      ['model-card', 'model-card.2'],
    );
    assert.equal(nextCardName(await artifacts()), 'model-card.3');
  });

  it('leaves what was assessed as it was: the next assessment reads the newer card', async () => {
    const first = await world.recordOf();
    const read = (record: typeof first): (string | undefined)[] =>
      record.controls
        .flatMap(({ checks }) => checks.flatMap(({ evidence }) => evidence))
        .flatMap(({ kind, digest }) => (kind === 'model-card' ? [digest] : []));
    const [old] = read(first);
    assert.equal((await open()).card.assessedDigest, undefined);
    await world.write('second.md', '---\nlicense: mit\n---\n## Use\n\nSecond.\n');
    const { artifact } = await keep('second.md');
    const opened = await open();
    assert.equal(opened.card.assessedDigest, old);
    assert.equal(opened.card.digest, artifact.digest);
    assert.match(opened.card.notes?.join(' ') ?? '', /read another card than the newest one/);
    const second = await world.recordOf();
    assert.deepEqual(read(second), [artifact.digest]);
    assert.equal((await open()).card.assessedDigest, undefined);
  });

  it('brings the results of a card as figures when asked, once', async () => {
    const metric = '{type: accuracy, value: 91.2, name: Accuracy}';
    const result = `{task: {type: text-classification}, dataset: {name: GLUE, type: glue}, metrics: [${metric}]}`;
    await world.write(
      'hub.md',
      `---\nlicense: [mit, apache-2.0]\nmodel-index: [{name: m, results: [${result}]}]\n---\n# M\n`,
    );
    assert.equal((await keep('hub.md')).figures, 0);
    assert.equal((await keep('hub.md', true)).figures, 1);
    assert.equal((await keep('hub.md', true)).figures, 0);
    const figure = (await artifacts()).find(each => each.artifactType === 'metric' && each.tool === 'model card');
    assert.ok(figure?.artifactType === 'metric');
    assert.deepEqual([figure.task, figure.value, figure.scope], ['GLUE', 91.2, 'baseline']);
    const { fields } = (await open('candidate', world.file('hub.md'))).card;
    assert.equal(fields.find(({ name }) => name === 'license')?.state, 'filled');
  });

  it('refuses a file that is no card, and stores nothing of it', async () => {
    await world.write('bad.md', '---\na: [\n---\n');
    await assert.rejects(keep('bad.md'), refused('file-invalid', /no valid YAML/));
    await world.write('figures.md', '---\nmodel-index: text\n---\n');
    await assert.rejects(keep('figures.md', true), refused('file-invalid', /model-index/));
    await assert.rejects(keep('none.md'), refused('file-not-found', /none/));
    assert.equal(cardsOf(await artifacts()).length, 1);
  });

  it('is kept by registries elsewhere that keep files, and refused by those that keep none', async () => {
    const { version } = await shared.createVersion(newVersion('triage', 'a'), { name: 'triage', license: 'mit' }, ada);
    const elsewhere = { registry: 'shared', model: 'triage', version };
    const request = { reference: elsewhere, file: world.file('card.md'), folder: world.folder, actor: ada };
    const { artifact } = await keepCard(request, ports, signal);
    assert.equal(artifact.name, 'model-card');
    const opened = await openCard(elsewhere, world.folder, ports, signal);
    assert.deepEqual([opened.card.registry, opened.card.digest], ['shared', artifact.digest]);
    assert.match(text(opened.card.text, '#use'), /Routing of tickets/);
    const bare = createMemoryRegistry({ name: 'bare', capabilities: { keepsContent: false } });
    await bare.createVersion(newVersion('triage', 'a'), { name: 'triage' }, ada);
    const registries = registriesOf(world.ports.store.registry, { bare });
    await assert.rejects(
      keepCard({ ...request, reference: { ...elsewhere, registry: 'bare' } }, { ...ports, registries }, signal),
      refused('usage', /keeps no files/),
    );
  });

  it('follows no path out of the workspace, and tells a kept card that is gone', async () => {
    const lost: DocArtifact = {
      artifactType: 'doc-artifact',
      name: 'model-card',
      uri: 'memory://gone',
      digest: 'e'.repeat(64),
      path: '../../../etc/passwd',
    };
    const { version } = await shared.createVersion(
      newVersion('x/../y', 'b', { artifacts: [lost] }),
      { name: 'x/../y' },
      ada,
    );
    const opened = await openCard({ registry: 'shared', model: 'x/../y', version }, world.folder, ports, signal);
    assert.equal(opened.card.path, 'cards/x-..-y.md');
    assert.match(opened.card.notes?.join(' ') ?? '', /cannot be read: memory:\/\/gone is not there/);
  });
});
