/** Starts a control plane, says where it is, and waits to be killed. */
import { startControlPlane } from '../control-plane.ts';

const { dir, supervisorPid } = await startControlPlane();
process.stdout.write(`${JSON.stringify({ dir, supervisorPid })}\n`);
