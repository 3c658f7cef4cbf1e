// Owns a process that does nothing but measure its own lag: what the machine itself adds to every figure of lag.
import { answerLagRequests } from './lagProbe.ts';

answerLagRequests();
setInterval(() => {}, 60_000);
