import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { WorkbenchError } from '../../engine/base/errors.ts';
import { browserVariable, createPagePrinter } from './chromium.ts';
import { createPrograms } from './programs.ts';

const programs = createPrograms(() => true);
const { signal } = new AbortController();

/** For `assert.rejects`: told in words that say what to do. */
function told(message: RegExp): (error: unknown) => true {
  return error => {
    assert.ok(error instanceof WorkbenchError, String(error));
    assert.equal(error.code, 'program-failed');
    assert.match(error.message, message);
    assert.match(error.remedy ?? '', /HTML|AIWB_CHROMIUM|path of a Chromium/);
    return true;
  };
}

describe('printing pages', function () {
  this.timeout(120_000);
  let folder: string;
  const script = (name: string, body: string): string => {
    const file = path.join(folder, name);
    writeFileSync(file, `#!/bin/sh\n${body}\n`, { mode: 0o755 });
    return file;
  };
  const leftovers = (): readonly string[] => readdirSync(folder).filter(name => name.startsWith('aiwb-print-'));
  const usual = process.env['TMPDIR'];
  before(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'aiwb-browser-'));
    process.env['TMPDIR'] = folder;
  });
  after(() => {
    if (usual === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = usual;
    rmSync(folder, { recursive: true, force: true });
  });

  it('makes a PDF of what a page draws, reaches no server and leaves nothing behind', async () => {
    const asked: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url);
      response.end();
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    try {
      const outside = ['127.0.0.1', 'localhost'].map(host => `<img src="http://${host}:${String(port)}/x.png">`);
      const page = `<!DOCTYPE html><title>t</title><body>${outside.join('')}<script>document.body.append('drawn')</script>`;
      const pdf = await createPagePrinter(programs).printPdf(page, signal);
      assert.equal(new TextDecoder().decode(pdf.subarray(0, 5)), '%PDF-');
      assert.match(new TextDecoder('latin1').decode(pdf), /\/Type\s*\/Page\b/);
      assert.deepEqual(asked, []);
      assert.deepEqual(leftovers(), []);
    } finally {
      server.close();
    }
  });

  it('says what to install where there is no browser', async () => {
    const printer = createPagePrinter(programs, { PATH: folder });
    await assert.rejects(printer.printPdf('', signal), told(/none is installed/));
  });

  it('says so where the one that is named is not there', async () => {
    const printer = createPagePrinter(programs, { PATH: process.env['PATH'], [browserVariable]: '/no/such/browser' });
    await assert.rejects(printer.printPdf('', signal), told(/names \/no\/such\/browser/));
  });

  it('tells the last words of one that fails, or makes something else', async () => {
    const failing = script('failing', 'echo "no usable sandbox" >&2; exit 21');
    const printer = createPagePrinter(programs, { [browserVariable]: failing });
    await assert.rejects(printer.printPdf('', signal), told(/made no PDF: it ended with 21 \(no usable sandbox\)/));
    const wrong = script(
      'wrong',
      'for a in "$@"; do case "$a" in --print-to-pdf=*) echo nothing > "${a#--print-to-pdf=}";; esac; done',
    );
    await assert.rejects(
      createPagePrinter(programs, { [browserVariable]: wrong }).printPdf('', signal),
      told(/made no PDF/),
    );
  });

  it('stops one that hangs when the export is cancelled, and cleans up', async () => {
    const hanging = script('hanging', `touch "${path.join(folder, 'started')}"; sleep 600`);
    const controller = new AbortController();
    const printed = createPagePrinter(programs, { [browserVariable]: hanging }).printPdf('', controller.signal);
    printed.catch(() => undefined);
    while (!readdirSync(folder).includes('started')) await new Promise(resolve => setTimeout(resolve, 20));
    controller.abort();
    await assert.rejects(printed, { name: 'AbortError' });
    assert.deepEqual(leftovers(), []);
  });
});
