// Starts and ends a real `checkride serve` for a test. It clicks nothing.
import { Program } from './interview';

export class Server extends Program<{ operator_url: string }> {
  static async start(sessions: number): Promise<Server> {
    return new Server(
      ...(await Program.run<{ operator_url: string }>(['serve', '--sessions', String(sessions), '--json'])),
    );
  }
}
