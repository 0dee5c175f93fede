import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

const BIN = path.join(fileURLToPath(new URL('../..', import.meta.url)), 'bin', 'sightline.js');

describe('the password of a camera', () => {
  for (const command of ['doctor', 'probe']) {
    it(`is asked for by ${command} at a terminal when a user is named, and not shown`, async () => {
      const line = `'${process.execPath}' '${BIN}' ${command} rtsp://127.0.0.1:9/x --user admin`;
      const terminal = spawn('script', ['-qec', line, '/dev/null'], { stdio: ['pipe', 'pipe', 'inherit'] });
      let said = '';
      for await (const chunk of terminal.stdout) {
        const isAsked = said.includes('Password of admin: ');
        said += String(chunk);
        if (!isAsked && said.includes('Password of admin: ')) terminal.stdin.write('correct horse\r');
      }
      if (terminal.exitCode === null) await once(terminal, 'exit');
      assert.match(said, /Password of admin: /);
      assert.doesNotMatch(said, /correct horse/);
      assert.equal(terminal.exitCode, 1, said);
    });
  }
});
