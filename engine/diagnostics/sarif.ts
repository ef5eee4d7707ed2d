/** The levels of SARIF's results that we use. */
export type SarifLevel = 'error' | 'warning' | 'note';

/** A run of ours as the text of a SARIF 2.1.0 log (OASIS standard); columns in UTF-16 code units. */
export function sarifLog(run: {
  readonly tool: unknown;
  readonly results: readonly unknown[];
  readonly [property: string]: unknown;
}): string {
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [{ ...run, columnKind: 'utf16CodeUnits' }],
  };
  return `${JSON.stringify(log, undefined, 2)}\n`;
}

/** A path as the URI of an artefact: a relative one stays relative. */
export function sarifUri(path: string): string {
  const slashed = path.replaceAll('\\', '/');
  const encoded = slashed.toWellFormed().split('/').map(encodeURIComponent).join('/');
  if (/^[A-Za-z]:\//.test(slashed)) return `file:///${slashed.slice(0, 2)}${encoded.slice(encoded.indexOf('/'))}`;
  return slashed.startsWith('/') ? `file://${encoded}` : encoded;
}
