/** One piece of text as people type, paste and mistype it in YAML. */
export function randomPiece(random: () => number): string {
  return pieces[Math.floor(random() * pieces.length)] ?? '';
}

const pieces: readonly string[] = [
  ...['\t', '\n', '\r\n', ' ', '  ', ': ', ':', '- ', '-', '[', ']', '{', '}', ',', '"', "'", '#', ' # c', '\\'],
  ...['&a ', '*a', '<<: ', '|\n', '>\n', '!x ', '!!str ', '---\n', '...', '?', '? ', '%', '@', '`', '\r'],
  ...['\u0000', '\uFEFF', '\u2028', '😀', '\ud800', 'models', 'dataset:', 'gate:\n', 'null', '1e999', '{{', '}}'],
  ...['__proto__: ', 'constructor', 'embedded:', 'checkpoint:', 'type: metric', 'mitre-atlas', '\n\n', '\n# c\n'],
  ...[
    '\n  # c\n',
    '|+\n',
    '|-\n',
    ' |2\n',
    'a: b\n',
    '  a: b\n',
    '- a\n',
    '  - a\n',
    '    x: [1, 2]\n',
    'a:\n',
    '"\n',
    '[\n',
  ],
];

/** One edit of a text, made of random numbers: a word typed on, a part taken out, lines doubled, swapped or indented anew. */
export function randomEdit(text: string, random: () => number): string {
  const at = Math.floor(random() * (text.length + 1));
  const choice = random();
  if (choice < 0.25) return typeLetter(text, at, random);
  const piece = randomPiece(random);
  if (choice < 0.5) return text.slice(0, at) + piece + text.slice(at);
  if (choice < 0.62) return text.slice(0, at) + text.slice(at + Math.floor(random() * 12));
  if (choice < 0.7) return text.slice(0, at) + piece + text.slice(at + Math.floor(random() * 12));
  return editLines(text, random);
}

function typeLetter(text: string, at: number, random: () => number): string {
  const next = text.slice(at).search(/[a-z]/);
  const place = next < 0 ? at : at + next;
  const letter = String.fromCharCode(97 + Math.floor(random() * 26));
  return text.slice(0, place) + letter + text.slice(place + (random() < 0.5 ? 1 : 0));
}

function editLines(text: string, random: () => number): string {
  const lines = text.split('\n');
  const line = Math.floor(random() * lines.length);
  const count = 1 + Math.floor(random() * 5);
  const choice = random();
  if (choice < 0.25) lines.splice(line, count);
  else if (choice < 0.45) lines.splice(line, 0, ...lines.slice(line, line + count));
  else if (choice < 0.6) lines.splice(Math.floor(random() * lines.length), 0, ...lines.splice(line, count));
  else if (choice < 0.7) lines[line] = `  ${lines[line] ?? ''}`;
  else if (choice < 0.8) lines[line] = (lines[line] ?? '').replace(/^ {1,2}/, '');
  else if (choice < 0.9) lines.splice(line, 0, ' '.repeat(Math.floor(random() * 7)) + (random() < 0.5 ? '' : '# note'));
  else lines[line] = (lines[line] ?? '').replace(/(: |- ).*/, '$1');
  return lines.join('\n');
}
