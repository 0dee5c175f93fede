import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseAddress } from '../config/address.ts';
import { atHost, hostOf } from './moved-address.ts';

const parse = (text: string) => parseAddress(text, { cwd: '/' });

describe('the address of a camera that moved', () => {
  it('is the configured one with another host, and nothing else changes', () => {
    const source = parse('rtsp://admin:p%40ss@192.168.1.20:8554/a//b?channel=1&x=192.168.1.20');
    const moved = atHost(source, '192.168.1.31');
    assert.equal(moved.target, source.target.replace('192.168.1.20:8554', '192.168.1.31:8554'));
    assert.equal(moved.display, source.display.replace('192.168.1.20:8554', '192.168.1.31:8554'));
    assert.deepEqual(moved.credentials, source.credentials);
    assert.equal(hostOf(moved), '192.168.1.31');
  });

  it('is the same object at the same host', () => {
    const source = parse('http://192.168.1.20/video');
    assert.equal(atHost(source, '192.168.1.20'), source);
  });

  it('is that of network cameras only', () => {
    const source = parse('test:');
    assert.equal(hostOf(source), null);
    assert.equal(atHost(source, '192.168.1.20'), source);
  });
});
