import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { committedPrefixes, prefixesFile } from '../../../docs/tools/makers.ts';
import { makerByMac, makerBySign, makerNamed, MAKERS, makesOnlyCameras } from './makers.ts';
import { STREAM_PATHS, USUAL_PATHS } from './stream-paths.ts';

describe('the makers of cameras', () => {
  it('are known by the MAC', () => {
    assert.equal(makerByMac('c0:56:e3:12:34:56'), 'Hikvision');
    assert.equal(makerByMac('00:40:8c:12:34:56'), 'Axis');
    assert.equal(makerByMac('ec:71:db:12:34:56'), 'Reolink');
    assert.equal(makerByMac('00:00:0c:12:34:56'), null);
  });

  it('are not told from a MAC that a device made up', () => {
    assert.equal(makerByMac('c2:56:e3:12:34:56'), null);
    assert.equal(makerByMac('02:40:8c:12:34:56'), null);
  });

  it('are known by what they call themselves', () => {
    assert.equal(makerNamed('HIKVISION'), 'Hikvision');
    assert.equal(makerNamed('AXIS'), 'Axis');
    assert.equal(makerNamed('Acme'), 'Acme');
    assert.equal(makerBySign('\nAXIS_00408C123456'), 'Axis');
    assert.equal(makerBySign('nginx\n'), null);
    assert.ok(makesOnlyCameras('Axis') && !makesOnlyCameras('TP-Link') && !makesOnlyCameras('Acme'));
  });

  it('have the prefixes that the list of the IEEE gives them, as docs/tools/makers.ts writes it', async () => {
    assert.equal(committedPrefixes(), await prefixesFile(), 'run: node docs/tools/makers.ts');
    assert.ok(committedPrefixes().length < 20_000);
  });

  it('have paths only under names of the table', () => {
    const labels = new Set(MAKERS.map(({ label }) => label));
    for (const label of STREAM_PATHS.keys()) assert.ok(labels.has(label), label);
    assert.ok(STREAM_PATHS.size >= 30);
  });

  it('have paths without user name and password', () => {
    const all = [...[...STREAM_PATHS.values()].flat(), ...USUAL_PATHS];
    for (const path of all.flatMap(({ main, sub, snapshot }) => [main, sub, snapshot])) {
      if (path === undefined) continue;
      assert.match(path, /^\/[\w/.?&=-]*$/);
      assert.doesNotMatch(path, /user|pass|pwd|admin|@/i);
    }
  });
});
