// Starts and ends a real `checkride serve` for a test. It clicks nothing.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { ENV, PROGRAM } from './interview';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export class Server {
  private constructor(
    private program: ChildProcess,
    readonly operator_url: string,
  ) {}

  /** Starts it and waits for the operator's link. */
  static async start(sessions: number): Promise<Server> {
    const words = ['serve', '--sessions', String(sessions), '--json'];
    const program = spawn(PROGRAM, words, { cwd: ROOT, env: ENV, stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    let err = '';
    program.stderr.on('data', (data: Buffer) => (err += data.toString()));
    const link = await new Promise<string>((resolve, reject) => {
      program.stdout.on('data', (data: Buffer) => {
        out += data.toString();
        try {
          resolve((JSON.parse(out) as { operator_url: string }).operator_url);
        } catch {
          // Half of the object; the rest follows.
        }
      });
      program.once('error', reject);
      program.once('exit', (code) => reject(new Error(`checkride ended with ${code}:\n${err}`)));
    });
    return new Server(program, link);
  }

  /** Ends all its sessions in order. */
  async end(): Promise<void> {
    if (this.program.exitCode !== null) return;
    const gone = once(this.program, 'exit');
    this.program.kill('SIGINT');
    await gone;
  }
}
