import type { PolicySource as GivenPolicy } from '../../schemas/generated/messages.ts';
import { WorkbenchError } from '../base/errors.ts';
import { invalidFileError } from '../documents/failure.ts';
import { kindOfPath } from '../documents/kinds.ts';
import { parseDocument, type ParseDocument, type ParsedDocument } from '../documents/parse.ts';
import { createPolicyLibrary } from '../policies/library.ts';
import type { PolicyDocument, PolicyFinding, PolicySet } from '../policies/policy-set.ts';
import { resolvePolicies } from '../policies/resolve.ts';
import type { GovernancePorts } from '../ports/governance.ts';

type PolicyPorts = Pick<GovernancePorts, 'files' | 'digest'>;

/** The policies an assessment names. Throws `file-invalid` for one with errors of its own. */
export async function readPolicies(
  given: readonly GivenPolicy[],
  folder: string,
  { files, digest }: PolicyPorts,
  signal: AbortSignal,
  parse: ParseDocument = parseDocument,
): Promise<readonly PolicyDocument[]> {
  const documents: PolicyDocument[] = [];
  for (const source of given) {
    const path = files.resolve(folder, source.path);
    const kind = kindOfPath(path);
    if (kind !== undefined && kind !== 'policy')
      throw new WorkbenchError('usage', `${path} is no policy.`, {
        remedy: 'Name a .policy.yaml file.',
        place: { path },
      });
    const text = source.text ?? (await files.readText(path, signal));
    const parsed = parse('policy', text);
    if (parsed.value === undefined) throw invalidFileError(path, parsed.diagnostics);
    const file = files.relative(folder, path);
    documents.push({ path, file, text, digest: digest.sha256(text), policy: parsed.value, parsed });
  }
  return documents;
}

/**
 * The policies together with all they extend, found in the workspace folder. Throws `policy-invalid` with the first rule that does
 * not hold and its place.
 */
export async function resolveSet(
  documents: readonly PolicyDocument[],
  folder: string,
  ports: PolicyPorts,
  signal: AbortSignal,
  parse?: ParseDocument,
): Promise<PolicySet> {
  const library = createPolicyLibrary(ports.files, folder, ports.digest, parse);
  const { set, findings } = await resolvePolicies(documents, library, signal);
  if (set !== undefined) return set;
  throw await describeFindings(findings, documents, ports, signal);
}

async function describeFindings(
  findings: readonly PolicyFinding[],
  documents: readonly PolicyDocument[],
  ports: PolicyPorts,
  signal: AbortSignal,
): Promise<WorkbenchError> {
  const [first] = findings;
  if (first === undefined) return new WorkbenchError('policy-invalid', 'The policies were refused without a reason.');
  const path = first.document;
  const parsed = documents.find(document => document.path === path)?.parsed ?? (await parseAgain(path, ports, signal));
  const { start } = parsed.locate(first.path, first.part ?? 'value');
  const [line, column] = [start.line + 1, start.character + 1];
  const others = findings.length === 1 ? '' : ` (and ${String(findings.length - 1)} more)`;
  const fix = first.replacement === undefined ? 'Correct the policy' : `Write \`${first.replacement}\``;
  return new WorkbenchError('policy-invalid', `${path}:${String(line)}:${String(column)}: ${first.message}${others}`, {
    remedy: `${fix}; \`aiwb validate\` lists every fault with its place.`,
    place: { path, line, column },
  });
}

async function parseAgain(
  path: string,
  { files }: PolicyPorts,
  signal: AbortSignal,
): Promise<ParsedDocument<'policy'>> {
  return parseDocument('policy', await files.readText(path, signal));
}
