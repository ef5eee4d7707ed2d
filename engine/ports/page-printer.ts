/** A browser without a window, that prints pages. */
export interface PagePrinter {
  /**
   * A self-contained page as PDF. Nothing outside of it is fetched, and nothing of it is left behind. Throws `program-failed` where no
   * browser is installed or it does not print in time.
   */
  printPdf(html: string, signal: AbortSignal): Promise<Uint8Array>;
}
