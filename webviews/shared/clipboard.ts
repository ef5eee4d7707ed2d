/** Copies text; false where the browser does not allow it. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

/** Copies a PNG picture; false where the browser does not allow it. The promise keeps the copying within the reader's click. */
export async function copyPicture(picture: Promise<Blob>): Promise<boolean> {
  try {
    await navigator.clipboard.write([new ClipboardItem({ 'image/png': picture })]);
    return true;
  } catch {
    return false;
  }
}

/** Hands a file to the browser, to be saved as its user likes. */
export function download(content: Blob, fileName: string): void {
  const link = document.createElement('a');
  const address = URL.createObjectURL(content);
  [link.href, link.download] = [address, fileName];
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

export async function toBase64(content: Blob): Promise<string> {
  const bytes = new Uint8Array(await content.arrayBuffer());
  const stretch = 0x8000;
  let binary = '';
  for (let from = 0; from < bytes.length; from += stretch)
    binary += String.fromCharCode(...bytes.subarray(from, from + stretch));
  return btoa(binary);
}

/** Comma-separated values as RFC 4180 has them. A cell that a spreadsheet would run as a formula starts with a quote. */
export function toCsv(header: readonly string[], rows: readonly (readonly (string | number | null)[])[]): string {
  return [header, ...rows].map(row => row.map(csvCell).join(',')).join('\r\n') + '\r\n';
}

function csvCell(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
