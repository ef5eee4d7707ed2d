import assert from 'node:assert/strict';
import type { Position, Range, TextEdit } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';

/** Fails unless every place in an answer of the server that lies in `document` is a position that the document has. */
export function expectPlacesInside(answer: unknown, document: TextDocument, what: string): void {
  if (Array.isArray(answer)) {
    for (const item of answer) expectPlacesInside(item, document, what);
    if (answer.some(isTextEdit)) expectApart(answer.filter(isTextEdit), document, what);
    return;
  }
  if (typeof answer !== 'object' || answer === null) return;
  if (isRange(answer)) {
    expectInside(answer, document, what);
    return;
  }
  const fields = answer as Readonly<Record<string, unknown>>;
  if (isPosition(fields['position'])) expectPosition(fields['position'], document, what);
  if (typeof fields['startLine'] === 'number') expectFold(fields, document, what);
  // A completion item's data is the server's own.
  if (!('label' in fields) && isNumbers(fields['data'])) expectTokens(fields['data'], document, what);
  for (const [name, value] of Object.entries(fields)) {
    if (name === 'data') continue;
    const target = uriIn(fields, name);
    if (target === undefined || target === document.uri) expectPlacesInside(value, document, `${what}: ${name}`);
  }
}

/** The document that a field's places are in, where the answer names one. */
function uriIn(fields: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const { uri, targetUri, textDocument } = fields;
  if (name === 'targetRange' || name === 'targetSelectionRange') return targetUri as string;
  if (name === 'range' && typeof uri === 'string') return uri;
  if (name === 'edits' && textDocument !== undefined) return (textDocument as { readonly uri: string }).uri;
  return name.includes('://') ? name : undefined;
}

function expectInside(range: Range, document: TextDocument, what: string): void {
  expectPosition(range.start, document, what);
  expectPosition(range.end, document, what);
  assert.ok(document.offsetAt(range.start) <= document.offsetAt(range.end), `${what}: starts behind its end`);
}

function expectPosition(position: Position, document: TextDocument, what: string): void {
  const { line, character } = position;
  const shown = `${what}: ${line}:${character}`;
  assert.ok(Number.isInteger(line) && line >= 0 && line < document.lineCount && character >= 0, shown);
  assert.deepEqual(document.positionAt(document.offsetAt(position)), { line, character }, shown);
}

function expectFold(fold: Readonly<Record<string, unknown>>, document: TextDocument, what: string): void {
  const { startLine, endLine, startCharacter, endCharacter } = fold as Readonly<Record<string, number>>;
  const start = { line: startLine ?? -1, character: startCharacter ?? 0 };
  const end = { line: endLine ?? -1, character: endCharacter ?? 0 };
  expectInside({ start, end }, document, what);
}

/** Semantic tokens: five numbers each, lines and characters counted from the token before. */
function expectTokens(data: readonly number[], document: TextDocument, what: string): void {
  assert.equal(data.length % 5, 0, what);
  let line = 0;
  let character = 0;
  for (let at = 0; at < data.length; at += 5) {
    const [lines = -1, characters = -1, length = 0] = data.slice(at, at + 3);
    character = lines === 0 ? character + characters : characters;
    line += lines;
    expectPosition({ line, character }, document, what);
    expectPosition({ line, character: character + length }, document, what);
    assert.ok(length > 0 && (at === 0 || lines > 0 || characters > 0), `${what}: token ${at / 5} is out of order`);
  }
}

function expectApart(edits: readonly TextEdit[], document: TextDocument, what: string): void {
  const spans = edits
    .map(({ range }) => [document.offsetAt(range.start), document.offsetAt(range.end)] as const)
    .sort((one, other) => one[0] - other[0] || one[1] - other[1]);
  spans.forEach((span, index) => {
    const before = spans[index - 1];
    if (before !== undefined) assert.ok(before[1] <= span[0], `${what}: edits overlap`);
  });
}

function isPosition(value: unknown): value is Position {
  return typeof value === 'object' && value !== null && 'line' in value && 'character' in value;
}

function isRange(value: object): value is Range {
  return 'start' in value && isPosition(value.start) && 'end' in value && isPosition(value.end);
}

function isTextEdit(value: unknown): value is TextEdit {
  return typeof value === 'object' && value !== null && 'newText' in value && 'range' in value;
}

function isNumbers(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.length > 0 && value.every(item => typeof item === 'number');
}
