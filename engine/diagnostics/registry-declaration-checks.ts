import type { Registry } from '../../schemas/generated/files.ts';
import { parseReference, formatReference } from '../base/registry-reference.ts';
import { declaredRegistries } from '../registry/declared.ts';
import type { Diagnostic, DocumentPath, ReportFinding } from '../documents/diagnostic.ts';
import { collectFindings, shortPlace } from '../documents/findings.ts';
import type { ParsedDocument } from '../documents/parse.ts';
import { reportRegistry } from './registry-name-checks.ts';

/** One declared registry, and where. */
interface Written {
  readonly name: string;
  readonly settings: Exclude<Registry, { type: 'local' }>;
  readonly at: DocumentPath;
}

/** What the schema cannot say of the registries of a workbench.yaml, and of what connections say they serve. */
export function checkRegistries(parsed: ParsedDocument<'workbench'>): Diagnostic[] {
  const { report, sorted } = collectFindings(parsed);
  const written = listWritten(parsed);
  checkDuplicates(parsed, written, report);
  for (const one of written) checkCredential(one, report);
  checkServed(parsed, report);
  return sorted();
}

function listWritten({ value }: ParsedDocument<'workbench'>): readonly Written[] {
  const { registry, registries = {} } = value ?? {};
  const all: readonly (readonly [string, Registry, DocumentPath])[] = [
    ...(registry === undefined ? [] : [[registry.type, registry, ['registry']] as const]),
    ...Object.entries(registries).map(([name, settings]) => [name, settings, ['registries', name]] as const),
  ];
  // What is no address is told by the first request.
  return all.flatMap(([name, settings, at]) =>
    settings.type === 'local' || !URL.canParse(settings.url) ? [] : [{ name, settings, at }],
  );
}

function checkDuplicates(
  parsed: ParsedDocument<'workbench'>,
  written: readonly Written[],
  report: ReportFinding,
): void {
  for (const [index, { name, settings, at }] of written.entries()) {
    const earlier = written.slice(0, index);
    const namesake = earlier.find(one => one.name === name);
    const related = (one: Written) => [{ message: 'The first.', range: shortPlace(parsed, one.at, 'key') }];
    if (namesake !== undefined) {
      const message = `\`registry\` is called \`${name}\` by its type, and so is this one. Move \`registry\` into \`registries\` under another name.`;
      report('duplicate-registry', 'error', at, message, { part: 'key', related: related(namesake) });
      continue;
    }
    const same = earlier.find(one => addressOf(one.settings.url) === addressOf(settings.url));
    if (same === undefined) continue;
    const message = `\`${same.name}\` has the same address: it is one registry under two names.`;
    report('duplicate-registry', 'warning', [...at, 'url'], message, { related: related(same) });
  }
}

/** An address without what makes no difference to it. */
function addressOf(url: string): string {
  const { origin, pathname } = new URL(url);
  return origin + pathname.replace(/\/+$/, '').replace(/\/api\/model_registry\/v1alpha3$/, '');
}

const thisMachine = /^(localhost|127(\.\d+){3}|\[::1\])$/;

function checkCredential({ name, settings, at }: Written, report: ReportFinding): void {
  const field = settings.token !== undefined ? 'token' : 'password' in settings ? 'password' : undefined;
  if (field === undefined || (field === 'password' && settings.type !== 'mlflow')) return;
  const { protocol, hostname } = new URL(settings.url);
  if (protocol !== 'http:' || thisMachine.test(hostname)) return;
  const message = `The ${field} of \`${name}\` would be sent to \`${hostname}\` unencrypted, where everybody on the way can read it. Use an \`https://\` address.`;
  report('unencrypted-credential', 'warning', [...at, 'url'], message);
}

function checkServed(parsed: ParsedDocument<'workbench'>, report: ReportFinding): void {
  const value = parsed.value ?? {};
  const known = [...new Set(declaredRegistries({ config: value }).map(({ name }) => name))];
  for (const [name, connection] of Object.entries(value.connections ?? {})) {
    const text = 'registered' in connection ? connection.registered : undefined;
    const reference = text === undefined ? undefined : parseReference(text);
    if (reference?.registry === undefined || known.includes(reference.registry)) continue;
    const rename = (registry: string): string => formatReference({ ...reference, registry });
    const at = ['connections', name, 'registered'];
    reportRegistry({ registry: reference.registry, rename, at, related: [] }, known, report);
  }
}
