import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { deviceMac, deviceText, MAX_DEVICE_TEXT } from './device-text.ts';

describe('what a device says of itself', () => {
  it('stays as it is when it is a name', () => {
    assert.equal(deviceText(' Front door '), 'Front door');
    assert.equal(deviceText('현관 카메라 2'), '현관 카메라 2');
  });

  it('loses what would write elsewhere than in its line: escapes, line ends, turned writing', () => {
    assert.equal(deviceText('a\u001b[2Jb\r\nc\u202ed\u200be\u2028f'), 'a [2Jb cde f');
  });

  it('has one space where an invisible character stood between two', () => {
    assert.equal(deviceText('a \u200b b'), 'a b');
  });

  it('is null when nothing visible is left', () => {
    for (const raw of [null, undefined, '', ' \r\n ', '\u0000\u200b']) assert.equal(deviceText(raw), null);
  });

  it('is one line of at most 200 whole characters, whatever it was', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(0x10ffff), { maxLength: 900 }), (points) => {
        const raw = String.fromCodePoint(...points);
        const text = deviceText(raw);
        if (text === null) return;
        assert.ok(Array.from(text).length <= MAX_DEVICE_TEXT);
        assert.ok(text.isWellFormed());
        assert.doesNotMatch(text, /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u);
        assert.equal(deviceText(text), text);
      }),
    );
  });

  it('has a hardware address in one form, whatever the writing', () => {
    for (const raw of [
      'ACCC8E000001',
      'ac-cc-8e-00-00-01',
      ' AC:CC:8E:00:00:01 ',
      'accc.8e00.0001',
      'ac:cc:8e:0:0:1',
    ]) {
      assert.equal(deviceMac(raw), 'ac:cc:8e:00:00:01');
    }
  });

  it('has no hardware address where there is none of a single device', () => {
    const groups = ['ff:ff:ff:ff:ff:ff', '01:00:5e:00:00:fb', '1:0:5e:0:0:fb', '33:33:00:00:00:01'];
    for (const raw of [null, '', '00:00:00:00:00:00', ...groups, 'ac:cc:8e', 'ac::cc:8e:0:1', 'camera']) {
      assert.equal(deviceMac(raw), null);
    }
  });
});
