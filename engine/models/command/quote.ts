/** Text from outside made fit for a message: one line without control characters, at most `limit` characters. */
export function quoteLine(text: string, limit = 300): string {
  // Control and formatting characters could forge lines or reorder a terminal's text.
  const line = text
    .slice(0, 4096)
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim();
  return line.length > limit ? `${line.slice(0, limit - 1)}…` : line;
}
