import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import type { LibraryDocument } from '../../engine/documents/library.ts';
import { parseDocument } from '../../engine/documents/parse.ts';
import { createPolicyFinder } from '../../engine/policies/library.ts';
import type { PolicyDocument, PolicyLibrary, PolicyResolution, PolicySet } from '../../engine/policies/policy-set.ts';
import { resolvePolicies } from '../../engine/policies/resolve.ts';

export const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');
const signal = new AbortController().signal;

function isPolicy(document: LibraryDocument): document is LibraryDocument<'policy'> {
  return document.parsed.kind === 'policy';
}

/** Files by name, frameworks among them; the first is the one resolved unless `roots` says otherwise. */
async function resolve(files: Readonly<Record<string, string>>, roots?: readonly string[]): Promise<PolicyResolution> {
  const documents = Object.entries(files).map(([file, text]): LibraryDocument => ({
    path: `/w/${file}`,
    file,
    parsed: parseDocument(file.includes('.framework.') ? 'framework' : 'policy', text),
  }));
  const finder = createPolicyFinder({
    all: kind =>
      Promise.resolve(documents.filter(({ parsed }) => parsed.kind === kind) as readonly LibraryDocument[] as never),
  });
  const complete = (source: Omit<PolicyDocument, 'text' | 'digest'>): PolicyDocument => ({
    ...source,
    text: source.parsed.text,
    digest: sha256(source.parsed.text),
  });
  const library: PolicyLibrary = {
    list: finder.list,
    frameworks: finder.frameworks,
    find: async (id, given) => (await finder.find(id, given)).map(complete),
    digest: {
      sha256,
      startSha256: () => {
        throw new Error('not used');
      },
    },
  };
  const asked = documents
    .filter(isPolicy)
    .filter(({ file }) => (roots ?? Object.keys(files).slice(0, 1)).includes(file))
    .map(({ path, file, parsed }) => {
      assert.ok(parsed.value, JSON.stringify(parsed.diagnostics));
      return complete({ path, file, policy: parsed.value, parsed });
    });
  return resolvePolicies(asked, library, signal);
}

export async function resolveSet(
  files: Readonly<Record<string, string>>,
  roots?: readonly string[],
): Promise<PolicySet> {
  const { set, findings } = await resolve(files, roots);
  assert.ok(set, findings.map(({ message }) => message).join('\n'));
  return set;
}

/** Findings as `file code path: message`. */
export async function refuse(files: Readonly<Record<string, string>>, roots?: readonly string[]): Promise<string[]> {
  const { set, findings } = await resolve(files, roots);
  assert.equal(set, undefined);
  return findings.map(({ policy, code, path, message }) => `${policy.file} ${code} ${path.join('.')}: ${message}`);
}

/** Policies that the tests of resolving build on. */
export const metric =
  '{id: F1.gap, type: metric, benchmark: b, metric: accuracy, statistic: max-gap, slice: group, assert: {op: "<=", value: 0.1, minSamples: 100}, freshness: P90D}';
export const country = `id: c
version: 1.2.0
level: country
frameworks: [{id: nist-ai-rmf, version: "1.0"}]
controls:
  - id: F1
    title: Parity
    severity: high
    mappings: [{framework: nist-ai-rmf, id: MEASURE 2.11, relation: supports}]
    checks:
      - ${metric}
      - {id: F1.acc, type: metric, benchmark: b, metric: accuracy, assert: {op: ">=", value: 0.8}}
      - {id: F1.use, type: model-card, path: "#intended-use", pattern: "*tickets*"}
      - {id: F1.from, type: lineage, require: [training-run, license]}
      - {id: F1.seen, type: attestation, role: reviewer, statement: I looked., validity: P6M}
`;
export const child = (controls: string, head = ''): string =>
  `id: t\nversion: 0.1.0\nlevel: team\nextends: [{id: c, version: ^1.0.0}]\n${head}controls:\n${controls}`;
export const tightening = (check: string): string => child(`  - id: F1\n    checks:\n      - ${check}\n`);
export const small = (id: string, rest = '', control = id.toUpperCase()): string =>
  `id: ${id}\nversion: 1.0.0\nlevel: team\n${rest}controls:\n  - {id: ${control}, title: T, severity: low, checks: [{id: ${control}.c, type: lineage, require: [license]}]}\n`;
