/** Parts of names that variables with credentials have. */
const credentialName =
  /KEY|TOKEN|SECRET|PASSW|PASSPHRASE|CREDENTIAL|AUTH|COOKIE|CONNECTION_?STRING|(?:^|_)(?:PASS|PAT|SAS|DSN)(?:_|$)|_PWD$/i;

/** An address with a name and password in it, as proxies and databases have. */
const credentialValue = /:\/\/[^\s/@]*@/;

/** What looks like a credential by its name and is none. */
const harmless: ReadonlySet<string> = new Set(['TOKENIZERS_PARALLELISM']);

/** What an editor sets for its own processes. */
const editorName = /^(?:ELECTRON_|VSCODE_)/;

/**
 * The environment for a program that a workspace names: this process's own without what looks like a credential, by its name or by
 * its value, and without what an editor sets for itself. Paths, languages, Python's and the graphics cards' settings stay.
 */
export function environmentOfProgram(
  environment: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) {
    if (value === undefined || editorName.test(name) || credentialValue.test(value)) continue;
    if (harmless.has(name) || !credentialName.test(name)) kept[name] = value;
  }
  return kept;
}
