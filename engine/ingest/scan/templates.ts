import type { ScanContext } from './findings.ts';
import { quoted } from './findings.ts';

/** What no chat template needs: the way from a value to Python's inner workings. */
const dangerous =
  /__(?:class|base|bases|mro|subclasses|globals|builtins|import|init|getattribute|getattr|dict|code|reduce|reduce_ex|call|self|module|loader)__|\b(?:os\s*\.\s*(?:system|popen|environ)|popen\s*\(|subprocess|eval\s*\(|exec\s*\(|getattr\s*\(|compile\s*\()|\|\s*attr\s*\(|\b(?:cycler|joiner|lipsum|namespace|self|request|config|url_for)\s*\.\s*_|\\x5f\\x5f|_TemplateReference__/;
/** Parts that read other files. */
const reading = /\{%-?\s*(?:include|import|from|extends)\b/;

/** Looks through a Jinja chat template for what reaches out of it. Reports `template-dangerous`. */
export function checkTemplate(text: string, file: string, what: string, { report }: ScanContext): void {
  // A comment is not run, and text outside of tags is only printed.
  const code = tagsOf(text);
  const found = dangerous.exec(code)?.[0] ?? joinedUnderscores(code);
  if (found !== undefined) {
    report({
      rule: 'template-dangerous',
      severity: 'unsafe',
      file,
      message: `${what} uses ${quoted(found)}: a server that renders it without a sandbox runs what it says.`,
      remedy: 'Take the template of the base model, or ask the author what this is for.',
    });
    return;
  }
  const read = reading.exec(code)?.[0];
  if (read === undefined) return;
  report({
    rule: 'template-reads-files',
    severity: 'warning',
    file,
    message: `${what} reads another template (${quoted(read)}).`,
    remedy: 'Chat templates stand alone: check what it is for.',
  });
}

/** What stands between `{{ }}` and `{% %}`; a tag without an end counts to the text's end. Linear in the text. */
function tagsOf(text: string): string {
  const tags: string[] = [];
  let expression = text.indexOf('{{');
  let statement = text.indexOf('{%');
  for (let at = 0; ;) {
    // What was not found before is not looked for again.
    if (expression >= 0 && expression < at) expression = text.indexOf('{{', at);
    if (statement >= 0 && statement < at) statement = text.indexOf('{%', at);
    const start = expression < 0 ? statement : statement < 0 ? expression : Math.min(expression, statement);
    if (start < 0) return tags.join('\n');
    const end = text.indexOf(start === expression ? '}}' : '%}', start + 2);
    tags.push(text.slice(start, end < 0 ? text.length : end + 2));
    if (end < 0) return tags.join('\n');
    at = end + 2;
  }
}

/** `'__cla' ~ 'ss__'` and the like: attribute names that are put together so that nobody finds them. */
function joinedUnderscores(code: string): string | undefined {
  return /\[\s{0,20}['"]_{1,2}[a-z]{0,40}['"]\s{0,20}[~+]/.exec(code)?.[0];
}
