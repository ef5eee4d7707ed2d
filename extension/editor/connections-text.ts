/** Where a connection's key comes from, as far as a lens can say more about it. */
export interface KeySource {
  readonly kind: 'secret' | 'env';
  /** Of the saved key or the environment variable. */
  readonly name: string;
}

/** A connection as workbench.yaml declares it. Lines and characters count from 0. */
export interface ConnectionPlace {
  readonly name: string;
  readonly line: number;
  readonly character: number;
  readonly key: KeySource | undefined;
}

/** Most connections that a file's lenses tell of. */
const mostConnections = 100;

/** The connections of a block mapping `connections`, read from text that may be unfinished. */
export function connectionPlaces(text: string): ConnectionPlace[] {
  const lines = text.split(/\r?\n/);
  const start = lines.findIndex(line => /^connections\s*:\s*(#.*)?$/.test(line)) + 1;
  if (start === 0) return [];
  const places: { name: string; line: number; character: number; text: string }[] = [];
  let indentation: number | undefined;
  for (const [line, content] of lines.entries()) {
    if (line < start || /^\s*(#.*)?$/.test(content)) continue;
    const depth = content.search(/\S/);
    if (depth === 0) break;
    indentation ??= depth;
    const name = depth === indentation ? /^\s+(["']?)([\w.-]+)\1\s*:(\s|$)/.exec(content)?.[2] : undefined;
    const last = places.at(-1);
    if (name !== undefined) places.push({ name, line, character: content.indexOf(name), text: content });
    else if (last !== undefined) last.text += `\n${content}`;
  }
  return places.slice(0, mostConnections).map(({ text: own, ...place }) => ({ ...place, key: keySource(own) }));
}

function keySource(text: string): KeySource | undefined {
  const found = /(?:^|[\s{,])apiKey\s*:\s*\{?\s*(secret|env)\s*:\s*["']?([A-Za-z_][\w-]*)/.exec(text);
  const [, kind, name] = found ?? [];
  return (kind === 'secret' || kind === 'env') && name !== undefined ? { kind, name } : undefined;
}
