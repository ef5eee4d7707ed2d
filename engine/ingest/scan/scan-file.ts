import { toWorkbenchError } from '../../base/errors.ts';
import { readTar, type TarEntry } from '../archive/tar.ts';
import { locateMember, readZipDirectory, type ZipDirectory, type ZipMember } from '../archive/zip.ts';
import { deepest, reportAmbiguous, reportTooDeep, reportUnread } from './archive-findings.ts';
import { partOf, piecesOf, textOf, type ByteSource } from './bytes.ts';
import { checkConfig } from './configs.ts';
import { quoted, type ScanContext } from './findings.ts';
import { checkHdf5, checkKerasConfig, checkOnnx, checkSavedModel } from './keras.ts';
import { formatOf, headBytes, type Format } from './magic.ts';
import { endingOf, isCodeName, pickleEndings } from './names.ts';
import { scanArray } from './numpy.ts';
import { scanPickle } from './pickle.ts';
import { checkTemplate } from './templates.ts';

/** Bytes one packed member may have unpacked. */
const largestMember = 32 * 2 ** 30;

const largestText = 64 * 2 ** 20;

/** DEFLATE packs no better than 1 : 1032; weights hardly at all. */
const densest = 200;

const alwaysAllowed = 64 * 2 ** 20;

const mostMembers = 100_000;

/**
 * Looks into one file for what would run when somebody loads it. What the file is is told by its content, whatever its name says. Archives
 * are looked into as far as they can be read; what cannot be looked into counts as unsafe. Returns the file's format.
 */
export async function scanFile(source: ByteSource, file: string, context: ScanContext, depth = 0): Promise<Format> {
  const { signal, report } = context;
  signal.throwIfAborted();
  const head = await source.read(0, headBytes);
  const format = formatOf(head, source.size);
  const ending = endingOf(file);
  reportCode(file, format, context);
  if ((ending === '.safetensors' && format !== 'safetensors') || (ending === '.gguf' && format !== 'gguf')) {
    report({
      rule: 'mislabelled',
      severity: 'unsafe',
      file,
      message: `It is called ${ending} and is none (${format} by its content).`,
      remedy: 'A name that hides what a file is, is no accident often enough. Ask for the right file.',
    });
  }
  if (format === 'zip') {
    await scanZip(source, await readZipDirectory(source), file, context, depth);
    return format;
  }
  const appended = await readZipDirectory(source);
  if (appended !== undefined && appended.members.length > 0) {
    report({
      rule: 'polyglot',
      severity: 'unsafe',
      file,
      offset: appended.start,
      message: `It is ${format} at its beginning and a ZIP archive at its end: tools differ in what they read.`,
      remedy: 'Ask for a file that is one thing.',
    });
    await scanZip(source, { ...appended, faults: [] }, file, context, depth);
  }
  switch (format) {
    case 'pickle':
      await scanPickle(source, file, 'sure', context);
      break;
    case 'npy':
      await scanArray(source, file, context);
      break;
    case 'hdf5':
      await checkHdf5(source, file, context);
      break;
    case 'gzip':
      await scanPacked(source, file, 'gzip', context, depth);
      break;
    case 'tar':
      await scanTar(source, file, context, depth);
      break;
    case 'bzip2':
    case 'xz':
    case 'zstd':
    case '7z':
    case 'rar':
    case 'lz4':
      report({
        rule: 'archive-unread',
        severity: 'unsafe',
        file,
        message: `It is packed by ${format}, which is not looked into.`,
        remedy: 'Take the model unpacked, or packed as .zip, .tar or .tar.gz.',
      });
      break;
    case 'text':
    case 'binary':
    case 'image':
      await scanOther(source, file, format, head, context, depth);
      break;
    default:
  }
  return format;
}

function reportCode(file: string, format: Format, { report }: ScanContext): void {
  if (format === 'elf' || format === 'pe' || format === 'mach-o') {
    const name = { elf: 'Linux', pe: 'Windows', 'mach-o': 'macOS' }[format];
    report({
      rule: 'executable',
      severity: 'unsafe',
      file,
      message: `It is a program or library for ${name}.`,
      remedy: 'Models need none. Build what you need from its source.',
    });
  } else if (format === 'script' || format === 'wasm' || format === 'java' || isCodeName(file)) {
    report({
      rule: 'code-file',
      severity: 'warning',
      file,
      message: `It is code (${format === 'script' ? 'a script' : endingOf(file) || format}) that comes with the model.`,
      remedy: 'Leave it out, or read it before anything runs it.',
    });
  }
}

async function scanOther(
  source: ByteSource,
  file: string,
  format: Format,
  head: Uint8Array,
  context: ScanContext,
  depth: number,
): Promise<void> {
  const ending = endingOf(file);
  const isNamed = pickleEndings.has(ending);
  if (format === 'text' && ending === '.json') {
    if (source.size <= largestText) {
      const text = textOf(await source.read(0, source.size));
      checkConfig(text, file, context);
      if (file.includes('.keras!/') || file.endsWith('keras_metadata.json')) checkKerasConfig(text, file, context);
    }
    return;
  }
  if (format === 'text' && (ending === '.jinja' || ending === '.j2'))
    checkTemplate(textOf(await source.read(0, Math.min(source.size, largestText))), file, 'It', context);
  if (ending === '.pb') await checkSavedModel(source, file, context);
  if (ending === '.onnx') await checkOnnx(source, file, context);
  const isZlib = head[0] === 0x78 && [0x01, 0x5e, 0x9c, 0xda].includes(head[1] ?? 0);
  if (isZlib && format === 'binary' && (await scanZlib(source, file, isNamed, context, depth))) return;
  await scanPickle(source, file, isNamed ? 'named' : 'guess', context);
}

/** A zlib stream, as joblib writes it: two bytes, then DEFLATE. Returns whether it was one. */
async function scanZlib(
  source: ByteSource,
  file: string,
  isNamed: boolean,
  context: ScanContext,
  depth: number,
): Promise<boolean> {
  if (depth >= deepest) return false;
  try {
    const limit = Math.min(largestMember, Math.max(alwaysAllowed, source.size * densest));
    const inner = await context.unpack(partOf(source, 2, source.size - 2), 'deflate', limit);
    await scanFile(inner, `${file}!/unpacked${endingOf(file)}`, context, depth + 1);
    return true;
  } catch (error) {
    const { code } = toWorkbenchError(error);
    if (code === 'file-unreadable' && !isNamed) return false;
    reportUnread(error, file, context);
    return true;
  }
}

async function scanPacked(
  source: ByteSource,
  file: string,
  by: 'deflate' | 'gzip',
  context: ScanContext,
  depth: number,
): Promise<void> {
  if (depth >= deepest) {
    reportTooDeep(file, context);
    return;
  }
  try {
    const limit = Math.min(largestMember, Math.max(alwaysAllowed, source.size * densest));
    const inner = await context.unpack(source, by, limit);
    await scanFile(inner, `${file}!/${nameInside(file)}`, context, depth + 1);
  } catch (error) {
    reportUnread(error, file, context);
  }
}

/** `weights.pkl.gz` holds `weights.pkl`; others hold what they are called. */
function nameInside(file: string): string {
  const name = file.slice(file.lastIndexOf('/') + 1);
  return name.toLowerCase().endsWith('.gz') ? name.slice(0, -3) : name;
}

async function scanZip(
  source: ByteSource,
  directory: ZipDirectory | undefined,
  file: string,
  context: ScanContext,
  depth: number,
): Promise<void> {
  if (depth >= deepest) {
    reportTooDeep(file, context);
    return;
  }
  if (directory === undefined) {
    context.report({
      rule: 'archive-broken',
      severity: 'unsafe',
      file,
      message: 'It begins as a ZIP archive and has no directory: what it holds cannot be told.',
      remedy: 'Fetch it again.',
    });
    return;
  }
  for (const fault of directory.faults) reportAmbiguous(file, fault, context);
  const names = new Set<string>();
  if (directory.members.length > mostMembers) {
    reportAmbiguous(file, 'it has more entries than are looked into', context);
    return;
  }
  for (const member of directory.members) {
    context.signal.throwIfAborted();
    const inside = `${file}!/${member.name}`;
    if (names.has(member.name)) reportAmbiguous(file, `it has ${quoted(member.name)} twice`, context);
    names.add(member.name);
    if (!member.name.endsWith('/')) await scanMember(source, member, file, inside, context, depth);
  }
}

async function scanMember(
  source: ByteSource,
  member: ZipMember,
  file: string,
  inside: string,
  context: ScanContext,
  depth: number,
): Promise<void> {
  const place = await locateMember(source, member);
  if (place.fault !== undefined) reportAmbiguous(file, `${quoted(member.name)}: ${place.fault}`, context);
  if (place.start === undefined) return;
  if (member.encrypted || (member.method !== 0 && member.method !== 8)) {
    context.report({
      rule: 'archive-unread',
      severity: 'unsafe',
      file: inside,
      message: member.encrypted
        ? 'It is encrypted, so it cannot be looked into.'
        : `It is packed by method ${String(member.method)}, which is not looked into.`,
      remedy: 'Ask for the model without it.',
    });
    return;
  }
  const packed = partOf(source, place.start, member.packed);
  if (member.method === 0) {
    await scanFile(packed, inside, context, depth + 1);
    return;
  }
  try {
    const limit = Math.min(largestMember, Math.max(alwaysAllowed, member.packed * densest));
    await scanFile(await context.unpack(packed, 'deflate', limit), inside, context, depth + 1);
  } catch (error) {
    reportUnread(error, inside, context);
  }
}

async function scanTar(source: ByteSource, file: string, context: ScanContext, depth: number): Promise<void> {
  if (depth >= deepest) {
    reportTooDeep(file, context);
    return;
  }
  const entries: TarEntry[] = [];
  try {
    await readTar(
      piecesOf(source, context.signal),
      async entry => {
        if (entries.length > mostMembers) reportAmbiguous(file, 'it has more entries than are looked into', context);
        else entries.push(entry);
        return undefined;
      },
      async () => undefined,
    );
  } catch (error) {
    reportUnread(error, file, context);
  }
  for (const { name, kind, offset, size } of entries) {
    if (kind === 'link' || kind === 'other')
      reportAmbiguous(file, `${quoted(name)} is a link or special file`, context);
    else if (kind === 'file') await scanFile(partOf(source, offset, size), `${file}!/${name}`, context, depth + 1);
  }
}
