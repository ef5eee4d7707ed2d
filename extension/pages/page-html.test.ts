import assert from 'node:assert/strict';
import { createPageHtml } from './page-html.ts';

describe('createPageHtml', () => {
  const html = createPageHtml({
    cspSource: 'https://*.vscode-cdn.net',
    nonce: 'N0nce',
    script: 'https://file.test/report.js?a="b"',
    title: '<b>run</b>',
    language: 'en',
  });

  it('allows only our own files and the nonce', () => {
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1];
    assert.equal(
      policy,
      "default-src 'none'; img-src https://*.vscode-cdn.net data:; font-src https://*.vscode-cdn.net; " +
        "style-src https://*.vscode-cdn.net 'nonce-N0nce'; script-src 'nonce-N0nce' https://*.vscode-cdn.net",
    );
  });

  it('takes every value as text', () => {
    assert.ok(html.includes('<title>&lt;b&gt;run&lt;/b&gt;</title>'));
    assert.ok(html.includes('src="https://file.test/report.js?a=&quot;b&quot;"'));
  });
});
