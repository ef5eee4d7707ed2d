import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { validateIngestReport } from '../../schemas/generated/validators.js';
import type { IngestReport, Ingestion } from '../../schemas/generated/messages.ts';
import { makeTar, makeZip } from '../../test/fakes/archives.ts';
import { createIngestWorld, tinyCard, tinyWeights, type IngestWorld } from '../../test/fakes/ingest.ts';
import { identity } from '../../test/fakes/evidence.ts';
import { createMemoryRegistry, registriesOf } from '../../test/fakes/memory-registry.ts';
import { createSigning } from '../../platform/host/signing.ts';
import { publishVersion } from '../handoff/publish.ts';
import {
  makeOciArtifact,
  startModelSource,
  type ModelSource,
  type ModelSourceOptions,
} from '../../test/fakes/model-sources.ts';
import { WorkbenchError } from '../base/errors.ts';
import type { IngestPorts } from './ports.ts';
import { toSarif } from './sarif.ts';
import { reportOf } from './report.ts';

const sha256 = (bytes: string | Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const { signal } = new AbortController();
const evil = Buffer.from('\x80\x04\x8c\x02os\x8c\x06system\x93\x8c\x04true\x85R.', 'latin1');

describe('ingestion', function () {
  this.timeout(60_000);
  let world: IngestWorld;
  let source: ModelSource | undefined;
  const open = async (changes: Partial<IngestPorts> = {}, secrets: Record<string, string> = {}): Promise<void> => {
    await world.close();
    world = await createIngestWorld(changes, secrets);
  };
  const serve = async (options: ModelSourceOptions): Promise<string> => {
    source = await startModelSource(options);
    return source.origin;
  };
  beforeEach(async () => {
    world = await createIngestWorld();
  });
  afterEach(async () => {
    await source?.close();
    source = undefined;
    await world.close();
  });
  const put = (files: Readonly<Record<string, string | Uint8Array>>): string => {
    const folder = path.join(world.folder, 'model');
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      writeFileSync(path.join(folder, name), content);
    }
    return folder;
  };
  const state = ({ steps }: Ingestion, name: string): string | undefined =>
    steps.find(step => step.name === name)?.state;
  const rules = ({ findings }: Ingestion): readonly string[] => findings.map(({ rule }) => rule);
  const fails = async (
    work: Promise<unknown>,
    code: WorkbenchError['code'],
    message = /./,
  ): Promise<WorkbenchError> => {
    let thrown: unknown;
    await work.catch((error: unknown) => (thrown = error));
    assert.ok(thrown instanceof WorkbenchError, String(thrown));
    assert.equal(thrown.code, code, thrown.message);
    assert.match(thrown.message, message);
    return thrown;
  };

  it('takes a folder in: every file under its digest, the report beside the version', async () => {
    const weights = tinyWeights();
    const other = tinyWeights(2, 'b');
    const folder = put({
      'README.md': tinyCard,
      'config.json': '{}',
      'model-1.safetensors': weights,
      'model-2.safetensors': other,
      'tokenizer.json': '{"a":1}',
    });
    const ended = await world.ingest({ source: folder });
    assert.equal(ended.verdict, 'clean', JSON.stringify(ended.findings));
    const manifest = `${sha256(weights)}  model-1.safetensors\n${sha256(other)}  model-2.safetensors\n`;
    assert.equal(ended.weightsDigest, sha256(manifest));
    const version = await world.store.registry.getVersion('tiny', 'candidate', signal);
    assert.equal(version.weightsDigest, ended.weightsDigest);
    assert.equal(version.lineage.base?.name, 'org/base');
    assert.equal(version.customProperties['aiw.tokenizer_digest'], sha256('{"a":1}'));
    assert.equal(version.customProperties['aiw.security_scan'], `clean sha256:${ended.reportDigest ?? ''}`);
    const model = await world.store.registry.getModel('tiny', signal);
    assert.deepEqual([model.license, model.tasks, model.language], ['apache-2.0', ['text-classification'], ['en']]);
    const artifacts = await world.store.registry.listArtifacts('tiny', version.version, signal);
    assert.deepEqual(artifacts.map(({ name }) => name).sort(), [
      'config.json',
      'ingestion-report',
      'model-1.safetensors',
      'model-2.safetensors',
      'model-card',
      'tokenizer.json',
    ]);
    for (const artifact of artifacts) {
      assert.ok('digest' in artifact && artifact.digest !== undefined);
      assert.equal(sha256(await world.store.blobs.read(artifact.digest)), artifact.digest);
    }
    // A backup has all of it: the manifest is what the weights' digest names.
    assert.equal(Buffer.from(await world.store.blobs.read(version.weightsDigest)).toString(), manifest);
    const backup = await world.store.backup(path.join(world.folder, 'copy.db'));
    assert.deepEqual(backup.unavailable, []);
    const report = JSON.parse(
      Buffer.from(await world.store.blobs.read(ended.reportDigest ?? '')).toString(),
    ) as IngestReport;
    assert.ok(validateIngestReport(report), JSON.stringify(validateIngestReport.errors));
    assert.equal(report.verdict, 'clean');
    assert.ok(!existsSync(path.join(world.store.path, 'quarantine', ended.id)));
    // The same weights again are the same version.
    const again = await world.ingest({ source: folder });
    assert.deepEqual(again.version, ended.version);
    assert.equal((await world.store.registry.listVersions('tiny', signal)).length, 1);
  });

  it('keeps what is unsafe in quarantine until a person takes it upon themselves', async () => {
    const folder = put({ 'README.md': tinyCard, 'model.bin': evil });
    const refused = await world.ingest({ source: folder });
    assert.equal(refused.verdict, 'unsafe');
    assert.equal(state(refused, 'verdict'), 'refused');
    assert.equal(state(refused, 'keep'), 'pending');
    await fails(world.store.registry.getModel('tiny', signal), 'registry-not-found');
    assert.ok(existsSync(path.join(world.store.path, 'quarantine', refused.id, 'content', 'model.bin')));
    const found = refused.findings.find(({ severity }) => severity === 'unsafe');
    assert.deepEqual([found?.rule, found?.file], ['pickle-import-dangerous', 'model.bin']);
    const findings = [found?.id ?? ''];
    await fails(world.go(refused.id, { findings, reason: ' ' }), 'usage', /reason/);
    await fails(world.go(refused.id, { findings: ['nothing'], reason: 'x' }), 'usage', /no finding/);
    assert.equal(state(await world.go(refused.id), 'verdict'), 'refused');
    const accepted = await world.go(refused.id, { findings, reason: 'only loaded in a sandbox' });
    assert.equal(state(accepted, 'register'), 'done', JSON.stringify(accepted.steps));
    assert.equal(accepted.verdict, 'warnings');
    const report = reportOf(accepted, 'test');
    assert.equal(report.findings.find(({ id }) => id === found?.id)?.accepted?.reason, 'only loaded in a sandbox');
    assert.match(JSON.stringify(toSarif(report)), /"suppressions"/);
    // Other content is not covered by it.
    writeFileSync(path.join(folder, 'model.bin'), Buffer.concat([evil, Buffer.from('N.')]));
    const other = await world.ingest({ source: folder });
    assert.ok(!other.findings.some(({ id }) => id === found?.id));
    assert.equal(other.verdict, 'unsafe');
  });

  it('refuses links, wrong digests, too much, and what holds no weights', async () => {
    const folder = put({ 'README.md': tinyCard, 'model.safetensors': tinyWeights() });
    symlinkSync('/etc/hosts', path.join(folder, 'link.bin'));
    const linked = await world.ingest({ source: folder });
    assert.deepEqual([linked.verdict, rules(linked).includes('link')], ['unsafe', true]);
    assert.ok(!existsSync(path.join(world.store.path, 'quarantine', linked.id, 'content', 'link.bin')));
    const file = path.join(folder, 'model.safetensors');
    assert.equal((await world.ingest({ source: file, digest: sha256(tinyWeights()) })).verdict, 'warnings');
    assert.ok(rules(await world.ingest({ source: file, digest: '0'.repeat(64) })).includes('digest-mismatch'));
    await fails(world.ingest({ source: folder, limits: { bytes: 20, files: 100 } }), 'file-too-large');
    await fails(world.ingest({ source: folder, limits: { bytes: 1e6, files: 1 } }), 'file-too-large');
    await fails(world.ingest({ source: path.join(folder, 'README.md') }), 'file-invalid', /no weights/);
    await fails(world.ingest({ source: 'nowhere' }), 'file-not-found');
    await fails(world.ingest({ source: world.folder }), 'usage', /holds the store/);
    await fails(world.ingest({ source: world.store.path }), 'usage', /holds the store/);
    await fails(world.ingest({ source: 'ftp://host/model' }), 'usage');
  });

  it('judges licence and signature as it is told', async () => {
    const folder = put({ 'README.md': '---\nlicense: my-own\n---\n# Use\n', 'model.safetensors': tinyWeights() });
    const rulesOf = async (request: object): Promise<readonly string[]> =>
      rules(await world.ingest({ source: folder, ...request }));
    assert.ok((await rulesOf({})).includes('license-unknown'));
    assert.equal((await world.ingest({ source: folder, requireLicense: true })).verdict, 'unsafe');
    assert.ok((await rulesOf({ licenses: ['mit'] })).includes('license-not-allowed'));
    assert.ok(!(await rulesOf({ licenses: ['my-own'] })).some(rule => rule.startsWith('license')));
    assert.equal((await world.ingest({ source: folder, requireSignature: true })).verdict, 'unsafe');
    const strict = await world.ingest({ source: folder, strict: true });
    assert.deepEqual([strict.verdict, state(strict, 'verdict')], ['warnings', 'refused']);
  });

  it('leaves weights where they are when it is told to, and keeps their digests', async () => {
    const folder = put({ 'README.md': tinyCard, 'model.safetensors': tinyWeights() });
    const ended = await world.ingest({ source: folder, reference: true });
    const artifacts = await world.store.registry.listArtifacts('tiny', ended.version?.version ?? '', signal);
    const weights = artifacts.find(({ artifactType }) => artifactType === 'model-artifact');
    assert.ok(weights?.artifactType === 'model-artifact');
    assert.equal(weights.uri, `file://${folder}/model.safetensors`);
    assert.equal(weights.digest, sha256(tinyWeights()));
    assert.ok(!(await world.store.blobs.has(weights.digest ?? '')));
    assert.ok(existsSync(path.join(folder, 'model.safetensors')));
    assert.deepEqual((await world.store.backup(path.join(world.folder, 'copy.db'))).unavailable, []);
    const single = await world.ingest({
      source: path.join(folder, 'model.safetensors'),
      reference: true,
      model: 'one',
    });
    assert.equal(single.weightsDigest, sha256(tinyWeights()));
    assert.deepEqual(
      single.files?.map(file => file.path),
      ['model.safetensors'],
    );
  });

  it('finds out what was changed between the checks and the keeping', async () => {
    const folder = put({ 'README.md': tinyCard, 'model.bin': evil });
    const refused = await world.ingest({ source: folder });
    const inside = path.join(world.store.path, 'quarantine', refused.id, 'content', 'model.bin');
    writeFileSync(inside, 'exchanged');
    const findings = refused.findings.map(({ id }) => id);
    await fails(world.go(refused.id, { findings, reason: 'x' }), 'record-tampered');
  });

  it('fetches archives over HTTP and goes on where a connection broke', async () => {
    const weights = tinyWeights(300_000);
    const archive = makeTar([
      { name: 'm/README.md', content: tinyCard },
      { name: 'm/model.safetensors', content: weights },
    ]);
    const cut = { bytes: 400_000, times: 2 };
    const origin = await serve({ files: new Map([['/m.tar', archive]]), cut });
    const ended = await world.ingest({ source: `${origin}/m.tar#sha256=${sha256(archive)}` });
    assert.equal(ended.verdict, 'warnings', JSON.stringify(ended.findings));
    assert.equal(state(ended, 'register'), 'done');
    const ranges = source?.requests.map(({ range }) => range) ?? [];
    assert.equal(ranges.length, 3);
    assert.deepEqual([ranges[0], ranges.slice(1).every(range => /^bytes=\d+-$/.test(range ?? ''))], [undefined, true]);
    const sent = source?.requests.reduce((sum, request) => sum + request.sent, 0) ?? 0;
    assert.ok(sent < archive.length + 2 * 400_000, `${sent} of ${archive.length}`);
    assert.deepEqual(
      rules(ended).filter(rule => rule === 'fetched-unencrypted'),
      [],
    );
  });

  it('begins anew where the server has no version of the file, or another one', async () => {
    const files = new Map([['/m.safetensors', tinyWeights(300_000)]]);
    const origin = await serve({ files, cut: { bytes: 100_000, times: 1 }, etags: false });
    const ended = await world.ingest({ source: `${origin}/m.safetensors` });
    assert.equal(ended.weightsDigest, sha256(tinyWeights(300_000)));
    assert.deepEqual(
      source?.requests.map(({ range }) => range),
      [undefined, undefined],
    );
    assert.ok(rules(ended).includes('fetched-unencrypted'));
  });

  it('sends a token only where it belongs, and follows redirects without it', async () => {
    await open({ credentials: { token: { env: 'TOKEN' } } }, { TOKEN: 'secret-token' });
    const elsewhere = await startModelSource({ files: new Map([['/stored', tinyWeights()]]) });
    try {
      const origin = await serve({
        token: 'secret-token',
        redirects: new Map([['/m.safetensors', `${elsewhere.origin}/stored`]]),
      });
      const ended = await world.ingest({ source: `${origin}/m.safetensors` });
      assert.equal(ended.weightsDigest, sha256(tinyWeights()));
      assert.deepEqual(
        elsewhere.requests.map(({ authorization }) => authorization),
        [undefined],
      );
      assert.deepEqual(world.asked, [['TOKEN', origin]]);
      assert.match(world.notes.join('\n'), /followed without credentials/);
      const everything = readFileSync(path.join(world.store.path, 'ingestions', ended.id, 'state.json'), 'utf8');
      assert.ok(!everything.includes('secret-token'));
    } finally {
      await elsewhere.close();
    }
  });

  it('tells what a server refuses', async () => {
    const origin = await serve({ files: new Map([['/m.zip', Buffer.from('no zip')]]), token: 'x' });
    await fails(world.ingest({ source: `${origin}/m.zip` }), 'registry-refused');
    await source?.close();
    await fails(world.ingest({ source: `${origin}/m.zip` }), 'endpoint-unreachable');
    const other = await serve({ files: new Map([['/m.zip', Buffer.from('no zip')]]) });
    await fails(world.ingest({ source: `${other}/nothing` }), 'registry-not-found');
    await fails(world.ingest({ source: `${other}/m.zip` }), 'file-invalid', /no readable ZIP/);
    await fails(world.ingest({ source: `${other}/m.zip#sha256=${'0'.repeat(64)}` }), 'gate-not-met', /digest/);
  });

  it('reads OCI artefacts with a token, and checks every digest', async () => {
    const weights = tinyWeights(1000);
    const archive = gzipSync(makeTar([{ name: 'README.md', content: tinyCard }]));
    const { files, digest } = makeOciArtifact('team/tiny', 'v1', [
      { content: weights, mediaType: 'application/vnd.cncf.model.weight.v1.raw', title: 'model.safetensors' },
      { content: archive, mediaType: 'application/vnd.cncf.model.doc.v1.tar+gzip' },
    ]);
    await open({ credentials: { basic: { username: 'ada', password: { env: 'PASSWORD' } } } }, { PASSWORD: 'pass' });
    const origin = await serve({ files, oci: { username: 'ada', password: 'pass', uses: 2 } });
    const host = origin.replace('http://', '');
    const ended = await world.ingest({ source: `oci://${host}/team/tiny:v1` });
    assert.equal(ended.verdict, 'clean', JSON.stringify(ended.findings));
    assert.equal(ended.source.revision, digest);
    assert.equal(ended.weightsDigest, sha256(weights));
    // A token was good for the manifest and one layer: another was asked for.
    assert.deepEqual(world.asked, [
      ['PASSWORD', origin],
      ['PASSWORD', origin],
    ]);
    assert.equal((await world.ingest({ source: `oci://${host}/team/tiny@${digest}` })).verdict, 'clean');
    const wrong = `sha256:${'1'.repeat(64)}`;
    files.set(`/v2/team/tiny/manifests/${wrong}`, files.get('/v2/team/tiny/manifests/v1') ?? Buffer.alloc(0));
    await fails(world.ingest({ source: `oci://${host}/team/tiny@${wrong}` }), 'registry-malformed', /digest/);
    const blob = [...files.keys()].find(key => key.endsWith(sha256(weights))) ?? '';
    const flipped = Buffer.from(weights);
    flipped[flipped.length - 1] = 1;
    files.set(blob, flipped);
    await fails(world.ingest({ source: `oci://${host}/team/tiny:v1` }), 'registry-malformed', /not what its digest/);
  });

  it('reads S3 with signed requests, a folder page by page', async () => {
    const s3 = { accessKey: 'AKID', secretKey: 'very-secret', region: 'eu-test-1' };
    const files = new Map([
      ['/models/tiny/README.md', Buffer.from(tinyCard)],
      ['/models/tiny/sub dir/model (1)+2.safetensors', tinyWeights()],
      ['/models/tiny2/other.bin', evil],
    ]);
    const credentials = { s3: { accessKey: { env: 'AKEY' }, secretKey: { env: 'SKEY' } } };
    await open({ credentials }, { AKEY: s3.accessKey, SKEY: s3.secretKey });
    const origin = await serve({ files, s3 });
    const request = { s3Endpoint: origin, s3Region: s3.region };
    const ended = await world.ingest({ source: 's3://models/tiny', ...request });
    assert.equal(ended.verdict, 'clean', JSON.stringify(ended.findings));
    assert.deepEqual(
      ended.files?.map(file => file.path),
      ['README.md', 'sub dir/model (1)+2.safetensors'],
    );
    await fails(world.ingest({ source: 's3://models/none', ...request }), 'registry-not-found');
    await open({ credentials }, { AKEY: s3.accessKey, SKEY: 'wrong' });
    await fails(world.ingest({ source: 's3://models/tiny', ...request }), 'registry-refused');
  });

  it('goes on after being broken off in any step, and doubles nothing', async () => {
    const archive = makeZip([
      { name: 'README.md', content: tinyCard },
      { name: 'model.safetensors', content: tinyWeights() },
    ]);
    const origin = await serve({ files: new Map([['/m.zip', archive]]) });
    let writes = 0;
    let stopAt = Number.POSITIVE_INFINITY;
    const { files, store } = world.ports;
    const breaking = {
      ...files,
      async writeText(file: string, text: string): Promise<void> {
        await files.writeText(file, text);
        writes += 1;
        if (writes === stopAt) throw new Error('killed');
      },
    };
    const ports = world.ports as { -readonly [Key in keyof IngestPorts]: IngestPorts[Key] };
    ports.files = breaking;
    const reference = await world.ingest({ source: `${origin}/m.zip`, model: 'reference' });
    const most = writes;
    assert.ok(most > 20);
    for (let at = 2; at <= most; at++) {
      writes = 0;
      stopAt = Number.POSITIVE_INFINITY;
      const { id } = await world.begin({ source: `${origin}/m.zip`, model: `m${at}` });
      const before = source?.requests.length ?? 0;
      stopAt = at;
      await assert.rejects(world.go(id), /killed/, String(at));
      stopAt = Number.POSITIVE_INFINITY;
      const ended = await world.go(id);
      assert.deepEqual([ended.verdict, ended.weightsDigest], [reference.verdict, reference.weightsDigest]);
      assert.equal((await store.registry.listVersions(`m${at}`, signal)).length, 1);
      const asked = (source?.requests.length ?? 0) - before;
      assert.ok(asked <= 2, `${asked} requests`);
    }
  });

  it('is worked on by one process at a time', async () => {
    const folder = put({ 'README.md': tinyCard, 'model.safetensors': tinyWeights() });
    const { id } = await world.begin({ source: folder });
    const place = path.join(world.store.path, 'ingestions', id);
    const claim = await world.ports.quarantine.claim(place, world.ports.owner);
    await fails(world.go(id), 'run-active', /process \d+/);
    await claim.release();
    // A holder that is gone, or of an earlier boot, holds nothing.
    await world.ports.quarantine.claim(place, { ...world.ports.owner, bootId: 'earlier' });
    assert.equal((await world.go(id)).verdict, 'clean');
  });

  it('publishes to another registry, content where that keeps any', async () => {
    const shared = createMemoryRegistry();
    await open({
      publish: async (version, registry) => {
        const { store, files, clock, digest, random, workbench } = world.ports;
        const ports = {
          ...{ store, files, clock, digest, random, workbench },
          identities: { whoAmI: () => Promise.resolve(identity('ops')) },
          signing: createSigning({}),
          registries: registriesOf(world.store.registry, { shared }),
        };
        await publishVersion({ ...version, registry, folder: world.folder }, ports, signal);
        return `${version.model}@${version.version} in ${registry}`;
      },
    });
    const folder = put({ 'README.md': tinyCard, 'model.safetensors': tinyWeights() });
    const ended = await world.ingest({ source: folder, registry: 'shared' });
    assert.match(ended.publication ?? '', /tiny@\S+ in shared/);
    const version = await shared.getVersion('tiny', undefined, signal);
    assert.equal(version.weightsDigest, sha256(tinyWeights()));
    const artifacts = await shared.listArtifacts('tiny', version.version, signal);
    assert.ok(artifacts.some(({ name }) => name === 'ingestion-report'));
    assert.ok(
      !artifacts.some(artifact => artifact.artifactType === 'model-artifact' && artifact.uri.startsWith('blob:')),
    );
  });

  it('holds nothing back of what it was asked, and writes no stray files', async () => {
    const folder = put({ 'README.md': tinyCard, 'model.safetensors': tinyWeights() });
    const ended = await world.ingest({ source: folder });
    const place = path.join(world.store.path, 'ingestions', ended.id);
    assert.deepEqual(readdirSync(place).sort(), ['report.json', 'state.json']);
  });
});
