import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { SightlineError } from '../base/errors.ts';
import { readWishes, refuseBeyondLimit, refuseUnwritable } from './bench-wishes.ts';
import type { BenchWishes } from './bench-wishes.ts';
import { parseCommand } from './command.ts';

const OPTIONS = {
  viewers: { type: 'string', help: '' },
  seconds: { type: 'string', help: '' },
  modes: { type: 'string', help: '' },
  quick: { type: 'boolean', help: '' },
  json: { type: 'string', value: '[FILE]', help: '' },
  html: { type: 'string', help: '' },
  peer: { type: 'string', multiple: true, help: '' },
} as const;

function wishes(...argv: readonly string[]): BenchWishes {
  const command = {
    ...{ name: 'bench', operands: 'SOURCE', summary: '', options: OPTIONS, examples: [] },
    run: () => Promise.resolve(),
  };
  return readWishes(parseCommand(command, argv), '/home/anna');
}

/** Text and hint of what is thrown. */
function complaint(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    assert.ok(error instanceof SightlineError);
    assert.equal(error.code, 'usage');
    return `${error.message} | ${error.hint}`;
  }
  return 'nothing';
}

describe('what a person asks of sightline bench', () => {
  it('is ten minutes of all modes, in files of the folder where the person stands, unless said otherwise', () => {
    const usual = wishes('test:');
    assert.deepEqual(usual.options.viewers, [1, 4, 16, 64, 256, 1000]);
    assert.deepEqual(usual.options.modes, ['naive', 'threaded', 'shared']);
    assert.deepEqual([usual.options.seconds, usual.options.warmupSeconds, usual.options.windows], [10, 3, 3]);
    assert.deepEqual([usual.jsonFile, usual.htmlFile], ['/home/anna/bench.json', '/home/anna/bench.html']);
    assert.equal(usual.json, false);
  });

  it('may be less', () => {
    const { options, jsonFile } = wishes(
      ...['test:', '--viewers', '1,2', '--seconds', '1', '--modes', 'shared,naive', '--quick', '--json', 'a.json'],
    );
    assert.deepEqual(options, {
      ...{ viewers: [1, 2], modes: ['naive', 'shared'], seconds: 1, warmupSeconds: 1, windows: 1, quick: true },
    });
    assert.equal(jsonFile, '/home/anna/a.json');
  });

  it('may have its figures on stdout: --json without a file', () => {
    for (const argv of [
      ['test:', '--json'],
      ['--json', '--quick', 'test:'],
    ]) {
      const { json, jsonFile, source } = wishes(...argv);
      assert.deepEqual([json, jsonFile, source], [true, '/home/anna/bench.json', 'test:']);
    }
  });

  it('is refused in words when it is unclear', () => {
    assert.match(
      complaint(() => wishes()),
      /one SOURCE/,
    );
    assert.match(
      complaint(() => wishes('--json', 'test:')),
      /test: was taken as the file of --json/,
    );
    assert.match(
      complaint(() => wishes('test:', '--modes', 'naive,fast')),
      /"fast" is no mode \| Write one or more of naive/,
    );
    for (const viewers of ['a', '4,1', '0', '1,1', '', '1,20000']) {
      assert.match(
        complaint(() => wishes('test:', `--viewers=${viewers}`)),
        /no rising numbers .*such as 1,4,16/,
      );
    }
    for (const seconds of ['0', '1.5', '601', 'x']) {
      assert.match(
        complaint(() => wishes('test:', '--seconds', seconds)),
        /no length of a window/,
      );
    }
  });

  it('may name peers, each with an address and perhaps its process', async () => {
    const address = 'http://127.0.0.1:8090/?action=stream';
    const { peers } = wishes('test:', '--peer', `a=${address}`, '--peer', `b=${address},${process.pid}`);
    const started = await Promise.all(peers.map((peer) => peer.start(new AbortController().signal)));
    assert.deepEqual(
      started.map(({ url, pids }) => [url, pids]),
      [
        [address, []],
        [address, [process.pid]],
      ],
    );
    const gone = spawn(process.execPath, ['-e', '']);
    await once(gone, 'exit');
    const peer = (text: string) => complaint(() => wishes('test:', '--peer', text));
    assert.match(peer(`b=${address},${gone.pid}`), new RegExp(`there is no process ${gone.pid}`));
    assert.match(peer(address), /has no name \| Write it as NAME=URL/);
    assert.match(peer('a='), /is no address that begins with http/);
    assert.match(peer('a=rtsp://u:secret@h/'), /"rtsp:\/\/\*\*\*@h\/" is no address/);
    assert.match(peer(`naive=${address}`), /another side of this name/);
  });

  it('does not show the password of a peer', () => {
    const { peers } = wishes('test:', '--peer', 'a=http://anna:secret@127.0.0.1:8090/stream');
    assert.doesNotMatch(peers[0]!.words, /secret/);
  });

  it('is refused when fewer files may be open than it has viewers', () => {
    refuseBeyondLimit([1, 4, 16], 1024);
    const text = complaint(() => refuseBeyondLimit([1, 4, 16, 1000], 1024));
    assert.match(text, /`ulimit -n 1100`, or ask for fewer with --viewers 1,4,16/);
  });

  it('is refused before it begins when its files cannot be written, and changes none', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'sl-bench-'));
    try {
      await writeFile(path.join(folder, 'old.json'), 'old');
      await refuseUnwritable(path.join(folder, 'old.json'));
      await refuseUnwritable(path.join(folder, 'new.json'));
      assert.equal(await readFile(path.join(folder, 'old.json'), 'utf8'), 'old');
      assert.deepEqual(await readdir(folder), ['old.json']);
      await assert.rejects(refuseUnwritable(folder), /cannot be written/);
      await assert.rejects(refuseUnwritable(path.join(folder, 'none', 'a.json')), /cannot be written/);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
