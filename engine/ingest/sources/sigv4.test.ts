import assert from 'node:assert/strict';
import { createDigest } from '../../../platform/host/digest.ts';
import { signRequest, signUrl, type Signing } from './sigv4.ts';

/** The published examples of Signature Version 4 for S3: their keys, bucket and moment. */
const signing: Signing = {
  region: 'us-east-1',
  credentials: { accessKey: 'AKIAIOSFODNN7EXAMPLE', secretKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' },
  at: Date.UTC(2013, 4, 24),
  digest: createDigest(),
};
const bucket = 'https://examplebucket.s3.amazonaws.com';

function signatureOf(headers: Readonly<Record<string, string>>): string | undefined {
  return /Signature=([0-9a-f]{64})$/.exec(headers['authorization'] ?? '')?.[1];
}

describe('AWS Signature Version 4', () => {
  it('signs a GET of a part of an object as published', () => {
    const headers = signRequest({ method: 'GET', url: `${bucket}/test.txt`, headers: { range: 'bytes=0-9' } }, signing);
    assert.equal(signatureOf(headers), 'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41');
    assert.equal(headers['range'], 'bytes=0-9');
    assert.equal(headers['host'], undefined, 'the client sends it');
  });

  it('signs a PUT with its body as published', () => {
    const payload = signing.digest.sha256('Welcome to Amazon S3.');
    const headers = signRequest(
      {
        method: 'PUT',
        url: `${bucket}/test%24file.text`,
        headers: { date: 'Fri, 24 May 2013 00:00:00 GMT', 'x-amz-storage-class': 'REDUCED_REDUNDANCY' },
        payload,
      },
      signing,
    );
    assert.equal(signatureOf(headers), '98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd');
  });

  it('signs a query whose name stands alone, and a listing, as published', () => {
    assert.equal(
      signatureOf(signRequest({ method: 'GET', url: `${bucket}/?lifecycle` }, signing)),
      'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543',
    );
    for (const query of ['max-keys=2&prefix=J', 'prefix=J&max-keys=2'])
      assert.equal(
        signatureOf(signRequest({ method: 'GET', url: `${bucket}/?${query}` }, signing)),
        '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
      );
  });

  it('sorts names before values, not whole pairs', () => {
    const [one, two] = ['a=1&a-b=2', 'a-b=2&a=1'].map(query =>
      signatureOf(signRequest({ method: 'GET', url: `${bucket}/?${query}` }, signing)),
    );
    assert.equal(one, two);
  });

  it('signs an address that lives for a day as published', () => {
    const url = signUrl({ method: 'GET', url: `${bucket}/test.txt` }, 86_400, signing);
    assert.equal(
      url,
      `${bucket}/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request` +
        '&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host' +
        '&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404',
    );
  });

  it('carries the token of temporary credentials, signed', () => {
    const credentials = { ...signing.credentials, sessionToken: 'token/with+signs==' };
    const headers = signRequest({ method: 'GET', url: `${bucket}/x` }, { ...signing, credentials });
    assert.equal(headers['x-amz-security-token'], credentials.sessionToken);
    assert.match(
      headers['authorization'] ?? '',
      /SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-security-token,/,
    );
    const url = signUrl({ method: 'PUT', url: `${bucket}/x` }, 60, { ...signing, credentials });
    assert.match(url, /&X-Amz-Security-Token=token%2Fwith%2Bsigns%3D%3D&/);
  });
});
