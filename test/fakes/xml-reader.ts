/** An element as a strict reader sees it: attributes decoded, text of its own. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: XmlElement[];
  text: string;
}

/** Reads a document without comments, sections and namespaces, and refuses whatever is not well-formed. */
export function readXml(document: string): XmlElement {
  const body = document.replace(/^<\?xml version="1\.0" encoding="UTF-8"\?>\n/, '');
  if (/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u.test(body)) throw new Error('a character XML lacks');
  const root: XmlElement = { name: '', attributes: {}, children: [], text: '' };
  const open = [root];
  for (const [, tag, text] of body.matchAll(/<([^<>]*)>|([^<>]+)|[<>]/g)) {
    const current = open.at(-1);
    if (current === undefined) throw new Error('closed too often');
    if (text !== undefined) current.text += decode(text);
    else if (tag?.startsWith('/') === true) {
      if (open.pop()?.name !== tag.slice(1)) throw new Error(`</${tag}> closes something else`);
    } else {
      const element = readTag(tag ?? '');
      current.children.push(element);
      if (tag?.endsWith('/') !== true) open.push(element);
    }
  }
  const [only] = root.children;
  if (open.length !== 1 || only === undefined || root.children.length > 1) throw new Error('not one element');
  return only;
}

function readTag(tag: string): XmlElement {
  const found = /^([a-z-]+)((?: [a-z-]+="[^"<>]*")*) ?\/?$/.exec(tag);
  if (found === null) throw new Error(`<${tag}> is no tag`);
  const attributes: Record<string, string> = {};
  for (const [, name = '', value = ''] of (found[2] ?? '').matchAll(/ ([a-z-]+)="([^"]*)"/g))
    attributes[name] = decode(value);
  return { name: found[1] ?? '', attributes, children: [], text: '' };
}

function decode(text: string): string {
  const decoded = text.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));
  if (/&(?!#\d+;)/.test(text)) throw new Error(`an entity in ${text}`);
  return decoded;
}
