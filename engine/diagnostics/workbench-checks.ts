import type { Diagnostic, DocumentPath } from '../documents/diagnostic.ts';
import { collectFindings, shortPlace } from '../documents/findings.ts';
import type { ParsedDocument } from '../documents/parse.ts';
import { checkPlatforms } from './platform-checks.ts';
import { checkServedVersions } from './registry-checks.ts';
import { checkRegistries } from './registry-declaration-checks.ts';
import { askDidYouMean, listWords, suggestWord } from '../documents/suggest.ts';
import type { WorkspaceView } from './workspace-view.ts';

const headersWithKeys =
  /^(authorization|proxy-authorization|cookie|x-api-key|api-key|apikey|x-auth-token|x-access-token|x-goog-api-key|ocp-apim-subscription-key)$/i;
/** Prefixes under which well-known services hand out keys, bearer tokens, JSON web tokens. */
const valuesLikeKeys =
  /^(bearer\s|basic\s|sk-|sk_|pk_|hf_|gsk_|ghp_|github_pat_|xai-|AIza|AKIA|glpat-|eyJ[A-Za-z0-9_-]+\.)/;
const keyInQuery = /[?&](api[-_]?key|key|token|access[-_]?token|code|sig)=[^&]+/i;

/** What the schema cannot say: what looks like a secret, which everybody with the repository reads, and fields that exclude each other. */
export function checkWorkbench(parsed: ParsedDocument<'workbench'>): Diagnostic[] {
  const found: Diagnostic[] = [
    ...checkCombinations(parsed),
    ...checkJudge(parsed),
    ...checkPlatforms(parsed),
    ...checkRegistries(parsed),
  ];
  const report = (path: DocumentPath, what: string): void => {
    found.push({
      code: 'secret-in-file',
      severity: 'warning',
      message: `${what} A secret must not be written into this file: use \`apiKey\` with \`env\`, \`secret\` or \`command\`.`,
      range: parsed.locate(path, 'value'),
      sensitive: true,
    });
  };
  for (const [name, connection] of Object.entries(parsed.value?.connections ?? {})) {
    const at = ['connections', name];
    const headers = 'headers' in connection ? (connection.headers ?? {}) : {};
    for (const [header, value] of Object.entries(headers)) {
      if (headersWithKeys.test(header))
        report([...at, 'headers', header], `The header \`${header}\` carries a credential.`);
      else if (valuesLikeKeys.test(value)) report([...at, 'headers', header], 'This value looks like a key.');
    }
    for (const field of ['baseUrl', 'endpoint', 'url'] as const) {
      const address: unknown = field in connection ? Reflect.get(connection, field) : undefined;
      if (typeof address === 'string' && keyInQuery.test(address))
        report([...at, field], 'This address carries a key in its query.');
    }
    const { command, secret } = ('apiKey' in connection ? connection.apiKey : undefined) ?? {};
    if (secret !== undefined && valuesLikeKeys.test(secret))
      report([...at, 'apiKey', 'secret'], 'This looks like the key itself, not the name it was saved under.');
    if (command !== undefined && valuesLikeKeys.test(command))
      report([...at, 'apiKey', 'command'], 'This looks like the key itself, not a command.');
  }
  return found;
}

/** Whether the files and registered versions a workbench.yaml names are there. Nothing when the file itself has errors. */
export async function checkWorkbenchFiles(
  parsed: ParsedDocument<'workbench'>,
  view: Pick<WorkspaceView, 'fileFacts' | 'remembered'>,
  signal: AbortSignal,
): Promise<Diagnostic[]> {
  const { report, sorted } = collectFindings(parsed);
  for (const { file, at } of filesOf(parsed)) {
    const facts = await view.fileFacts(file, signal);
    signal.throwIfAborted();
    if (facts?.kind === 'file') continue;
    report('missing-file', 'warning', at, `There is no file \`${file}\` (looked up from this file's folder).`);
  }
  if (view.remembered !== undefined && parsed.value)
    await checkServedVersions(parsed.value, view.remembered, report, signal);
  return sorted();
}

function filesOf({
  value,
}: ParsedDocument<'workbench'>): readonly { readonly file: string; readonly at: DocumentPath }[] {
  const found: { file: string; at: DocumentPath }[] = [];
  for (const [name, connection] of Object.entries(value?.connections ?? {})) {
    if (connection.provider === 'replay' && connection.path !== undefined)
      found.push({ file: connection.path, at: ['connections', name, 'path'] });
  }
  const { caCertificates = [], clientCertificate } = value?.network ?? {};
  caCertificates.forEach((file, index) => found.push({ file, at: ['network', 'caCertificates', index] }));
  for (const field of ['cert', 'key'] as const) {
    const file = clientCertificate?.[field];
    if (file !== undefined) found.push({ file, at: ['network', 'clientCertificate', field] });
  }
  return found;
}

function checkJudge(parsed: ParsedDocument<'workbench'>): Diagnostic[] {
  const { judge, connections = {} } = parsed.value ?? {};
  if (judge === undefined || Object.hasOwn(connections, judge)) return [];
  const { report, sorted } = collectFindings(parsed);
  const names = Object.keys(connections);
  const suggestion = suggestWord(judge, names);
  const known = names.length === 0 ? 'There are none.' : `There are ${listWords(names)}.`;
  const message = `The judge \`${judge}\` is none of the \`connections\`.${askDidYouMean(suggestion)} ${known}`;
  const related =
    names.length === 0 ? [] : [{ message: 'The connections.', range: shortPlace(parsed, ['connections'], 'key') }];
  report('unknown-connection', 'error', ['judge'], message, { replacement: suggestion, related });
  return sorted();
}

function checkCombinations(parsed: ParsedDocument<'workbench'>): Diagnostic[] {
  const found: Diagnostic[] = [];
  for (const [name, connection] of Object.entries(parsed.value?.connections ?? {})) {
    const at = ['connections', name];
    if ('auth' in connection && connection.auth !== undefined && connection.apiKey !== undefined) {
      found.push({
        code: 'conflicting-fields',
        severity: 'error',
        message: `\`${name}\` has both \`apiKey\` and \`auth\`. Keep the one that is meant.`,
        range: parsed.locate([...at, 'auth'], 'key'),
        related: [{ message: 'The key.', range: parsed.locate([...at, 'apiKey'], 'key') }],
      });
    }
    if (connection.provider !== 'replay' || (connection.path === undefined) !== (connection.run === undefined))
      continue;
    const isMissing = connection.path === undefined;
    found.push({
      code: isMissing ? 'missing-field' : 'conflicting-fields',
      severity: 'error',
      message: isMissing
        ? `\`${name}\` needs \`path\`, a file of recorded answers, or \`run\`, a stored run.`
        : `\`${name}\` has both \`path\` and \`run\`. Keep the one that is meant.`,
      range: parsed.locate(isMissing ? at : [...at, 'run'], 'key'),
      ...(!isMissing && { related: [{ message: 'The file.', range: parsed.locate([...at, 'path'], 'key') }] }),
    });
  }
  return found;
}
