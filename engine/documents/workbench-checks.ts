import type { Diagnostic, DocumentPath } from './diagnostic.ts';
import type { ParsedDocument } from './parse.ts';

const headersWithKeys =
  /^(authorization|proxy-authorization|cookie|x-api-key|api-key|apikey|x-auth-token|x-access-token|x-goog-api-key|ocp-apim-subscription-key)$/i;
/** Prefixes under which well-known services hand out keys, bearer tokens, JSON web tokens. */
const valuesLikeKeys =
  /^(bearer\s|basic\s|sk-|sk_|pk_|hf_|gsk_|ghp_|github_pat_|xai-|AIza|AKIA|glpat-|eyJ[A-Za-z0-9_-]+\.)/;
const keyInQuery = /[?&](api[-_]?key|key|token|access[-_]?token|code|sig)=[^&]+/i;

/** What the schema cannot say: what looks like a secret, which everybody with the repository reads, and fields that exclude each other. */
export function checkWorkbench(parsed: ParsedDocument<'workbench'>): Diagnostic[] {
  const found: Diagnostic[] = [...checkCombinations(parsed)];
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
    });
  }
  return found;
}
