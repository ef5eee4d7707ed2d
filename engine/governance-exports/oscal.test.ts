import assert from 'node:assert/strict';
import { makeHostile, makeSource } from '../../test/fakes/scorecards.ts';
import { refused } from '../../test/fakes/assessable.ts';
import { decodeBase64 } from '../base/base64.ts';
import { renderOscal } from './oscal.ts';

interface Resource {
  readonly uuid: string;
  readonly base64?: { readonly value: string };
  readonly rlinks?: readonly { readonly href: string }[];
}

interface Finding {
  readonly title: string;
  readonly target: {
    readonly 'target-id': string;
    readonly status: { readonly state: string; readonly reason: string };
  };
  readonly 'related-risks'?: readonly { readonly 'risk-uuid': string }[];
}

interface Risk {
  readonly uuid: string;
  readonly title: string;
  readonly status: string;
  readonly deadline?: string;
  readonly remediations?: readonly { readonly lifecycle: string }[];
}

interface Results {
  readonly 'import-ap': { readonly href: string };
  readonly results: readonly {
    readonly findings: readonly Finding[];
    readonly risks: readonly Risk[];
    readonly observations: readonly { readonly uuid: string; readonly methods: readonly string[] }[];
    readonly attestations: readonly unknown[];
  }[];
  readonly 'back-matter': { readonly resources: readonly Resource[] };
}

const read = (text: string): Results =>
  (JSON.parse(text) as { readonly 'assessment-results': Results })['assessment-results'];

/** Every string under this key, at any depth. */
function collect(value: unknown, wanted: (key: string) => boolean, found: string[] = []): string[] {
  if (Array.isArray(value)) for (const each of value) collect(each, wanted, found);
  else if (typeof value === 'object' && value !== null) {
    for (const [key, each] of Object.entries(value)) {
      if (wanted(key) && typeof each === 'string') found.push(each);
      else collect(each, wanted, found);
    }
  }
  return found;
}

function unpack(resource: Resource | undefined): unknown {
  const bytes = decodeBase64(resource?.base64?.value ?? '');
  return JSON.parse(new TextDecoder().decode(bytes));
}

describe('an assessment as OSCAL', () => {
  const document = read(renderOscal(makeSource()));
  const [result] = document.results;

  it('has a finding for each control that applies, satisfied or not and why', () => {
    assert.deepEqual(
      result?.findings.map(({ title, target }) => [title.split(':')[0], target.status.state, target.status.reason]),
      [
        ['INJ', 'not-satisfied', 'fail'],
        ['CARD', 'not-satisfied', 'fail'],
        ['LOOK', 'not-satisfied', 'other'],
        ['PERF', 'satisfied', 'pass'],
        ['SEEN', 'satisfied', 'pass'],
      ],
    );
  });

  it('has a risk for each failure: open, or with the waiver that accepts it until when', () => {
    assert.deepEqual(
      result?.risks.map(({ title, status, deadline }) => [title.split(':')[0], status, deadline]),
      [
        ['INJ', 'deviation-approved', '2026-10-11T00:00:00.000Z'],
        ['CARD', 'open', undefined],
      ],
    );
    const linked = result.findings.flatMap(finding => finding['related-risks'] ?? []).map(each => each['risk-uuid']);
    assert.deepEqual(
      linked,
      result.risks.map(({ uuid }) => uuid),
    );
  });

  it('has an observation for each check, by how it was found out', () => {
    assert.deepEqual(
      result?.observations.map(({ methods }) => methods[0]),
      ['TEST', 'EXAMINE', 'EXAMINE', 'INTERVIEW', 'TEST', 'INTERVIEW'],
    );
    assert.equal(result.attestations.length, 1);
  });

  it('holds the plan, in it the system, and in that the policies as a catalogue', () => {
    const own = (resources: readonly Resource[], href: string): unknown =>
      unpack(resources.find(({ uuid }) => `#${uuid}` === href));
    const plan = own(document['back-matter'].resources, document['import-ap'].href) as {
      'assessment-plan': { 'import-ssp': { href: string }; 'back-matter': { resources: Resource[] } };
    };
    const { 'import-ssp': ssp, 'back-matter': inPlan } = plan['assessment-plan'];
    const system = own(inPlan.resources, ssp.href) as {
      'system-security-plan': { 'import-profile': { href: string }; 'back-matter': { resources: Resource[] } };
    };
    const { 'import-profile': profile, 'back-matter': inSystem } = system['system-security-plan'];
    const catalogue = own(inSystem.resources, profile.href) as { catalog: unknown };
    const known = new Set(collect(catalogue, key => key === 'id'));
    for (const finding of result?.findings ?? []) assert.ok(known.has(finding.target['target-id']));
    for (const id of collect(plan, key => key === 'control-id')) assert.ok(known.has(id), id);
    for (const id of collect(document, key => key === 'control-id')) assert.ok(known.has(id), id);
  });

  it('refers to nothing that is not there, and gives no id twice', () => {
    for (const source of [makeSource(), makeHostile()]) {
      const whole = read(renderOscal(source));
      const uuids = collect(whole, key => key === 'uuid');
      // The model and the tool are named as parts of the result once each; nothing else comes twice.
      assert.equal(new Set(uuids).size, uuids.length);
      const known = new Set(uuids);
      const named = collect(whole, key => key !== 'uuid' && key.endsWith('-uuid'));
      const hrefs = collect(whole, key => key === 'href').filter(href => href.startsWith('#'));
      for (const uuid of [...named, ...hrefs.map(href => href.slice(1))]) assert.ok(known.has(uuid), uuid);
      for (const uuid of known)
        assert.match(uuid, /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    }
  });

  it('cannot be made of an assessment without controls', () => {
    assert.throws(() => renderOscal(makeSource({ controls: [] })), refused('usage', /has no controls/));
  });
});
