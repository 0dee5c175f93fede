// Clock and name over a picture: what is written, and where.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ProcessorRun } from '../../../../test/fixtures/processor-run.ts';
import type { Drawing, ProcessorDefinition } from '../contract.ts';
import overlay from './overlay.ts';

const SIZE = { width: 16, height: 10 };
const FRAME = new Uint8Array(SIZE.width * SIZE.height);
const definition = overlay as unknown as ProcessorDefinition;
/** When the first frame of a run is captured: 2026-09-21 14:13:20 UTC. */
const UTC = '2026-09-21 14:13:20';

async function drawn(options: Readonly<Record<string, unknown>>, name = 'Front door'): Promise<readonly Drawing[]> {
  await using run = await ProcessorRun.of(definition, SIZE, options, { id: 'door', name });
  return (await run.frame(FRAME, 0)).drawings;
}

async function text(options: Readonly<Record<string, unknown>>, name?: string): Promise<string | null> {
  const [label] = await drawn(options, name);
  return label?.kind === 'label' ? label.text : null;
}

describe('overlay', () => {
  it('writes the camera’s name and the capture time of the frame', async () => {
    assert.equal(await text({ zone: 'utc' }), `Front door  ${UTC}`);
    assert.equal(await text({ zone: 'utc', name: false }), UTC);
    assert.equal(await text({ clock: false }), 'Front door');
    assert.deepEqual(await drawn({ clock: false, name: false }), []);
  });

  it('writes the time in the format that is asked for, local or UTC', async () => {
    assert.equal(await text({ zone: 'utc', name: false, format: 'DD.MM. HH:mm:ss.SSS' }), '21.09. 14:13:20.000');
    const local = new Date(`${UTC.replace(' ', 'T')}Z`);
    const hours = String(local.getHours()).padStart(2, '0');
    assert.equal(await text({ name: false, format: 'HH' }), hours);
  });

  it('stands in the corner that is asked for, in the colour that is asked for', async () => {
    const [label] = await drawn({ corner: 'bottom right', colour: '#204080' });
    assert.deepEqual(label?.kind === 'label' && [label.at, label.colour], [{ x: 1, y: 1 }, '#204080']);
  });

  it('writes the id of a camera whose name has letters that cannot be drawn', async () => {
    assert.equal(await text({ clock: false }, '현관'), 'door');
    assert.equal(await text({ clock: false }, 'Entrée'), 'Entree');
  });

  it('takes new options while it runs', async () => {
    await using run = await ProcessorRun.of(definition, SIZE, { clock: false });
    await run.update({ clock: false, name: false });
    assert.deepEqual((await run.frame(FRAME, 0)).drawings, []);
  });

  it('runs only while somebody watches', () => {
    assert.equal(overlay.runs, 'watched');
  });
});
